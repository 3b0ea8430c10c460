package dev.forefront.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.BpeModel.Merge;
import dev.forefront.token.BpeSettings.Alphabet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BpeTrainerTest {
  private static final List<String> STORY =
      List.of(
          "The cat sat on the mat. The cat didn't see the 2 rats.",
          "She'll count 12 + 30 = 42, and the cat's hat is \"red\".",
          "naïve café, 東京 and 😀\n\n  the end");

  static Stream<Path> recordedTrainings() throws IOException {
    try (Stream<Path> files = Files.list(References.folder("tokenizers/bpe-training"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("expected-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recordedTrainings")
  void reproducesEveryRecordedTraining(Path file) throws IOException {
    JsonNode expected = JsonMapper.shared().readTree(Files.readString(file));
    List<String> specials = new ArrayList<>();
    expected.get("special_tokens").forEach(special -> specials.add(special.asString()));
    BpeTrainer trainer =
        new BpeTrainer(
            new BpeSettings(
                expected.get("vocab_size").asInt(),
                expected.get("min_frequency").asInt(),
                specials,
                expected.get("initial_alphabet").asString().equals("bytes")
                    ? Alphabet.ALL_BYTES
                    : Alphabet.SEEN_BYTES,
                Split.GPT_2));
    References.lines(file.resolveSibling(expected.get("corpus").asString()))
        .forEach(line -> trainer.feed(line.get("text").asString()));
    BpeModel model = trainer.train(size -> {});
    List<String> vocabulary = new ArrayList<>();
    expected.get("vocab").forEach(token -> vocabulary.add(token.asString()));
    List<Merge> merges = new ArrayList<>();
    expected
        .get("merges")
        .forEach(
            merge -> {
              String[] pair = merge.asString().split(" ");
              merges.add(new Merge(pair[0], pair[1]));
            });
    assertThat(model.merges()).isEqualTo(merges);
    assertThat(model.vocabulary()).isEqualTo(vocabulary);
  }

  @Test
  void writesATokenizerThatLoadsAndGivesEveryTextBack(@TempDir Path folder) {
    BpeModel model = BpeTrainer.train(STORY, 300);
    TokenizerWriter.write(folder, model);
    Tokenizer tokenizer = Tokenizer.open(folder);
    assertThat(tokenizer.vocabularySize()).isEqualTo(model.vocabulary().size());
    assertThat(tokenizer.requireSpecialId("<|endoftext|>")).isZero();
    assertThat(tokenizer.requireSpecialId("<|im_start|>")).isEqualTo(1);
    assertThat(tokenizer.requireSpecialId("<|im_end|>")).isEqualTo(2);
    for (String text :
        List.of("", " ", "the cat's 12 hats\r\n\n\tx", "שלום 😀 <|im_end|>", "a\0b")) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
    assertThat(tokenizer.tokens("12345")).containsExactly("1", "2", "3", "4", "5");
    assertThat(ChatTemplate.open(folder, tokenizer)).isNotNull();
  }

  @Test
  void cutsWordsAsTheLibraryWillCutThem(@TempDir Path folder) {
    // With every word merged whole, the library's tokens are the trainer's words.
    BpeModel model = BpeTrainer.train(repeated(STORY), 2000);
    TokenizerWriter.write(folder, model);
    Tokenizer tokenizer = Tokenizer.open(folder);
    for (String text : STORY) {
      List<String> words = words(Split.FOREFRONT, text).stream().map(ByteSymbols::spell).toList();
      assertThat(tokenizer.tokens(text)).isEqualTo(words);
    }
  }

  @Test
  void oneVocabularyComesOutOfAnyNumberOfThreads() {
    StringBuilder book = new StringBuilder();
    Random random = new Random(11);
    while (book.length() < 1_000_000) {
      String word = Integer.toString(random.nextInt(3_000), 36);
      book.append(random.nextInt(9) == 0 ? "\n\n  It's" : " ").append(word);
    }
    BpeSettings settings = BpeSettings.chat(700);
    BpeTrainer alone = new BpeTrainer(settings, 1);
    book.toString().lines().map(line -> line + "\n").forEach(alone::feed);
    BpeTrainer three = new BpeTrainer(settings, 3);
    book.toString().lines().map(line -> line + "\n").toList().reversed().forEach(three::feed);
    assertThat(three.train(size -> {})).isEqualTo(alone.train(size -> {}));
  }

  @Test
  void aBookInPiecesHasTheWordsOfTheWholeBook() {
    StringBuilder book = new StringBuilder();
    Random random = new Random(12);
    String letters = "ab  \n'st1!é日";
    while (book.length() < 900_000) {
      book.append(letters.charAt(random.nextInt(letters.length())));
    }
    for (Split split : Split.values()) {
      WordCounts pieces = new WordCounts(split.patterns(), 2);
      pieces.add(book.toString());
      Map<String, Long> counted = new HashMap<>();
      pieces.words().forEach(counted::put);
      Map<String, Long> expected = new HashMap<>();
      words(split, book.toString()).forEach(word -> expected.merge(word, 1L, Long::sum));
      assertThat(counted).as(split.toString()).isEqualTo(expected);
    }
  }

  @Test
  void refusesToTrainOnNothing() {
    assertThatThrownBy(() -> BpeTrainer.train(List.of("", ""), 300))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no text");
    assertThatThrownBy(() -> BpeSettings.chat(100)).isInstanceOf(BadInputException.class);
  }

  private static List<String> words(Split split, String text) {
    List<String> words = new ArrayList<>();
    new WordCutter(split.patterns())
        .cut(text, 0, text.length(), (all, from, to) -> words.add(all.substring(from, to)));
    return words;
  }

  private static List<String> repeated(List<String> texts) {
    List<String> twice = new ArrayList<>(texts);
    twice.addAll(texts);
    return twice;
  }
}
