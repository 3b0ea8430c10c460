package dev.forefront.serve;

import static dev.forefront.serve.ToolReplies.chat;
import static dev.forefront.serve.ToolReplies.messages;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of the calls that a model writes, and of what tools answer. */
class ToolServingTest {
  @TempDir static Path folder;
  private static ReleasedModel released;
  private volatile Conversation read = Conversation.of();

  @BeforeAll
  static void release() {
    released = ReleasedModel.in(folder);
  }

  @AfterAll
  static void close() {
    released.close();
  }

  private ScriptedModel saying(String reply) {
    return ScriptedModel.answering(
            conversation -> {
              read = conversation;
              return reply;
            })
        .calling(CallFormat.HERMES);
  }

  @Test
  void aCallIsToldAsACallAndTheWordsBeforeItAsWords() {
    try (Server server = released.serve(saying("Let me look.\n" + ToolWords.CALL))) {
      assertThat(Asking.of(server).get("/api/status").json().path("tools").asBoolean()).isTrue();
      assertThat(chat(server, ToolWords.asking("Tide at Ebb haven?")))
          .isEqualTo(
              new ToolReplies.Got(
                  "Let me look.",
                  List.of(new ToolCall("tide", ToolWords.ARGUMENTS)),
                  "tool_calls",
                  ""));

      List<JsonNode> message = messages(server, ToolWords.asking("Tide at Ebb haven?"));
      assertThat(message.get(0).path("text").asString()).isEqualTo("Let me look.");
      assertThat(message.get(1).path("type").asString()).isEqualTo("tool_use");
      assertThat(message.get(1).path("id").asString()).startsWith("toolu_");
      assertThat(message.get(1).path("name").asString()).isEqualTo("tide");
      assertThat(message.get(1).at("/input/place").asString()).isEqualTo("Ebb haven");
      assertThat(message.get(2).asString()).isEqualTo("tool_use");
    }
    assertThat(read.messages().getFirst())
        .isEqualTo(Message.tools("[" + ToolWords.TIDE_FUNCTION + "]"));
  }

  @Test
  void logProbabilitiesAreToldOfTheWordsAndNotOfTheCall() {
    try (Server server =
        released.serve(saying("Let me look.\n" + ToolWords.CALL).tellingTokens())) {
      String asked = ToolWords.asking("Tide?").chat(",\"logprobs\":true");
      JsonNode whole = Asking.of(server).post("/v1/chat/completions", asked).json();
      assertThat(whole.at("/choices/0/message/tool_calls")).hasSize(1);
      assertThat(words(whole)).isEqualTo("Let me look.\n");
      StringBuilder streamed = new StringBuilder();
      Asking.of(server)
          .post(
              "/v1/chat/completions",
              ToolWords.asking("Tide?").chat(",\"logprobs\":true,\"stream\":true"))
          .events()
          .stream()
          .filter(event -> event.data().startsWith("{"))
          .forEach(event -> streamed.append(words(event.json())));
      assertThat(streamed).hasToString("Let me look.\n");
    }
  }

  private static String words(JsonNode answer) {
    StringBuilder words = new StringBuilder();
    answer
        .at("/choices/0/logprobs/content")
        .forEach(token -> words.append(token.path("token").asString()));
    return words.toString();
  }

  @Test
  void aReplyThatIsACallAndNothingElseHasNoContent() {
    try (Server server = released.serve(saying(ToolWords.CALL))) {
      JsonNode answer =
          Asking.of(server).post("/v1/chat/completions", ToolWords.asking("Tide?").chat("")).json();
      assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
      assertThat(answer.at("/choices/0/message/tool_calls")).hasSize(1);
    }
  }

  @Test
  void callsAreToldInTheirOrderUnderIdsOfTheirOwn() {
    try (Server server = released.serve(saying(ToolWords.CALL + ToolWords.CALL))) {
      JsonNode answer =
          Asking.of(server).post("/v1/chat/completions", ToolWords.asking("Tide?").chat("")).json();
      assertThat(answer.at("/choices/0/message/tool_calls/0/id"))
          .isNotEqualTo(answer.at("/choices/0/message/tool_calls/1/id"));
      assertThat(chat(server, ToolWords.asking("Tide?")).calls()).hasSize(2);
      assertThat(
              chat(server, ToolWords.asking("Tide?").with(",\"parallel_tool_calls\":false"))
                  .calls())
          .hasSize(1);
      assertThat(
              messages(
                  server,
                  ToolWords.asking("Tide?")
                      .with(
                          ",\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}")))
          .hasSize(2);
    }
  }

  @Test
  void whatOnlyLooksLikeACallIsTold() {
    String none = ToolWords.CALL.replace("\"tide\"", "\"launch\"");
    try (Server server = released.serve(saying(none))) {
      assertThat(chat(server, ToolWords.asking("Tide?")))
          .isEqualTo(new ToolReplies.Got(none, List.of(), "stop", ""));
      assertThat(messages(server, ToolWords.asking("Tide?")).getFirst().path("text").asString())
          .isEqualTo(none);
    }
  }

  @Test
  void aCallThatIsCutIsNoCall() {
    try (Server server = released.serve(saying("Yes. " + ToolWords.CALL))) {
      ToolReplies.Got cut =
          chat(server, ToolWords.asking("Tide?").with(",\"max_completion_tokens\":4"));
      assertThat(cut.calls()).isEmpty();
      assertThat(cut.stop()).isEqualTo("length");
      assertThat("Yes. " + ToolWords.CALL).startsWith(cut.text());
    }
  }

  @Test
  void whereNoneShallBeCalledTheModelDoesNotHearOfTools() {
    try (Server server = released.serve(saying(ToolWords.CALL))) {
      assertThat(chat(server, ToolWords.asking("Tide?").with(",\"tool_choice\":\"none\"")))
          .isEqualTo(new ToolReplies.Got(ToolWords.CALL, List.of(), "stop", ""));
      assertThat(read).isEqualTo(Conversation.of(Message.user("Tide?")));
      messages(server, ToolWords.asking("Tide?").with(",\"tool_choice\":{\"type\":\"none\"}"));
      assertThat(read).isEqualTo(Conversation.of(Message.user("Tide?")));
    }
  }

  @Test
  void theModelReadsItsCallsAndWhatTheToolsAnswered() {
    try (Server server = released.serve(saying("It is high."))) {
      Asking asking = Asking.of(server);
      asking.post("/v1/chat/completions", ToolWords.ANSWERED_CHAT);
      Conversation chat = read;
      asking.post("/v1/messages", ToolWords.ANSWERED_MESSAGE);

      assertThat(chat.messages().subList(1, chat.messages().size()))
          .containsExactly(
              Message.user("Tide?"),
              Message.assistant("Let me look."),
              Message.call("tide", "{\"place\":\"Ebb\",\"hour\":2.50}"),
              Message.call("tide", "{}"),
              Message.result("tide", 1, "low"),
              Message.result("tide", 0, "high"));
      assertThat(read.messages().subList(1, 7).toString())
          .isEqualTo(chat.messages().subList(1, 7).toString().replace("2.50", "2.5"));
      assertThat(read.messages().getLast()).isEqualTo(Message.user("And?"));
    }
  }

  @Test
  void aToolThatFailedSaysSo() {
    try (Server server = released.serve(saying("Sorry."))) {
      Asking.of(server)
          .post(
              "/v1/messages",
              ToolWords.ANSWERED_MESSAGE.replace(
                  "\"content\":\"high\"", "\"is_error\":true,\"content\":\"no such place\""));
      assertThat(read.messages()).contains(Message.result("tide", 0, "Error: no such place"));
    }
  }
}
