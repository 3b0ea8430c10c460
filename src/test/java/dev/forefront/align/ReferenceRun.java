package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import tools.jackson.databind.JsonNode;

/** Runs the recorded updates again: AdamW at a constant rate with clipping. */
final class ReferenceRun implements AutoCloseable {
  private final Transformer model;
  private final JsonNode training;
  private final double clip;
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Tensor> first = new ArrayList<>();
  private final List<Tensor> second = new ArrayList<>();
  private final List<Tensor> counts = new ArrayList<>();

  ReferenceRun(Transformer model, JsonNode training) {
    this.model = model;
    this.training = training;
    clip = training.get("clip_grad_norm").asDouble();
    try (Scope _ = Scope.open()) {
      for (Transformer.Parameter parameter : model.parameters()) {
        Tensor tensor = parameter.tensor();
        parameters.add(tensor);
        first.add(Scope.keep(Tensor.zeros(tensor.shape())));
        second.add(Scope.keep(Tensor.zeros(tensor.shape())));
        counts.add(Scope.keep(Tensor.zeros()));
      }
    }
  }

  /**
   * @param loss fills the gradients and answers with the loss
   */
  void step(JsonNode recorded, DoubleSupplier loss) {
    try (Scope _ = Scope.open()) {
      assertThat(loss.getAsDouble())
          .as("loss of step %s", recorded.get("step"))
          .isCloseTo(recorded.get("loss").asDouble(), withinPercentage(0.1));
      double norm = AdamWKernel.norm(parameters);
      assertThat(norm)
          .as("gradient norm of step %s", recorded.get("step"))
          .isCloseTo(recorded.get("grad_norm").asDouble(), withinPercentage(0.2));
      counts.forEach(count -> count.set(new float[] {recorded.get("step").asInt() + 1}));
      AdamWKernel.update(
          parameters, first, second, counts, settings(AdamWKernel.clipping(norm, clip)));
      parameters.forEach(Tensor::clearGradient);
    }
  }

  private AdamWKernel.Settings settings(double scale) {
    return new AdamWKernel.Settings(
        training.get("lr").asDouble(),
        training.get("betas").get(0).asDouble(),
        training.get("betas").get(1).asDouble(),
        training.get("weight_decay").asDouble(),
        training.get("eps").asDouble(),
        scale);
  }

  void checkFinal(Path file) {
    try (SafeTensors recorded = SafeTensors.open(file)) {
      for (SafeTensors.Entry entry : model.weights()) {
        float[] ours = entry.floats();
        float[] theirs = recorded.entry(entry.name()).floats();
        double most = 0;
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
          most = Math.max(most, Math.abs(theirs[i]));
          difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
        }
        assertThat(difference / most).as(entry.name()).isLessThanOrEqualTo(5e-3);
      }
    }
  }

  @Override
  public void close() {
    first.forEach(Tensor::close);
    second.forEach(Tensor::close);
    counts.forEach(Tensor::close);
  }
}
