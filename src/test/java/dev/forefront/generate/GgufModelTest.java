package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.model.Gguf;
import dev.forefront.model.ReferenceModels;
import dev.forefront.model.SafeTensors;
import dev.forefront.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every file under reference/gguf on the Java engine. */
class GgufModelTest {

  static List<Path> tokenizations() throws IOException {
    try (Stream<Path> all = Files.walk(ReferenceModels.reference("gguf"))) {
      return all.filter(file -> file.endsWith("tokenization.jsonl")).sorted().toList();
    }
  }

  private static String type(Path file) {
    String name = file.getFileName().toString().replace(".gguf", "");
    return name.substring(name.lastIndexOf('-') + 1);
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void computesTheLogitsOfTheDequantizedWeights(Path file) {
    Weights weights = Passes.load(file);
    int prompts = 0;
    try (SafeTensors reference = SafeTensors.open(file.resolveSibling("logits.safetensors"))) {
      for (; reference.entries().containsKey("prompt." + prompts); prompts++) {
        long[] ids = reference.entry("prompt." + prompts).longs();
        float[] expected = reference.entry(type(file) + ".logits." + prompts).floats();
        float[] actual = Passes.logits(weights, ids, 1);
        assertThat(Passes.logits(weights, ids, 5)).isEqualTo(actual);
        assertThat(Passes.logits(weights, ids, ids.length)).isEqualTo(actual);
        ModelReferenceTest.assertClose(actual, expected);
        float[] written = Passes.logitsOfWritten(weights, ids, 1);
        assertThat(Passes.logitsOfWritten(weights, ids, 5)).isEqualTo(written);
        double rounding = type(file).startsWith("Q4") ? 1e-2 : 1e-4;
        ModelReferenceTest.assertClose(written, expected, rounding);
      }
    }
    assertThat(prompts).isPositive();
  }

  /** What llama.cpp rounds is every activation, to eight bits; see the reference's README. */
  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void staysCloserToFloat32ThanLlamaCppWhereTokensAreWritten(Path file) throws IOException {
    Weights weights = Passes.load(file);
    double ours = 0;
    double theirs = 0;
    for (JsonNode path : own(file).path("greedy")) {
      int[] prompt = ids(path.path("prompt"));
      int[] text = ids(path.path("llama_cpp_tokens"));
      long[] all =
          IntStream.concat(IntStream.of(prompt), IntStream.of(text)).asLongStream().toArray();
      float[] exact = Passes.logits(weights, all, all.length);
      float[] written = Passes.logitsOfWritten(weights, all, 1);
      int vocabulary = exact.length / all.length;
      for (JsonNode place : path.path("llama_cpp_top5")) {
        int from = (prompt.length - 1 + place.path("position").asInt()) * vocabulary;
        for (JsonNode one : place.path("top5")) {
          int id = one.path("id").asInt();
          double expected = logProbability(exact, from, vocabulary, id);
          ours += Math.pow(logProbability(written, from, vocabulary, id) - expected, 2);
          theirs += Math.pow(one.path("logprob").asDouble() - expected, 2);
        }
      }
    }
    assertThat(theirs).isPositive();
    assertThat(Math.sqrt(ours)).isLessThan(Math.sqrt(theirs));
  }

  private static double logProbability(float[] logits, int from, int count, int id) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(logits[from + i]);
    }
    return logits[from + id] - Math.log(sum);
  }

  private static JsonNode own(Path file) throws IOException {
    JsonNode files =
        JsonMapper.shared().readTree(Files.readAllBytes(file.resolveSibling("reference.json")));
    return files
        .valueStream()
        .filter(one -> one.path("file").asString().equals(file.getFileName().toString()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void writesTheReferencesGreedyTokens(Path file) throws IOException {
    try (IdModel model = IdModel.open(file)) {
      assertThat(own(file).path("greedy").size()).isPositive();
      for (JsonNode path : own(file).path("greedy")) {
        int[] expected = ids(path.path("float32_tokens"));
        List<Integer> written = new ArrayList<>();
        model.write(
            ids(path.path("prompt")),
            Sampling.greedy(expected.length),
            id -> false,
            token -> {
              written.add(token.id());
              return Next.CONTINUE;
            });
        assertThat(written).containsExactlyElementsOf(IntStream.of(expected).boxed().toList());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizations")
  void splitsTextAsLlamaCppOrTheSourceLibraryDoes(Path lines) throws IOException {
    Path any;
    try (Stream<Path> all = Files.list(lines.getParent())) {
      any =
          all.filter(file -> file.toString().endsWith(".gguf")).sorted().findFirst().orElseThrow();
    }
    Tokenizer tokenizer;
    try (Gguf gguf = Gguf.open(any)) {
      tokenizer = GgufTokenizer.tokenizer(gguf, GgufTokenizer.vocabulary(gguf));
    }
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (String line : Files.readAllLines(lines)) {
      JsonNode one = JsonMapper.shared().readTree(line);
      int[] ids = tokenizer.encodeProcessed(one.path("text").asString());
      seen++;
      if (!java.util.Arrays.equals(ids, ids(one.path("ids_llama_cpp")))
          && !java.util.Arrays.equals(ids, ids(one.path("ids_source_library")))) {
        wrong.add(line + " but " + java.util.Arrays.toString(ids));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(50);
  }

  @Test
  void writesTextFromOneFile() throws IOException {
    for (Path file : ReferenceModels.ggufFiles()) {
      try (Engine engine = Engine.open(file)) {
        StringBuilder told = new StringBuilder();
        var reply =
            engine.complete(
                "12 13",
                Sampling.greedy(8),
                (piece, tokens) -> {
                  told.append(piece);
                  return Next.CONTINUE;
                });
        assertThat(reply.text()).isEqualTo(told.toString());
        assertThat(reply.stop()).isIn(StopReason.MAX_TOKENS, StopReason.END_OF_TURN);
        // Both tokenizers put a begin of text before what they read.
        assertThat(engine.prompt("12 13")[0]).isEqualTo(engine.ids().config().bosId());
      }
    }
  }

  private static int[] ids(JsonNode list) {
    assertThat(list.isArray()).isTrue();
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
  }
}
