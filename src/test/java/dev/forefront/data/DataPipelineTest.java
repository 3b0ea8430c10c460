package dev.forefront.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPipelineTest {
  @TempDir private Path folder;

  private final DataPipeline pipeline = new DataPipeline(Cleaning.FULL, HeldOut.NONE);
  private final Document story =
      new Document.Prose("s1", "The owl sleeps\nby day. \u2028 😀", "stories", "CC-BY-4.0");
  private final Document chat =
      new Document.Dialogue(
          "c1",
          Conversation.of(Message.user("Hello"), Message.assistant("Good day.")),
          "chats",
          "MIT");

  @Test
  void writesACorpusThatReadsBackAndAManifestThatAddsUp() {
    Manifest manifest =
        pipeline.run(
            List.of(
                DocumentSource.of("stories", List.of(story, story)),
                DocumentSource.of("chats", List.of(chat))),
            folder,
            read -> {});
    assertThat(Corpus.read(folder.resolve(Corpus.FILE))).containsExactly(story, chat);
    assertThat(Manifest.read(folder)).isEqualTo(manifest);
    assertThat(manifest.read()).isEqualTo(3);
    assertThat(manifest.kept()).isEqualTo(2);
    assertThat(Objects.requireNonNull(manifest.sources().get("stories")).licence())
        .isEqualTo("CC-BY-4.0");
    assertThat(manifest.files())
        .containsEntry(Corpus.FILE, ModelDigest.sha256(folder.resolve(Corpus.FILE)));
  }

  @Test
  void keepsTheOldCorpusWhereNothingIsLeft() throws IOException {
    Path corpus = folder.resolve(Corpus.FILE);
    Files.writeString(corpus, "old");
    Document empty = new Document.Prose("e", " ", "stories", "CC0-1.0");
    assertThatThrownBy(
            () ->
                pipeline.run(
                    List.of(DocumentSource.of("stories", List.of(empty))), folder, read -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no document is left")
        .hasMessageContaining("empty 1");
    assertThat(corpus).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly(Corpus.FILE);
  }

  @Test
  void saysWhichLineIsNoDocument() throws IOException {
    Path file = folder.resolve("bad.jsonl");
    Files.writeString(file, "{\"text\": \"fine\"}\n{\"words\": 1}\n");
    assertThatThrownBy(() -> Corpus.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("line 2");
    Files.write(file, new byte[] {'{', '"', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> Corpus.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("not UTF-8");
  }
}
