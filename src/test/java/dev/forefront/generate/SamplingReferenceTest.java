package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every recorded distribution under reference/sampling. */
class SamplingReferenceTest {
  private static final Path FOLDER = Path.of(System.getProperty("forefront.reference"), "sampling");

  private static final Set<String> OURS =
      Set.of("temperature", "top_k", "top_p", "min_p", "repetition_penalty");

  @TestFactory
  List<DynamicTest> shapesDistributionsAsTheReferenceDoes() throws IOException {
    JsonNode cases = JsonMapper.shared().readTree(Files.readAllBytes(FOLDER.resolve("cases.json")));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode test : cases) {
      if (isOurs(test)) {
        tests.add(DynamicTest.dynamicTest(test.toString(), () -> check(test)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(cases.size() / 2);
    return tests;
  }

  /** Cases with a processor that {@code Sampling} does not offer are not this house's. */
  private static boolean isOurs(JsonNode test) {
    for (JsonNode processor : test.path("processors")) {
      if (!OURS.contains(processor.path("name").asString())) {
        return false;
      }
    }
    return true;
  }

  private static void check(JsonNode test) {
    try (SafeTensors vectors = SafeTensors.open(FOLDER.resolve("vectors.safetensors"));
        SafeTensors expected = SafeTensors.open(FOLDER.resolve("probabilities.safetensors"))) {
      float[] logits = vectors.entry(test.path("vector").asString()).floats();
      int[] context =
          IntStream.range(0, test.path("context").size())
              .map(i -> test.path("context").get(i).asInt())
              .toArray();
      for (JsonNode processor : test.path("processors")) {
        apply(logits, context, processor);
      }
      float[] actual = Processors.probabilities(logits, logits.length);
      float[] wanted = expected.entry("case." + test.path("id").asInt()).floats();
      if (test.path("rounding_decides").asBoolean(false)) {
        // Either count of tokens is right: the two may differ by one token at the cut.
        assertThat(Math.abs(kept(actual) - kept(wanted))).isLessThanOrEqualTo(1);
        return;
      }
      if (test.path("tie_at_cut").asBoolean(false)) {
        Arrays.sort(actual);
        Arrays.sort(wanted);
      }
      for (int i = 0; i < wanted.length; i++) {
        assertThat(actual[i] == 0).as("token " + i + " removed").isEqualTo(wanted[i] == 0);
        assertThat(actual[i]).isCloseTo(wanted[i], within(1e-6f));
      }
    }
  }

  private static void apply(float[] logits, int[] context, JsonNode processor) {
    float value = (float) processor.path("value").asDouble();
    switch (processor.path("name").asString()) {
      case "temperature" -> Processors.temperature(logits, logits.length, value);
      case "top_k" -> Processors.topK(logits, logits.length, (int) value);
      case "top_p" -> Processors.topP(logits, logits.length, value);
      case "min_p" -> Processors.minP(logits, logits.length, value);
      case "repetition_penalty" -> Processors.repetition(logits, logits.length, context, value);
      default -> throw new AssertionError("no processor for " + processor);
    }
  }

  private static long kept(float[] probabilities) {
    return IntStream.range(0, probabilities.length).filter(i -> probabilities[i] > 0).count();
  }
}
