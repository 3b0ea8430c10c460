package dev.forefront.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EmbeddedVocabularyTest {
  private static final Path REFERENCE = Path.of(System.getProperty("forefront.reference"));

  @TempDir private Path folder;

  @Test
  void readsASentencePieceModelAsTheSourceLibraryDoes() {
    Path spm = REFERENCE.resolve("gguf/llama-spm");
    EmbeddedVocabulary vocabulary = EmbeddedVocabulary.read(spm.resolve("hf"), 512, 1, 2);
    assertThat(vocabulary.tokens()).hasSize(512).startsWith("<unk>", "<s>", "</s>", "<0x00>");
    Tokenizer tokenizer = Tokenizer.of(vocabulary, "tokenizer.model");
    for (JsonNode line : References.lines(spm.resolve("tokenization.jsonl"))) {
      int[] ids = tokenizer.encodeProcessed(line.path("text").asString());
      assertThat(
              Arrays.equals(ids, References.ids(line.path("ids_source_library")))
                  || Arrays.equals(ids, References.ids(line.path("ids_llama_cpp"))))
          .as(line.toString())
          .isTrue();
    }
  }

  @Test
  void refusesASentencePieceModelThatIsCutOff() throws IOException {
    byte[] whole = Files.readAllBytes(REFERENCE.resolve("gguf/llama-spm/hf/tokenizer.model"));
    for (int length : new int[] {0, 1, 2, 100, whole.length / 2, whole.length - 1}) {
      Files.write(folder.resolve("tokenizer.model"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> EmbeddedVocabulary.read(folder, 512, 1, 2))
          .as("%d bytes", length)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("tokenizer.model");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2", "llama3", "qwen", "smollm2"})
  void goesIntoAGgufFileAndBackWithoutChangingASplit(String name) {
    Path source = REFERENCE.resolve("tokenizers").resolve(name);
    Tokenizer before = Tokenizer.open(source);
    EmbeddedVocabulary embedded =
        EmbeddedVocabulary.read(source, before.vocabularySize() + 3, -1, -1);
    assertThat(embedded.tokens())
        .hasSize(before.vocabularySize() + 3)
        .endsWith("[PAD" + (before.vocabularySize() + 2) + "]");
    Tokenizer after = Tokenizer.of(embedded, name);
    assertThat(after.specials()).containsAllEntriesOf(before.specials());
    for (JsonNode entry : References.lines(source.resolve("encodings.jsonl"))) {
      String text = entry.get("text").asString();
      assertThat(after.encode(text)).as(text).isEqualTo(before.encode(text));
      assertThat(after.decode(before.encode(text))).isEqualTo(before.decode(before.encode(text)));
    }
  }

  @Test
  void saysWhatGgufHasNoWordFor() {
    Path source = REFERENCE.resolve("tokenizers/nfkc-prefix");
    assertThatThrownBy(() -> EmbeddedVocabulary.read(source, 100_000, -1, -1))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining("no word for");
  }

  @Test
  void refusesVocabulariesThatContradictThemselves() {
    assertRefused("bert", "default", List.of("a"), List.of(), List.of(), "tokenizer.ggml.model");
    assertRefused("gpt2", "unheard-of", List.of("a"), List.of(), List.of(), "tokenizer.ggml.pre");
    assertRefused("gpt2", "qwen2", List.of(), List.of(), List.of(), "tokenizer.ggml.tokens");
    assertRefused("gpt2", "qwen2", List.of("a", "a"), List.of(), List.of(), "twice");
    assertRefused("gpt2", "qwen2", List.of("a"), List.of(1, 1), List.of(), "token_type");
    assertRefused("gpt2", "qwen2", List.of("a", "b"), List.of(), List.of("a b"), "merges");
    assertRefused("gpt2", "qwen2", List.of("a", "ab"), List.of(), List.of("a "), "merges");
    assertRefused("gpt2", "qwen2", List.of("a", "ab"), List.of(), List.of("ab"), "merges");
    assertRefused("llama", "default", List.of("a", "b"), List.of(), List.of(), "scores");
  }

  @Test
  void mergesAreWrittenWhateverTheyLookLike() {
    List<String> tokens = new ArrayList<>(List.of("\"", "\\", "\"\\"));
    List<String> merges = new ArrayList<>(List.of("\" \\"));
    String before = "#";
    tokens.add(before);
    for (String letter : "versionist".split("")) {
      if (!tokens.contains(letter)) {
        tokens.add(letter);
      }
      tokens.add(before + letter);
      merges.add(before + " " + letter);
      before += letter;
    }
    assertThat(merges).contains("#version i");
    Tokenizer tokenizer = Tokenizer.of(bytePairs(tokens, List.of(), merges), "model.gguf");
    assertThat(tokenizer.encode("\"\\")).containsExactly(2);
    assertThat(tokenizer.encode("#versionist")).containsExactly(tokens.indexOf("#versionist"));
  }

  @Test
  void noMergeMakesAControlToken() {
    List<String> tokens = List.of("|", "s", "t", "|s", "st", "|st");
    List<String> merges = List.of("| s", "s t", "|s t", "| st");
    List<Integer> types = List.of(1, 1, 1, 3, 1, 1);
    Tokenizer tokenizer = Tokenizer.of(bytePairs(tokens, types, merges), "model.gguf");
    assertThat(tokenizer.encode("|s")).containsExactly(0, 1);
    assertThat(tokenizer.encode("|st")).containsExactly(5);
  }

  private static EmbeddedVocabulary bytePairs(
      List<String> tokens, List<Integer> types, List<String> merges) {
    return new EmbeddedVocabulary(
        "gpt2", "qwen2", tokens, types, List.of(), merges, -1, -1, -1, null, false, true, "");
  }

  private static void assertRefused(
      String kind,
      String splitter,
      List<String> tokens,
      List<Integer> types,
      List<String> merges,
      String reason) {
    EmbeddedVocabulary vocabulary =
        new EmbeddedVocabulary(
            kind, splitter, tokens, types, List.of(), merges, -1, -1, -1, null, false, true, "");
    assertThatThrownBy(() -> Tokenizer.of(vocabulary, "model.gguf"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.gguf")
        .hasMessageContaining(reason);
  }
}
