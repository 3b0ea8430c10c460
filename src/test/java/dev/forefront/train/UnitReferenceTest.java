package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.MuonKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The parts of an update, one by one, on plain tensors. */
class UnitReferenceTest {
  private static final double TOLERANCE = 1e-5;

  @TestFactory
  Stream<DynamicTest> adamWMovesPlainTensors() throws IOException {
    JsonNode cases = units().path("adamw");
    return IntStream.range(0, cases.size())
        .mapToObj(i -> DynamicTest.dynamicTest("adamw " + i, () -> moves(cases.get(i), i)));
  }

  private static void moves(JsonNode settings, int number) {
    String name = "adamw." + number + ".";
    try (SafeTensors recorded = open("units/units.safetensors");
        Scope _ = Scope.open()) {
      long[] shape = recorded.entry(name + "initial").shape();
      int size = (int) recorded.entry(name + "initial").size();
      float[] gradients = recorded.entry(name + "grads").floats();
      float[] after = recorded.entry(name + "after_each_step").floats();
      Tensor p = Tensor.of(recorded.entry(name + "initial").floats(), shape).requireGradient();
      Tensor first = Tensor.zeros(shape);
      Tensor second = Tensor.zeros(shape);
      Tensor step = Tensor.zeros();
      List<Tensor> highest =
          settings.path("amsgrad").asBoolean(false) ? List.of(Tensor.zeros(shape)) : List.of();
      for (int at = 0; at < gradients.length; at += size) {
        give(p, Arrays.copyOfRange(gradients, at, at + size));
        step.addInPlace(Tensor.ones());
        AdamWKernel.update(
            List.of(p),
            List.of(first),
            List.of(second),
            highest,
            List.of(step),
            new AdamWKernel.Settings(
                settings.path("lr").asDouble(),
                settings.path("betas").get(0).asDouble(),
                settings.path("betas").get(1).asDouble(),
                settings.path("weight_decay").asDouble(),
                settings.path("eps").asDouble(),
                1));
        Reference.assertClose(p.floats(), Arrays.copyOfRange(after, at, at + size), TOLERANCE);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> gradientsAreClippedByTheirGlobalNorm() throws IOException {
    JsonNode cases = units().path("clip_grad_norm");
    return IntStream.range(0, cases.size())
        .mapToObj(i -> DynamicTest.dynamicTest("clip " + i, () -> clips(cases.get(i), i)));
  }

  private static void clips(JsonNode expected, int number) {
    try (SafeTensors recorded = open("units/units.safetensors");
        Scope _ = Scope.open()) {
      List<Tensor> parameters = new ArrayList<>();
      for (int i = 0; recorded.entries().containsKey(name(number, "grad", i)); i++) {
        SafeTensors.Entry gradient = recorded.entry(name(number, "grad", i));
        Tensor parameter = Tensor.zeros(gradient.shape()).requireGradient();
        give(parameter, gradient.floats());
        parameters.add(parameter);
      }
      double norm = AdamWKernel.norm(parameters);
      double total = expected.path("total_norm").asDouble();
      assertThat(norm).isCloseTo(total, within(TOLERANCE * total));
      double scale = AdamWKernel.clipping(norm, expected.path("max_norm").asDouble());
      for (int i = 0; i < parameters.size(); i++) {
        Reference.assertClose(
            parameters.get(i).gradient().times(scale).floats(),
            recorded.entry(name(number, "clipped", i)),
            TOLERANCE);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> oneIterationOfNewtonAndSchulz() {
    try (SafeTensors recorded = open("muon/newton-schulz.safetensors")) {
      return IntStream.range(0, recorded.entries().size())
          .filter(i -> recorded.entries().containsKey("ns." + i + ".input"))
          .boxed()
          .flatMap(
              i ->
                  Stream.of(MuonKernel.Precision.values())
                      .map(p -> DynamicTest.dynamicTest(i + " " + p, () -> orthogonal(i, p))))
          .toList()
          .stream();
    }
  }

  private static void orthogonal(int number, MuonKernel.Precision precision) {
    try (SafeTensors recorded = open("muon/newton-schulz.safetensors");
        Scope _ = Scope.open()) {
      SafeTensors.Entry input = recorded.entry("ns." + number + ".input");
      Tensor result = MuonKernel.orthogonal(Tensor.of(input.floats(), input.shape()), 5, precision);
      Reference.assertClose(
          result.floats(),
          recorded.entry("ns.%d.output_%s".formatted(number, precision)),
          precision == MuonKernel.Precision.BFLOAT16 ? 2e-2 : TOLERANCE);
    }
  }

  @TestFactory
  Stream<DynamicTest> lossesAndTheirGradients() throws IOException {
    JsonNode values = Reference.json(Reference.training().resolve("losses/losses.json"));
    return values
        .path("values")
        .propertyStream()
        .map(
            value ->
                DynamicTest.dynamicTest(
                    value.getKey(), () -> loses(value.getKey(), value.getValue().asDouble())));
  }

  private static void loses(String name, double expected) {
    Recipe.Loss kind =
        switch (name) {
          case "cross_entropy_mean", "cross_entropy_sum" -> Recipe.Loss.PLAIN;
          case "label_smoothing_0.1" -> new Recipe.Loss(0.1, 0);
          case "z_loss_1e-2" -> new Recipe.Loss(0, 1e-2);
          default -> throw new AssertionError("a loss that is new here: " + name);
        };
    try (SafeTensors recorded = open("losses/losses.safetensors");
        Scope _ = Scope.open()) {
      long[] labels = recorded.entry("labels").longs();
      long classes = recorded.entry("logits").shape()[2];
      Tensor logits =
          Tensor.of(recorded.entry("logits").floats(), labels.length, classes).requireGradient();
      long[] places =
          IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).asLongStream().toArray();
      long[] counted = Arrays.stream(places).map(i -> labels[(int) i]).toArray();
      TokenLoss loss =
          TokenLoss.of(
              logits.indexSelect(0, Tensor.of(places, places.length)),
              Tensor.of(counted, counted.length),
              kind);
      double weight = name.endsWith("_sum") ? 1 : 1.0 / counted.length;
      loss.total().times(weight).backward();
      assertThat(loss.total().item() * weight).isCloseTo(expected, within(TOLERANCE * expected));
      if (kind.zLoss() > 0) {
        assertThat(loss.crossEntropy().item() * weight)
            .as("the published loss has no z-loss in it")
            .isCloseTo(expected - loss.z() * weight, within(TOLERANCE * expected));
      }
      Reference.assertClose(logits.gradient().floats(), recorded.entry("grad." + name), TOLERANCE);
    }
  }

  /** Makes {@code gradient} the gradient of a parameter, and its only one. */
  private static void give(Tensor parameter, float[] gradient) {
    parameter.clearGradient();
    parameter.times(Tensor.of(gradient, parameter.shape())).sum().backward();
  }

  private static String name(int number, String what, int i) {
    return "clip.%d.%s.%d".formatted(number, what, i);
  }

  private static JsonNode units() throws IOException {
    return Reference.json(Reference.training().resolve("units/units.json"));
  }

  private static SafeTensors open(String file) {
    return SafeTensors.open(Reference.training().resolve(file));
  }
}
