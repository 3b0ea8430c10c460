package dev.forefront.train;

import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Tensor;
import java.util.List;

/** The gradients of a model's parameters. */
record Gradients(List<Parameter> parameters) {

  /** The global norm. */
  double norm() {
    return AdamWKernel.norm(parameters.stream().map(Parameter::tensor).toList());
  }

  boolean isEmpty() {
    return parameters.stream().noneMatch(parameter -> parameter.tensor().hasGradient());
  }

  /** Names of the parameters in whose gradient something is no number. */
  List<String> broken() {
    return parameters.stream()
        .filter(parameter -> parameter.tensor().hasGradient())
        .filter(
            parameter -> !Double.isFinite(AdamWKernel.norm(List.<Tensor>of(parameter.tensor()))))
        .map(Parameter::name)
        .toList();
  }

  void clear() {
    parameters.forEach(parameter -> parameter.tensor().clearGradient());
  }
}
