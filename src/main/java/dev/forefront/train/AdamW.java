package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter 2019). Matrices decay, vectors do not. Parameters without a gradient
 * stay as they are.
 */
final class AdamW implements Optimizer {
  private static final String FIRST = "exp_avg.";
  private static final String SECOND = "exp_avg_sq.";
  private static final String STEP = "step";

  private final List<Parameter> parameters;
  private final Recipe.Optimizer settings;
  private final List<Tensor> first = new ArrayList<>();
  private final List<Tensor> second = new ArrayList<>();
  private final Tensor step;

  AdamW(List<Parameter> parameters, Recipe.Optimizer settings) {
    this.parameters = parameters;
    this.settings = settings;
    try (Scope _ = Scope.open()) {
      for (Parameter parameter : parameters) {
        first.add(Scope.keep(Tensor.zeros(parameter.tensor().shape())));
        second.add(Scope.keep(Tensor.zeros(parameter.tensor().shape())));
      }
      step = Scope.keep(Tensor.zeros());
    }
  }

  @Override
  public void update(double share, double scale) {
    double rate = settings.rate() * share;
    try (Scope _ = Scope.open()) {
      step.addInPlace(Tensor.ones());
      update(rate, scale, settings.weightDecay(), true);
      update(rate, scale, 0, false);
    }
  }

  private void update(double rate, double scale, double decay, boolean matrices) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> m = new ArrayList<>();
    List<Tensor> v = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor tensor = parameters.get(i).tensor();
      if ((tensor.shape().length > 1) == matrices && tensor.hasGradient()) {
        weights.add(tensor);
        m.add(first.get(i));
        v.add(second.get(i));
      }
    }
    AdamWKernel.update(
        weights,
        m,
        v,
        Collections.nCopies(weights.size(), step),
        new AdamWKernel.Settings(
            rate, settings.beta1(), settings.beta2(), decay, settings.epsilon(), scale));
  }

  /** Both moments and the number of updates. */
  @Override
  public List<SafeTensors.Entry> state() {
    List<SafeTensors.Entry> entries = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      entries.add(SafeTensors.of(FIRST + name, first.get(i).floats(), first.get(i).shape()));
      entries.add(SafeTensors.of(SECOND + name, second.get(i).floats(), second.get(i).shape()));
    }
    entries.add(SafeTensors.of(STEP, step.floats()));
    return entries;
  }

  @Override
  public void restore(SafeTensors tensors) {
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      first.get(i).set(tensors.entry(FIRST + name, first.get(i).shape()).floats());
      second.get(i).set(tensors.entry(SECOND + name, second.get(i).shape()).floats());
    }
    step.set(tensors.entry(STEP).floats());
  }

  @Override
  public void close() {
    first.forEach(Tensor::close);
    second.forEach(Tensor::close);
    step.close();
  }
}
