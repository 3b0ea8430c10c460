package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.Bias;
import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every recorded distribution under reference/sampling. */
class SamplingReferenceTest {
  private static final Path FOLDER = Path.of(System.getProperty("forefront.reference"), "sampling");

  @TestFactory
  List<DynamicTest> shapesDistributionsAsTheReferenceDoes() {
    JsonNode cases = read("cases.json");
    assertThat(cases.size()).isEqualTo(420);
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode test : cases) {
      tests.add(DynamicTest.dynamicTest(test.toString(), () -> check(test)));
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> takesPresenceAndFrequencyOffAsTheReferenceDoes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode test : read("penalties.json")) {
      String name =
          "presence %s, frequency %s"
              .formatted(test.get("presence_penalty"), test.get("frequency_penalty"));
      tests.add(DynamicTest.dynamicTest(name, () -> checkPenalties(test)));
    }
    assertThat(tests).hasSizeGreaterThan(2);
    return tests;
  }

  private static void checkPenalties(JsonNode test) {
    try (SafeTensors vectors = SafeTensors.open(FOLDER.resolve("vectors.safetensors"))) {
      float[] logits = vectors.entry(test.path("vector").asString()).floats();
      Processors.presenceAndFrequency(
          logits,
          logits.length,
          new History(ids(test.path("context")), 0),
          (float) test.path("presence_penalty").asDouble(),
          (float) test.path("frequency_penalty").asDouble());
      float[] actual = Processors.probabilities(logits, logits.length);
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i])
            .isCloseTo((float) test.path("probabilities").get(i).asDouble(), within(1e-6f));
      }
    }
  }

  private static JsonNode read(String file) {
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(FOLDER.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(JsonNode test) {
    try (SafeTensors vectors = SafeTensors.open(FOLDER.resolve("vectors.safetensors"));
        SafeTensors expected = SafeTensors.open(FOLDER.resolve("probabilities.safetensors"))) {
      float[] logits = vectors.entry(test.path("vector").asString()).floats();
      int[] context = ids(test.path("context"));
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
    JsonNode set = processor.path("value");
    float value = (float) set.asDouble(0);
    int length = logits.length;
    History history = new History(context);
    switch (processor.path("name").asString()) {
      case "temperature" -> Processors.temperature(logits, length, value);
      case "top_k" -> Processors.topK(logits, length, (int) value);
      case "top_p" -> Processors.topP(logits, length, value);
      case "min_p" -> Processors.minP(logits, length, value);
      case "typical_p" -> Processors.typical(logits, length, value);
      case "epsilon_cutoff" -> Processors.epsilon(logits, length, value);
      case "eta_cutoff" -> Processors.eta(logits, length, value);
      case "repetition_penalty" -> Processors.repetition(logits, length, history, value);
      case "no_repeat_ngram_size" -> Processors.noRepeatNgram(logits, length, history, (int) value);
      case "bad_words_ids" -> {
        List<Bias> biases = new ArrayList<>();
        set.forEach(one -> biases.add(new Bias(list(one), Float.NEGATIVE_INFINITY)));
        Processors.bias(logits, length, history, biases);
      }
      case "suppress_tokens" -> {
        List<Bias> biases = new ArrayList<>();
        list(set).forEach(id -> biases.add(Bias.of(id, Float.NEGATIVE_INFINITY)));
        Processors.bias(logits, length, history, biases);
      }
      case "sequence_bias" -> {
        List<Bias> biases = new ArrayList<>();
        set.forEach(
            one ->
                biases.add(
                    new Bias(
                        list(one.path("ids")), Float.parseFloat(one.path("bias").asString()))));
        Processors.bias(logits, length, history, biases);
      }
      case "min_new_tokens" -> {
        History split = new History(context, set.path("prompt_length").asInt());
        if (split.written() < set.path("min_new_tokens").asInt()) {
          Processors.noEnd(logits, length, id -> id == set.path("eos").asInt());
        }
      }
      default -> throw new AssertionError("no processor for " + processor);
    }
  }

  private static int[] ids(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
  }

  private static List<Integer> list(JsonNode ids) {
    return IntStream.of(ids(ids)).boxed().toList();
  }

  private static long kept(float[] probabilities) {
    return IntStream.range(0, probabilities.length).filter(i -> probabilities[i] > 0).count();
  }
}
