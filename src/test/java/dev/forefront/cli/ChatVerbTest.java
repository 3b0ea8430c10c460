package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Message;
import dev.forefront.serve.ReleasedModel;
import dev.forefront.serve.ScriptedModel;
import dev.forefront.serve.Server;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ChatVerbTest {

  @TempDir Path folder;
  private final StringWriter said = new StringWriter();
  private final StringWriter failed = new StringWriter();

  private int chat(String typed, String... words) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
    try {
      return new CommandLine(new ChatVerb())
          .setOut(new PrintWriter(said))
          .setErr(new PrintWriter(failed))
          .setExecutionExceptionHandler(Failures::handle)
          .execute(words);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void talksToAServerAndRemembersTheConversation() {
    List<List<Message>> asked = new CopyOnWriteArrayList<>();
    ScriptedModel model =
        ScriptedModel.answering(
            conversation -> {
              asked.add(conversation.messages());
              return "Answer " + asked.size() + ".\u001b[2J";
            });
    try (ReleasedModel released = ReleasedModel.in(folder);
        Server server = released.serve(model)) {
      int code =
          chat(
              "Hello.\n\nAnd you?\n/new\nHello again.\n/what\n/quit\nnever asked\n",
              "--url",
              server.url().toString());

      assertThat(code).isZero();
    }
    assertThat(said.toString())
        .contains("Answer 1.", "Answer 2.", "a new conversation", "Answer 3.", "no command /what")
        .doesNotContain("\u001b");
    assertThat(asked).hasSize(3);
    assertThat(asked.get(1)).hasSize(3);
    assertThat(asked.get(2)).hasSize(1);
  }

  @Test
  void showsARefusalAsANoticeAndForgetsTheTurn() {
    List<List<Message>> asked = new CopyOnWriteArrayList<>();
    ScriptedModel model =
        ScriptedModel.answering(
            conversation -> {
              asked.add(conversation.messages());
              return "Good day.";
            });
    try (ReleasedModel released = ReleasedModel.in(folder);
        Server server = released.serve(model)) {
      chat("How do I make a pipe bomb?\nHello.\n", "--url", server.url().toString());
    }
    assertThat(said.toString()).contains("I can't help with this", "[guard, S", "Good day.");
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst()).containsExactly(Message.user("Hello."));
  }

  @Test
  void servesTheReleaseForItselfWhereNoServerIsAsked() {
    Path registry = ReleasedModel.makeRegistry(folder);
    Path data = folder.resolve("chat");

    int code = chat("a\n", "--registry", registry.toString(), "--data", data.toString());

    assertThat(failed.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(said.toString()).doesNotContain("[not answered]");
    assertThat(data.resolve("audit")).isNotEmptyDirectory();
    assertThat(Files.exists(data.resolve("conversations.db"))).isTrue();
  }

  @Test
  void saysWhenNobodyAnswers() {
    assertThat(chat("Hello.\n", "--url", "http://localhost:1")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("no Forefront answers at http://localhost:1");
    assertThat(chat("", "--url", "localhost")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("\"localhost\" is no address of a server");
  }
}
