package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.token.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataAndTokenizerVerbsTest {
  @TempDir private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void fromTextFilesToACorpusToAVocabulary() throws IOException {
    Files.writeString(
        folder.resolve("a.txt"), "The heron stands in the river. The river runs to the sea.");
    Files.writeString(folder.resolve("b.txt"), "Write to ann@example.org about the 2 boats.");
    assertThat(
            Main.run(
                "data",
                "build",
                "--input",
                path("a.txt") + "," + path("b.txt"),
                "--licence",
                "CC0-1.0",
                "--output",
                path("corpus")))
        .isEqualTo(Exit.DONE);
    assertThat(folder.resolve("corpus/corpus.jsonl")).content().contains("[email]");
    assertThat(folder.resolve("corpus/manifest.json")).content().contains("CC0-1.0");
    assertThat(Main.run("data", "inspect", path("corpus"), "--json")).isEqualTo(Exit.DONE);
    assertThat(
            Main.run(
                "tokenizer",
                "train",
                "--input",
                path("corpus"),
                "--vocabulary",
                "300",
                "--output",
                path("tokenizer")))
        .isEqualTo(Exit.DONE);
    assertThat(Main.run("tokenizer", "encode", "--tokenizer", path("tokenizer"), "the river"))
        .isEqualTo(Exit.DONE);
    assertThat(Main.run("tokenizer", "decode", "--tokenizer", path("tokenizer"), "[3, 4]"))
        .isEqualTo(Exit.DONE);
  }

  @Test
  void aVocabularyIsCutAsLlamaCppCutsIt() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "In 1984 and 1984 the year was 1984, not 2001.");
    assertThat(trained("gpt-2").exit()).isEqualTo(Exit.DONE);
    Tokenizer whole = Tokenizer.open(folder.resolve("gpt-2"));
    assertThat(whole.tokens("in 1984")).containsExactly("i", "n", "\u01201984");
    assertThat(trained("smollm").exit()).isEqualTo(Exit.DONE);
    Tokenizer digits = Tokenizer.open(folder.resolve("smollm"));
    assertThat(digits.tokens("1984")).containsExactly("1", "9", "8", "4");
    assertThat(trained("smolm").err())
        .contains("--split", "forefront, gpt-2, smollm", "did you mean smollm?");
    Ran qwen = trained("qwen2");
    assertThat(qwen.exit()).isEqualTo(Exit.USAGE);
    assertThat(qwen.err()).contains("stablelm2 cuts alike");
  }

  private Ran trained(String split) {
    return Ran.of(
        new TokenizerVerb(),
        "train",
        "--input",
        path("a.txt"),
        "--vocabulary",
        "300",
        "--split",
        split,
        "--output",
        path(split));
  }

  @Test
  void badInputEndsWithTwoAndKeepsWhatWasThere() throws IOException {
    Files.createDirectories(folder.resolve("corpus"));
    Files.writeString(folder.resolve("corpus/corpus.jsonl"), "old");
    Files.writeString(folder.resolve("empty.txt"), "");
    Files.write(folder.resolve("latin.txt"), "café".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(folder.resolve("binary.txt"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 1});
    for (String bad : new String[] {"empty.txt", "latin.txt", "binary.txt", "missing.txt"}) {
      assertThat(Main.run("data", "build", "--input", path(bad), "--output", path("corpus")))
          .as(bad)
          .isEqualTo(Exit.USAGE);
    }
    assertThat(folder.resolve("corpus/corpus.jsonl")).hasContent("old");
    assertThat(Main.run("data", "build", "--output", path("corpus"))).isEqualTo(Exit.USAGE);
    assertThat(Main.run("data", "build", "--set", "no-such-set", "--output", path("corpus")))
        .isEqualTo(Exit.USAGE);
    assertThat(Main.run("tokenizer", "train", "--input", path("empty.txt"), "--output", path("t")))
        .isEqualTo(Exit.USAGE);
    assertThat(Main.run("tokenizer", "encode", "--tokenizer", path("none"), "x"))
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void aCorpusThatIsNoTextGetsOneSentence() throws IOException {
    Files.writeString(folder.resolve("empty.txt"), "");
    Files.createDirectories(folder.resolve("nothing"));
    Files.write(folder.resolve("latin.txt"), "café".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(folder.resolve("binary.txt"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 1});
    assertRefused("empty.txt", "no document is left to learn from");
    assertRefused("nothing", path("nothing") + " is an empty folder");
    assertRefused("latin.txt", path("latin.txt") + " is not UTF-8 text: convert it first");
    assertRefused("binary.txt", path("binary.txt") + " is a binary file, not text");
    assertRefused("missing.txt", path("missing.txt") + " does not exist");
  }

  private void assertRefused(String input, String sentence) {
    Ran ran = Ran.of(new DataVerb(), "build", "--input", path(input), "--output", path("corpus"));
    assertThat(ran.exit()).as(input).isEqualTo(Exit.USAGE);
    assertThat(ran.err().lines()).as(input).singleElement().asString().contains(sentence);
    assertThat(folder.resolve("corpus/corpus.jsonl")).doesNotExist();
  }

  @Test
  void keepsWhatItIsToldToKeep() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "Write to ann@example.org about the boats.");
    assertThat(
            Main.run(
                "data", "build", "--input", path("a.txt"), "--no-redact", "--output", path("c")))
        .isEqualTo(Exit.DONE);
    assertThat(folder.resolve("c/corpus.jsonl")).content().contains("ann@example.org");
  }
}
