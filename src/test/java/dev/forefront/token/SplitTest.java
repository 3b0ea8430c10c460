package dev.forefront.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.token.EmbeddedVocabulary.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SplitTest {
  private static final String MARKS = "e\u0301a";

  /** Worked out by hand from the expressions. */
  private static final Map<Split, Map<String, List<String>>> CUTS =
      Map.of(
          Split.FOREFRONT,
          Map.of(
              "I've 12345 cats",
              List.of("I", "'ve", " ", "1", "2", "3", "4", "5", " cats"),
              "don't DON'T",
              List.of("don", "'t", " DON", "'", "T"),
              "(ok).\n",
              List.of("(", "ok", ").", "\n"),
              "a  5\n\n  y",
              List.of("a", " ", " ", "5", "\n\n", " ", " y"),
              "\t\tif",
              List.of("\t", "\t", "if"),
              MARKS,
              List.of(MARKS),
              "\u6771\u4eac\u00b2\u00bd\ud83d\ude00",
              List.of("\u6771\u4eac", "\u00b2", "\u00bd", "\ud83d\ude00")),
          Split.GPT_2,
          Map.of(
              "I've 12345 cats",
              List.of("I", "'ve", " 12345", " cats"),
              "don't DON'T",
              List.of("don", "'t", " DON", "'", "T"),
              "(ok).\n",
              List.of("(", "ok", ").", "\n"),
              "a  5\n\n  y",
              List.of("a", " ", " 5", "\n\n ", " y"),
              "\t\tif",
              List.of("\t", "\t", "if"),
              MARKS,
              List.of("e", "\u0301", "a"),
              "\u6771\u4eac\u00b2\u00bd\ud83d\ude00",
              List.of("\u6771\u4eac", "\u00b2\u00bd", "\ud83d\ude00")),
          Split.SMOLLM,
          Map.of(
              "I've 12345 cats",
              List.of("I", "'ve", " ", "1", "2", "3", "4", "5", " cats"),
              "don't DON'T",
              List.of("don", "'t", " DON", "'", "T"),
              "(ok).\n",
              List.of("(", "ok", ").", "\n"),
              // Digits come first: the spaces before one are the end of a text.
              "a  5\n\n  y",
              List.of("a", "  ", "5", "\n\n ", " y"),
              "\t\tif",
              List.of("\t", "\t", "if"),
              MARKS,
              List.of("e", "\u0301", "a"),
              "\u6771\u4eac\u00b2\u00bd\ud83d\ude00",
              List.of("\u6771\u4eac", "\u00b2", "\u00bd", "\ud83d\ude00")),
          Split.LLAMA_BPE,
          Map.of(
              "I've 12345 cats",
              List.of("I", "'ve", " ", "123", "45", " cats"),
              "don't DON'T",
              List.of("don", "'t", " DON", "'T"),
              "(ok).\n",
              List.of("(ok", ").\n"),
              "a  5\n\n  y",
              List.of("a", " ", " ", "5", "\n\n", " ", " y"),
              "\t\tif",
              List.of("\t", "\tif"),
              MARKS,
              List.of("e", "\u0301a"),
              "\u6771\u4eac\u00b2\u00bd\ud83d\ude00",
              List.of("\u6771\u4eac", "\u00b2\u00bd", "\ud83d\ude00")),
          Split.STABLELM2,
          Map.of(
              "I've 12345 cats",
              List.of("I", "'ve", " ", "1", "2", "3", "4", "5", " cats"),
              "don't DON'T",
              List.of("don", "'t", " DON", "'T"),
              "(ok).\n",
              List.of("(ok", ").\n"),
              "a  5\n\n  y",
              List.of("a", " ", " ", "5", "\n\n", " ", " y"),
              "\t\tif",
              List.of("\t", "\tif"),
              MARKS,
              List.of("e", "\u0301a"),
              "\u6771\u4eac\u00b2\u00bd\ud83d\ude00",
              List.of("\u6771\u4eac", "\u00b2", "\u00bd", "\ud83d\ude00")));

  private static final List<String> TEXTS =
      List.of(
          "",
          "It's 1,234.50 \u20ac, isn't it?\r\n\tYES, it'S!",
          "for (int i = 0; i < 10; i++) {\n        sum += a[i];\n    }\n\n\n",
          "\u0437\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435  \u4e16\u754c"
              + " \u05e9\u05dc\u05d5\u05dd na\u00efve nai\u0308ve",
          "<|im_start|>user\nno control token<|im_end|> \u00a0\u3000 \ud83d\ude00\ud83d\ude00");

  @TempDir private Path folder;

  private static Map<String, List<String>> cuts(Split split) {
    return Objects.requireNonNull(CUTS.get(split), "every split has its cuts");
  }

  private BpeModel trained(Split split) {
    BpeTrainer trainer = new BpeTrainer(BpeSettings.chat(4000, split), 1);
    for (int i = 0; i < 2; i++) {
      cuts(split).keySet().forEach(trainer::feed);
    }
    BpeModel model = trainer.train(size -> {});
    TokenizerWriter.write(folder, model);
    return model;
  }

  @ParameterizedTest
  @EnumSource
  void trainerAndLibraryCutAsTheExpressionsSay(Split split) {
    trained(split);
    // With every word merged whole, the library's tokens are the words.
    Tokenizer tokenizer = Tokenizer.open(folder);
    cuts(split)
        .forEach(
            (text, words) -> {
              List<String> cut = new ArrayList<>();
              new WordCutter(split.patterns())
                  .cut(text, 0, text.length(), (all, from, to) -> cut.add(all.substring(from, to)));
              assertThat(cut).as(text).isEqualTo(words);
              assertThat(tokenizer.tokens(text))
                  .as(text)
                  .isEqualTo(words.stream().map(ByteSymbols::spell).toList());
            });
  }

  @ParameterizedTest
  @EnumSource
  void itsNameGoesIntoAGgufFileAndBack(Split split) {
    int size = trained(split).vocabulary().size();
    Tokenizer before = Tokenizer.open(folder);
    EmbeddedVocabulary embedded = EmbeddedVocabulary.read(folder, size, -1, 2);
    assertThat(embedded.splitter()).isEqualTo(split.toString());
    assertThat(embedded.kind()).isEqualTo("gpt2");
    assertThat(embedded.types().subList(0, 4))
        .containsExactly(
            Type.CONTROL.code(), Type.CONTROL.code(), Type.CONTROL.code(), Type.NORMAL.code());
    assertThat(embedded.bosId()).as("of tokenizer_config.json").isZero();
    assertThat(embedded.eosId()).isEqualTo(2);
    // Said, for llama.cpp would begin a text of llama-bpe with one.
    assertThat(embedded.addBos()).isFalse();
    assertThat(embedded.chatTemplate()).contains("<|im_start|>").doesNotContain("{% generation");
    Path back = folder.resolve("back");
    embedded.write(back, "model.gguf");
    assertThat(EmbeddedVocabulary.read(back, size, 0, 2)).isEqualTo(embedded);
    assertThat(back.resolve("chat_template.jinja"))
        .hasSameTextualContentAs(folder.resolve("chat_template.jinja"));
    for (Tokenizer after : List.of(Tokenizer.of(embedded, "model.gguf"), Tokenizer.open(back))) {
      for (String text : TEXTS) {
        assertThat(after.encode(text)).as(text).isEqualTo(before.encode(text));
        assertThat(after.encodeProcessed(text)).as(text).isEqualTo(before.encodeProcessed(text));
        assertThat(after.decode(before.encode(text))).isEqualTo(text);
      }
    }
  }

  @Test
  void namesThatAreOnlyReadHaveOneToTakeInstead() {
    assertThat(Split.insteadOf())
        .containsEntry("qwen2", "stablelm2 cuts alike, without composing characters first (NFC)")
        .containsEntry("llama3", "llama-bpe cuts alike")
        .containsEntry("starcoder", "smollm cuts alike")
        .doesNotContainKeys("gpt-2", "smollm", "llama-bpe", "stablelm2", "forefront");
    for (String known : Splitters.names()) {
      assertThat(Split.insteadOf().containsKey(known))
          .as(known)
          .isNotEqualTo(
              List.of("gpt-2", "smollm", "llama-bpe", "stablelm2", "forefront").contains(known));
    }
  }
}
