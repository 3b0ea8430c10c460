package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.MuonKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Muon (Jordan et al. 2024) for matrices; see {@link MuonKernel}. Matrices that lie in one tensor
 * are updated one by one: what is orthogonal depends on where a matrix ends.
 */
final class Muon implements Optimizer {
  private static final String MOMENTUM = "momentum.";

  private final List<Parameter> parameters;
  private final Recipe.Muon settings;
  private final List<Tensor> momentum = new ArrayList<>();

  Muon(List<Parameter> parameters, Recipe.Muon settings) {
    this.parameters = parameters;
    this.settings = settings;
    try (Scope _ = Scope.open()) {
      for (Parameter parameter : parameters) {
        momentum.add(Scope.keep(Tensor.zeros(parameter.tensor().shape())));
      }
    }
  }

  @Override
  public void update(double share, double scale) {
    MuonKernel.Settings now =
        new MuonKernel.Settings(
            settings.rate() * share,
            settings.momentum(),
            settings.nesterov(),
            settings.weightDecay(),
            settings.iterations(),
            settings.adjust(),
            settings.precision(),
            scale);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.tensor().hasGradient()) {
        long from = 0;
        for (long rows : parameter.rows()) {
          MuonKernel.update(parameter.tensor(), momentum.get(i), from, rows, now);
          from += rows;
        }
      }
    }
  }

  @Override
  public List<SafeTensors.Entry> state() {
    List<SafeTensors.Entry> entries = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor buffer = momentum.get(i);
      entries.add(
          SafeTensors.of(MOMENTUM + parameters.get(i).name(), buffer.floats(), buffer.shape()));
    }
    return entries;
  }

  @Override
  public void restore(SafeTensors state) {
    for (int i = 0; i < parameters.size(); i++) {
      Tensor buffer = momentum.get(i);
      buffer.set(state.entry(MOMENTUM + parameters.get(i).name(), buffer.shape()).floats());
    }
  }

  @Override
  public void close() {
    momentum.forEach(Tensor::close);
  }
}
