package dev.forefront.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackerTest {
  private final Tokenizer tokenizer = Tokenizer.open(chatTokenizer());
  private final ChatTemplate template = ChatTemplate.chatMl(tokenizer);

  private static Path chatTokenizer() {
    return Path.of(System.getProperty("forefront.reference", "src/test/resources/reference"))
        .resolve("tokenizers/smollm2");
  }

  @Test
  void positionsRestartAndLabelsStayInsideTheirDocument() {
    PackedRows rows = Packer.texts(List.of("One two.", "Three.", "Four five six."), tokenizer, 16);
    int eot = tokenizer.requireSpecialId("<|endoftext|>");
    for (TokenBatch batch : rows.inOrder(4)) {
      for (int r = 0; r < batch.rows(); r++) {
        for (int t = 0; t < batch.length(); t++) {
          int document = batch.documents()[r][t];
          boolean first = t == 0 || batch.documents()[r][t - 1] != document;
          if (document < 0) {
            assertThat(batch.ids()[r][t]).isEqualTo(eot);
            assertThat(batch.positions()[r][t]).isZero();
          } else {
            assertThat(batch.positions()[r][t])
                .isEqualTo(first ? 0 : batch.positions()[r][t - 1] + 1);
          }
          boolean hasNext =
              t + 1 < batch.length() && document >= 0 && batch.documents()[r][t + 1] == document;
          assertThat(batch.labels()[r][t])
              .isEqualTo(hasNext ? batch.ids()[r][t + 1] : TokenBatch.IGNORED);
        }
      }
    }
    assertThat(rows.packing().documents()).isEqualTo(3);
  }

  @Test
  void textRunsOnIntoTheNextRowAndNothingOfItIsLost() {
    String text = "the lighthouse keeper counted the ships ".repeat(20);
    PackedRows rows = Packer.texts(List.of(text), tokenizer, 32);
    int[] all =
        rows.inOrder(1).stream()
            .flatMapToInt(
                batch ->
                    IntStream.range(0, 32)
                        .filter(t -> batch.documents()[0][t] >= 0)
                        .map(t -> batch.ids()[0][t]))
            .toArray();
    assertThat(tokenizer.decode(all)).isEqualTo(text);
  }

  @Test
  void theDocumentsOfABatchAreKnownByName(@TempDir Path folder) {
    Corpus.write(
        folder.resolve("corpus.jsonl"),
        List.of(
            new Document.Prose("a", "The lighthouse keeper counted the ships.", "books", "CC0"),
            new Document.Prose("b", "Nobody came.", "books", "CC0"),
            new Document.Prose("c\td", "word ".repeat(40), "tales", "CC0")));
    PackedRows rows =
        Packer.corpus(
            folder.resolve("corpus.jsonl"),
            Mixture.once("books", "tales"),
            tokenizer,
            template,
            32,
            Packer.Lesson.EVERYTHING,
            folder.resolve("packed"),
            documents -> {});
    assertThat(rows.names(0)).containsExactly("books/a", "books/b", "tales/c d");
    assertThat(rows.names(1)).containsExactly("tales/c d");
    assertThat(rows.shuffled(rows.rows(), 3).documents(0))
        .containsExactlyInAnyOrder("books/a", "books/b", "tales/c d");
  }

  @Test
  void conversationsTeachTheAssistantsWordsOnly() {
    PackedRows rows =
        Packer.conversations(
            List.of(Conversation.of(Message.user("Hello"), Message.assistant("Good day."))),
            tokenizer,
            template,
            64);
    TokenBatch batch = rows.batch(0);
    int[] learnt =
        Arrays.stream(batch.labels()[0]).filter(label -> label != TokenBatch.IGNORED).toArray();
    assertThat(tokenizer.decodeShowingControls(learnt)).isEqualTo("Good day.<|im_end|>");
  }

  @Test
  void aLongConversationLosesItsLastTurnsAndAnEndlessReplyIsDropped() {
    Conversation longer =
        Conversation.of(
            Message.user("Hello"),
            Message.assistant("Good day."),
            Message.user("Tell me everything"),
            Message.assistant("word ".repeat(200)));
    Conversation endless =
        Conversation.of(Message.user("Tell me everything"), Message.assistant("word ".repeat(200)));
    Packing packing =
        Packer.conversations(List.of(longer, endless), tokenizer, template, 64).packing();
    assertThat(packing.truncated()).isEqualTo(1);
    assertThat(packing.dropped()).isEqualTo(1);
    assertThat(packing.documents()).isEqualTo(1);
  }

  @Test
  void nothingToLearnFromIsAClearSentence() {
    assertThatThrownBy(() -> Packer.texts(List.of("", ""), tokenizer, 64))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("nothing to learn from");
  }

  @Test
  void aBatchIsAFunctionOfSeedAndStepAndAnEpochHoldsEveryRowOnce() {
    List<String> texts = IntStream.range(0, 37).mapToObj(i -> "Story number " + i).toList();
    PackedRows rows = Packer.texts(texts, tokenizer, 24);
    BatchSource source = rows.shuffled(3, 7);
    assertThat(source.batch(5).ids()).isDeepEqualTo(rows.shuffled(3, 7).batch(5).ids());
    assertThat(source.batch(5).ids()[0]).isNotEqualTo(rows.shuffled(3, 8).batch(5).ids()[0]);
    List<List<Integer>> seen = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      seen.add(Arrays.stream(rows.shuffled(1, 7).batch(i).ids()[0]).boxed().toList());
    }
    List<List<Integer>> all =
        rows.inOrder(1).stream().map(b -> Arrays.stream(b.ids()[0]).boxed().toList()).toList();
    assertThat(seen).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
  }

  @Test
  void partsOfABatchHoldItsRowsHoweverManyTheyAre() {
    List<String> texts = IntStream.range(0, 37).mapToObj(i -> "Story number " + i).toList();
    PackedRows rows = Packer.texts(texts, tokenizer, 24);
    int batchRows = 5;
    for (int step : new int[] {0, 3, 40}) {
      int[][] whole = rows.shuffled(batchRows, 7).batch(step).ids();
      for (int parts : new int[] {1, 2, 3, 7}) {
        int all = 0;
        for (int index = 0; index < parts; index++) {
          BatchSource part = rows.shuffled(batchRows, 7, new Part(index, parts));
          int[][] own = part.batch(step).ids();
          all += own.length;
          for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isEqualTo(whole[index + i * parts]);
          }
          assertThat(part.documents(step)).isEqualTo(rows.shuffled(batchRows, 7).documents(step));
        }
        assertThat(all).isEqualTo(batchRows);
      }
    }
  }

  @Test
  void packsACorpusIntoShardsThatReadBackAndNoticeAChange(@TempDir Path folder) throws IOException {
    Path corpus = folder.resolve("corpus.jsonl");
    Document prose = new Document.Prose("p", "The owl sleeps by day.", "stories", "CC0-1.0");
    Document chat =
        new Document.Dialogue(
            "c",
            Conversation.of(Message.user("Hello"), Message.assistant("Good day.")),
            "chats",
            "CC0-1.0");
    Corpus.write(corpus, List.of(prose, chat));
    Mixture mixture = new Mixture(List.of(new Mixture.Part("stories", 3)));
    Path packed = folder.resolve("packed");
    PackedRows rows =
        Packer.corpus(
            corpus, mixture, tokenizer, template, 32, Packer.Lesson.ASSISTANT, packed, n -> {});
    assertThat(rows.packing().documents()).isEqualTo(4);
    assertThat(Packer.open(packed).batch(0).ids()).isDeepEqualTo(rows.batch(0).ids());
    Path shard = packed.resolve("rows-00000.bin");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[7] ^= 1;
    Files.write(shard, bytes);
    assertThatThrownBy(() -> Packer.open(packed))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("changed");
  }

  @Test
  void fractionsOfAnEpochTakeThatShareOfTheDocuments() {
    Mixture mixture = new Mixture(List.of(new Mixture.Part("ours", 1.25)));
    int copies =
        IntStream.range(0, 4000)
            .map(i -> mixture.copies(new Document.Prose("d" + i, "x", "ours", "CC0-1.0")))
            .sum();
    assertThat(copies).isBetween(4900, 5100);
  }
}
