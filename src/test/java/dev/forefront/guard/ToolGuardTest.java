package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.schema.JsonSchema;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tools, their calls and what they answer are read, and what is hidden in them. */
class ToolGuardTest {
  private static final String KEY =
      "-----BEGIN PRIVATE KEY-----\nab\"c\\d\n-----END PRIVATE KEY-----";
  private static final String KEY_AS_JSON =
      KEY.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  private static final Message TOOLS =
      Message.tools(
          "[{\"type\":\"function\",\"function\":{\"name\":\"tide\",\"description\":\"One\\n"
              + "two \\u0074hree\",\"parameters\":{\"type\":\"object\",\"properties\":{\"place\":{\"type\":\"string\",\"enum\":[\"Ebb\",7]},\"type\":{\"type\":\"number\"}},\"required\":[\"place\"]}}}]");

  private static List<String> heard(Message message) {
    PlainStage stage = new PlainStage();
    Guard.of(List.of(stage)).judge(Conversation.of(message));
    return stage.heard;
  }

  @Test
  void allWordsOfADefinitionAreReadAndThoseOfJsonSchemaAreNot() {
    assertThat(heard(TOOLS))
        .containsExactly("tide", "one", "two", "three", "place", "ebb", "7", "place");
  }

  @Test
  void aCallIsReadAsTheToolReadIt() {
    assertThat(
            heard(
                Message.call(
                    "tide", "{\"a\": \"x\\nforbidden\", \"b\": [1.5, {\"c\\td\": true}]}")))
        .containsSubsequence("tide", "a", "x", "forbidden", "b", "c", "d", "true");
  }

  @Test
  void aResultIsReadAsItStandsAndAsJson() {
    assertThat(heard(Message.result("tide", 0, "{\"a\": \"x\\nforbidden\"}")))
        .contains("nforbidden", "forbidden");
    assertThat(heard(Message.result("tide", 0, "calm sea"))).containsExactly("calm", "sea");
  }

  @Test
  void whatIsSaidOfToolsAddsUpWithWhatThePersonSays() {
    PlainStage stage = new PlainStage();
    Guard.of(List.of(stage))
        .judge(Conversation.of(TOOLS, Message.user("then"), Message.result("tide", 0, "last")));
    // One text, in order: what is split over them is whole.
    assertThat(stage.heard.subList(stage.heard.indexOf("then"), stage.heard.size()))
        .startsWith("then", "last");
  }

  private static boolean blocks(Sampling sampling, Conversation conversation, String reply) {
    Guard guard =
        Guard.of(List.of(new PlainStage().blocking("forbidden")))
            .with(new GuardSettings(0, 1, Duration.ofSeconds(5), 4));
    return new GuardedReply(new Caller(CallFormat.HERMES, reply), guard)
            .write(conversation, sampling, (verdict, text) -> Next.CONTINUE)
        instanceof GuardedReply.Outcome.Refused;
  }

  @Test
  void aWordBehindABackslashIsReadWhereTheReplyMayBeJson() {
    Conversation asked = Conversation.of(Message.user("Tide?"));
    Conversation tools = Conversation.of(TOOLS, Message.user("Tide?"));
    Sampling free = Sampling.greedy(100);
    Sampling form = free.with(JsonSchema.anyObject());
    assertThat(blocks(free, tools, "{\"a\": \"x\\nforbidden\"}")).isTrue();
    assertThat(blocks(form, asked, "{\"a\": \"x\\nforbidden\"}")).isTrue();
    assertThat(blocks(form, tools, "{\"a\": \"x\\nforbidden\"}")).isTrue();
    // Who takes this apart reads a backslash.
    assertThat(blocks(free, tools, "{\"a\": \"x\\\\nforbidden\"}")).isFalse();
    assertThat(blocks(free, tools, "{\"a\": \"calm\\nsea\"}")).isFalse();
    assertThat(blocks(free, tools, "forbidden")).isTrue();
  }

  @Test
  void aBackslashMayEndAPiece() {
    OutputGuard guard =
        new OutputGuard(
                Guard.of(List.of(new PlainStage().blocking("forbidden")))
                    .with(new GuardSettings(0, 1, Duration.ofSeconds(5), 4)),
                "")
            .readingJson();
    guard.push("{\"a\": \"x\\");
    guard.push("nforbidden");
    assertThat(guard.push("\"").verdict()).isInstanceOf(Verdict.Block.class);
  }

  /** Calls tools in a way, says what it is told, and may be bound to any form. */
  private static final class Caller extends ScriptedModel {
    private final CallFormat format;
    private final String reply;
    private Conversation read = Conversation.of();

    Caller(CallFormat format, String reply) {
      super("");
      this.format = format;
      this.reply = reply;
    }

    @Override
    public Optional<CallFormat> callFormat() {
      return Optional.of(format);
    }

    @Override
    public void check(Sampling sampling) {}

    @Override
    public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
      read = conversation;
      int tokens = 0;
      for (String piece : reply.split("(?<=[ >])")) {
        if (listener.piece(piece, ++tokens) == Next.STOP) {
          break;
        }
      }
      return new Reply(reply, StopReason.END_OF_TURN, 1, tokens, "");
    }
  }

  private static String delivered(Caller model, Sampling sampling, Message... messages) {
    Guard guard =
        Guard.of(List.of(new PlainStage())).with(new GuardSettings(0, 1, Duration.ofSeconds(5), 4));
    return new GuardedReply(model, guard)
        .write(new Conversation(List.of(messages)), sampling, (verdict, text) -> Next.CONTINUE)
        .delivered();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "HERMES~<PRIVATE_KEY_1> <tool_call> {\"a\": \"<PRIVATE_KEY_1>\"} </tool_call>"
            + " <PRIVATE_KEY_1>~RAW <tool_call> {\"a\": \"QUOTED\"} </tool_call> RAW",
        "MISTRAL~<PRIVATE_KEY_1> [TOOL_CALLS] [\"<PRIVATE_KEY_1>\"]~RAW [TOOL_CALLS] [\"QUOTED\"]",
        "LLAMA~{\"a\": \"<PRIVATE_KEY_1>\"}~{\"a\": \"QUOTED\"}",
        "LLAMA~So: {\"a\": \"<PRIVATE_KEY_1>\"}~So: {\"a\": \"RAW\"}",
        "LLAMA~<|python_tag|>{\"a\": \"<PRIVATE_KEY_1>\"}~<|python_tag|>{\"a\": \"QUOTED\"}"
      })
  void whatIsPutBackIntoACallIsWrittenAsJson(CallFormat format, String reply, String expected) {
    Caller model = new Caller(format, reply);

    assertThat(delivered(model, Sampling.greedy(100), TOOLS, Message.user("Take " + KEY)))
        .isEqualTo(expected.replace("QUOTED", KEY_AS_JSON).replace("RAW", KEY));
    assertThat(model.read.messages().getLast()).isEqualTo(Message.user("Take <PRIVATE_KEY_1>"));
  }

  @Test
  void whatIsPutBackIntoAReplyThatIsBoundToAFormIsWrittenAsJson() {
    Caller model = new Caller(CallFormat.HERMES, "{\"a\": \"<PRIVATE_KEY_1>\"}");

    assertThat(
            delivered(
                model,
                Sampling.greedy(100).with(JsonSchema.anyObject()),
                Message.user("Take " + KEY)))
        .isEqualTo("{\"a\": \"" + KEY_AS_JSON + "\"}");
  }

  @Test
  void withoutToolsAMarkIsAWordLikeAnyOther() {
    Caller model = new Caller(CallFormat.HERMES, "<tool_call> <PRIVATE_KEY_1>");

    assertThat(delivered(model, Sampling.greedy(100), Message.user("Take " + KEY)))
        .isEqualTo("<tool_call> " + KEY);
  }

  private static String hidden(String arguments) {
    Message call =
        new Placeholders()
            .hide(Conversation.of(Message.call("send", arguments)))
            .messages()
            .getFirst();
    return call.content();
  }

  @Test
  void personalDataInACallIsHiddenAndTheCallStaysJson() {
    assertThat(hidden("{\"to\": [\"ada@example.org\", \"x ada@example.org\"], \"n\": 1.50}"))
        .isEqualTo(
            "{\"name\":\"send\",\"arguments\":{\"to\":[\"<EMAIL_1>\",\"x <EMAIL_1>\"],\"n\":1.5}}");
    assertThat(hidden("{\"card\": 4111111111111111, \"deep\": {\"ada@example.org\": null}}"))
        .isEqualTo(
            "{\"name\":\"send\",\"arguments\":{\"card\":\"<CARD_1>\",\"deep\":{\"<EMAIL_1>\":null}}}");
    assertThat(hidden("{\"password\": \"tr0ub4dor&3\"}"))
        .isEqualTo("{\"name\":\"send\",\"arguments\":{\"password\":\"<SECRET_1>\"}}");
    assertThat(hidden("{\"key\": \"" + KEY_AS_JSON + "\"}"))
        .isEqualTo("{\"name\":\"send\",\"arguments\":{\"key\":\"<PRIVATE_KEY_1>\"}}");
  }

  @Test
  void aCallWithoutPersonalDataIsLeftAsItWasWritten() {
    String arguments = "{ \"n\": 1.50, \"b\": [true, null], \"t\": \"a\\u00e9\" }";
    assertThat(hidden(arguments)).isEqualTo(Message.call("send", arguments).content());
  }

  @Test
  void whatDefinitionsSayIsMeantForTheModel() {
    Message tools = Message.tools("[{\"function\":{\"description\":\"Ask ada@example.org\"}}]");
    Caller model = new Caller(CallFormat.HERMES, "Ask ada@example.org or eve@example.net");

    assertThat(delivered(model, Sampling.greedy(100), tools, Message.user("Whom?")))
        .isEqualTo("Ask ada@example.org or [email]");
    assertThat(model.read.messages().getFirst()).isEqualTo(tools);
  }
}
