package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.ModelDigest;
import dev.forefront.model.Gguf;
import dev.forefront.model.ModelWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelVerbTest {
  private static final Path GGUF = ReferenceModels.reference("gguf/llama-spm/llama-spm-F16.gguf");

  @TempDir private Path folder;

  private static Ran model(String... args) {
    return Ran.of(new ModelVerb(), args);
  }

  private static JsonNode json(Ran ran) {
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    return JsonMapper.shared().readTree(ran.out());
  }

  /** What an import or export answered. */
  private static JsonNode written(String verb, Path source, Path target, String... options) {
    List<String> arguments = new ArrayList<>(List.of(verb, source.toString()));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--output", target.toString(), "--json"));
    return json(model(arguments.toArray(String[]::new)));
  }

  private static JsonNode greedy(Path model) {
    return json(
        Ran.of(
            new GenerateVerb(),
            "--model",
            model.toString(),
            "--ids",
            "[1, 300, 301]",
            "--greedy",
            "--max-tokens",
            "12",
            "--json"));
  }

  @Test
  void inspectTellsWhatIsInAFile() {
    JsonNode answer =
        json(
            model(
                "inspect",
                ReferenceModels.reference("gguf/llama-bpe/llama-bpe-Q4_K_M.gguf").toString(),
                "--json"));
    assertThat(answer.path("format").asString()).isEqualTo("gguf");
    assertThat(answer.path("architecture").asString()).isEqualTo("llama");
    assertThat(answer.path("parameters").asLong()).isEqualTo(463_616);
    assertThat(answer.path("context_length").asInt()).isEqualTo(16_384);
    assertThat(answer.path("bytes_by_type").propertyNames()).containsExactly("F32", "Q4_K", "Q6_K");
    assertThat(answer.path("tokenizer").asString()).contains("llama-bpe", "400");
    assertThat(answer.path("digest").asString()).matches("sha256:[0-9a-f]{64}");
    Ran shown = model("inspect", ReferenceModels.ofText().toString());
    assertThat(shown.exit()).as(shown.err()).isEqualTo(Exit.DONE);
    assertThat(shown.out()).contains("safetensors", "tokenizer.json", "sha256:");
  }

  @Test
  void aModelGoesThroughEveryFormAndWritesTheSameText() {
    JsonNode before = greedy(GGUF);
    Path imported = folder.resolve("imported");
    JsonNode answer = written("import", GGUF, imported);
    assertThat(answer.path("dtype").asString()).isEqualTo("F16");
    assertThat(greedy(imported)).isEqualTo(before);
    Path again = folder.resolve("again.gguf");
    written("export", imported, again, "--type", "F16");
    assertThat(greedy(again)).isEqualTo(before);
    Path back = folder.resolve("back");
    written("export", again, back, "--type", "F32");
    assertThat(greedy(back)).isEqualTo(before);
  }

  @Test
  void aGgufFileNamesHowItsVocabularyCutsTextAndSaysWhereNobodyElseKnows() throws IOException {
    for (String split : new String[] {"forefront", "smollm", "llama-bpe"}) {
      Path model = Files.createDirectory(folder.resolve(split));
      for (String file : new String[] {"config.json", "model.safetensors"}) {
        Files.copy(
            ReferenceModels.reference("alignment/model/policy").resolve(file), model.resolve(file));
      }
      Files.writeString(folder.resolve("a.txt"), "the cat sat on the mat, the rat on the hat");
      Ran trained =
          Ran.of(
              new TokenizerVerb(),
              "train",
              "--input",
              folder.resolve("a.txt").toString(),
              "--vocabulary",
              "270",
              "--split",
              split,
              "--output",
              model.toString());
      assertThat(trained.exit()).as(trained.err()).isEqualTo(Exit.DONE);
      Path file = folder.resolve(split + ".gguf");
      Ran ran = model("export", model.toString(), "--output", file.toString());
      assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
      if (split.equals("forefront")) {
        assertThat(ran.err()).contains("note: llama.cpp and Ollama will not", "--split smollm");
      } else {
        assertThat(ran.err()).isEmpty();
      }
      try (Gguf gguf = Gguf.open(file)) {
        assertThat(gguf.text("tokenizer.ggml.pre")).hasValue(split);
        assertThat(gguf.truth("tokenizer.ggml.add_bos_token")).hasValue(false);
        assertThat(gguf.whole("tokenizer.ggml.bos_token_id")).hasValue(0);
        assertThat(gguf.texts("tokenizer.ggml.tokens"))
            .hasSize(423)
            .startsWith("<|endoftext|>", "<|im_start|>", "<|im_end|>");
      }
    }
  }

  @Test
  void keysAndValuesInFewerBitsGoWithTheModelThroughEveryForm() {
    Path imported = folder.resolve("imported");
    JsonNode answer = written("import", GGUF, imported, "--cache", "INT8");
    assertThat(answer.path("key_value_cache").asString()).isEqualTo("int8");
    Path plain = folder.resolve("plain");
    JsonNode without = written("import", GGUF, plain);
    assertThat(without.path("key_value_cache").asString()).isEqualTo("f32");
    // What was measured on one of them says nothing about the other.
    assertThat(answer.path("digest")).isNotEqualTo(without.path("digest"));
    Path exported = folder.resolve("exported.gguf");
    written("export", imported, exported, "--type", "F16");
    for (Path path : new Path[] {imported, exported}) {
      assertThat(json(model("inspect", path.toString(), "--json")).path("key_value_cache"))
          .isEqualTo(answer.path("key_value_cache"));
    }
    assertThat(greedy(exported)).isEqualTo(greedy(imported));
  }

  @Test
  void aFolderWithASentencePieceModelBecomesOneThatEveryVerbTakes() throws IOException {
    Path imported = folder.resolve("imported");
    written("import", GGUF.resolveSibling("hf"), imported);
    assertThat(imported.resolve("tokenizer.json")).exists();
    assertThat(greedy(imported)).isEqualTo(greedy(GGUF));
    Files.writeString(
        folder.resolve("items.jsonl"),
        "{\"id\": 1, \"context\": \"1 2\", \"continuation\": \" 3\"}");
    String[] scores = new String[2];
    for (int i = 0; i < 2; i++) {
      Path scored = folder.resolve("scores-" + i);
      Ran ran =
          Ran.of(
              new ScoreVerb(),
              "--model",
              (i == 0 ? imported : GGUF).toString(),
              "--input",
              folder.resolve("items.jsonl").toString(),
              "--output",
              scored.toString());
      assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
      scores[i] = Files.readString(scored);
    }
    assertThat(scores[0]).isEqualTo(scores[1]).contains("logprob");
  }

  @Test
  void anImportInFewerBitsSaysWhatTheGgufFileOfTheseBitsSays() {
    for (String type : new String[] {"Q8_0", "Q4_0"}) {
      Path imported = folder.resolve("imported-" + type);
      JsonNode answer = written("import", GGUF, imported, "--quantize", type);
      assertThat(answer.path("dtype").asString()).isEqualTo(type);
      assertThat(answer.path("digest").asString()).isEqualTo(ModelDigest.of(imported));
      Path gguf = folder.resolve(type + ".gguf");
      written("export", GGUF, gguf, "--type", type);
      assertThat(greedy(imported)).isEqualTo(greedy(gguf));
      try (ModelWeights packed = ModelWeights.open(imported);
          ModelWeights other = ModelWeights.open(gguf)) {
        packed
            .names()
            .inOrder()
            .forEach(
                parts ->
                    parts.forEach(
                        part -> {
                          assertThat(packed.floats(part)).isEqualTo(other.floats(part));
                          assertThat(packed.weight(part).encoding())
                              .isEqualTo(other.weight(part).encoding());
                        }));
      }
    }
    Ran both =
        model(
            "import",
            GGUF.toString(),
            "--quantize",
            "Q8_0",
            "--dtype",
            "F16",
            "--output",
            folder.resolve("both").toString());
    assertThat(both.exit()).isNotEqualTo(Exit.DONE);
    assertThat(both.err()).contains("--dtype and --quantize");
  }

  @Test
  void quantizeTellsWhatFewerBitsCost() throws IOException {
    Path text = folder.resolve("held-out.txt");
    Files.writeString(text, "12 13 14 15 16 17 18 19 20 21 22 23 24 ".repeat(20));
    double[] changes = new double[3];
    String[] types = {"F16", "Q8_0", "Q4_0"};
    for (int i = 0; i < types.length; i++) {
      Path file = folder.resolve(types[i] + ".gguf");
      JsonNode answer =
          json(
              model(
                  "quantize",
                  GGUF.toString(),
                  "--type",
                  types[i],
                  "--text",
                  text.toString(),
                  "--output",
                  file.toString(),
                  "--window",
                  "64",
                  "--json"));
      assertThat(answer.path("tokens").asInt()).isGreaterThan(300);
      double before = answer.path("perplexity_before").asDouble();
      double after = answer.path("perplexity_after").asDouble();
      assertThat(before).isGreaterThan(1);
      assertThat(answer.path("change").asDouble()).isEqualTo(after / before - 1);
      changes[i] = Math.abs(after / before - 1);
      assertThat(answer.path("bytes_after").asLong())
          .isLessThanOrEqualTo(answer.path("bytes_before").asLong());
      assertThat(file).exists();
    }
    assertThat(changes[0]).isZero();
    assertThat(changes[1]).isPositive().isLessThan(changes[2]);
  }

  @Test
  void anAdapterIsMergedOnTheWay() {
    Path adapter = ReferenceModels.reference("lora/basic");
    Path base = ReferenceModels.reference("models/llama-mha");
    Path merged = folder.resolve("merged");
    JsonNode answer =
        json(
            model(
                "import",
                base.toString(),
                "--adapter",
                adapter.toString(),
                "--output",
                merged.toString(),
                "--json"));
    assertThat(answer.path("dtype").asString()).isEqualTo("F32");
    JsonNode one = json(model("inspect", base.toString(), "--json"));
    JsonNode other = json(model("inspect", merged.toString(), "--json"));
    assertThat(other.path("parameters")).isEqualTo(one.path("parameters"));
    assertThat(other.path("digest")).isNotEqualTo(one.path("digest"));
    Ran wrong =
        model(
            "import",
            ReferenceModels.reference("models/smollm2").toString(),
            "--adapter",
            adapter.toString(),
            "--output",
            folder.resolve("wrong").toString());
    assertThat(wrong.exit()).isEqualTo(Exit.USAGE);
    assertThat(wrong.err()).contains("another model");
    assertThat(folder.resolve("wrong")).doesNotExist();
  }

  @Test
  void badInputIsOneSentenceAndNothingIsOverwritten() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken"));
    Files.writeString(taken.resolve("config.json"), "mine");
    Files.writeString(folder.resolve("taken.gguf"), "mine");
    Files.writeString(folder.resolve("no.gguf"), "this is none of that kind, whatever it says");
    String model = GGUF.toString();
    assertUsage("exists already", "import", model, "--output", taken.toString());
    assertUsage(
        "exists already", "export", model, "--output", folder.resolve("taken.gguf").toString());
    assertUsage(
        "end in .gguf",
        "export",
        model,
        "--type",
        "Q8_0",
        "--output",
        folder.resolve("f").toString());
    assertUsage("does not exist", "inspect", folder.resolve("none").toString());
    assertUsage("no.gguf", "inspect", folder.resolve("no.gguf").toString());
    assertUsage(
        "does not exist",
        "quantize",
        model,
        "--text",
        folder.resolve("none.txt").toString(),
        "--output",
        folder.resolve("q.gguf").toString());
    assertThat(taken.resolve("config.json")).hasContent("mine");
    assertThat(folder.resolve("taken.gguf")).hasContent("mine");
    assertThat(folder.resolve("q.gguf")).doesNotExist();
  }

  private static void assertUsage(String reason, String... args) {
    Ran ran = model(args);
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.USAGE);
    assertThat(ran.err().lines()).singleElement().asString().contains(reason);
    assertThat(ran.out()).isEmpty();
  }
}
