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
        ModelReferenceTest.assertClose(written, expected);
      }
    }
    assertThat(prompts).isPositive();
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void writesTheReferencesGreedyTokens(Path file) throws IOException {
    JsonNode files =
        JsonMapper.shared().readTree(Files.readAllBytes(file.resolveSibling("reference.json")));
    JsonNode own =
        files
            .valueStream()
            .filter(one -> one.path("file").asString().equals(file.getFileName().toString()))
            .findFirst()
            .orElseThrow();
    try (IdModel model = IdModel.open(file)) {
      assertThat(own.path("greedy").size()).isPositive();
      for (JsonNode path : own.path("greedy")) {
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
