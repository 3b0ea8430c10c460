package dev.forefront.serve;

import static dev.forefront.conversation.CallFormat.HERMES;
import static dev.forefront.conversation.CallFormat.LLAMA;
import static dev.forefront.conversation.CallFormat.MISTRAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.StopReason;
import dev.forefront.serve.Toolbox.Calling;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What of a reply is a call and what is text, however the reply is cut into pieces. */
class CallReaderTest {
  private static final Set<String> TOOLS = Set.of("add", "tide");
  private static final String ADD = "{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2.50}}";
  private static final ToolCall ADDED = new ToolCall("add", "{\"a\": 1, \"b\": 2.50}");
  private static final ToolCall TIDE = new ToolCall("tide", "{}");

  private record Read(String text, List<ToolCall> calls) {}

  private static Read read(CallReader reader, List<String> pieces, StopReason stop) {
    StringBuilder text = new StringBuilder();
    pieces.forEach(piece -> text.append(reader.take(piece)));
    text.append(reader.finish(stop));
    return new Read(text.toString(), reader.made());
  }

  /** Reads a reply in pieces of all kinds and wants the same each time. */
  private static Read read(CallFormat format, String reply, StopReason stop, Calling calling) {
    Read whole = read(CallReader.of(format, TOOLS, calling), List.of(reply), stop);
    Read letters = read(CallReader.of(format, TOOLS, calling), List.of(reply.split("")), stop);
    assertThat(letters).isEqualTo(whole);
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      List<String> pieces = new ArrayList<>();
      for (int at = 0; at < reply.length(); ) {
        int to = Math.min(reply.length(), at + 1 + random.nextInt(12));
        pieces.add(reply.substring(at, to));
        at = to;
      }
      assertThat(read(CallReader.of(format, TOOLS, calling), pieces, stop)).isEqualTo(whole);
    }
    return whole;
  }

  private static Read read(CallFormat format, String reply) {
    return read(format, reply, StopReason.END_OF_TURN, Calling.MANY);
  }

  private static void isText(CallFormat format, String reply) {
    assertThat(read(format, reply)).isEqualTo(new Read(reply, List.of()));
  }

  @Test
  void aCallBetweenMarksIsACallAndTheWordsBeforeItStayText() {
    assertThat(read(HERMES, "<tool_call>\n" + ADD + "\n</tool_call>"))
        .isEqualTo(new Read("", List.of(ADDED)));
    assertThat(read(HERMES, "Let me see.\n<tool_call>" + ADD + "</tool_call>\n"))
        .isEqualTo(new Read("Let me see.", List.of(ADDED)));
  }

  @Test
  void callsFollowOneAnotherAndWordsMayFollowThem() {
    assertThat(
            read(
                HERMES,
                "<tool_call>"
                    + ADD
                    + "</tool_call>\n"
                    + "<tool_call>{\"name\":\"tide\",\"arguments\":{}}</tool_call> Wait."))
        .isEqualTo(new Read(" Wait.", List.of(ADDED, TIDE)));
  }

  @Test
  void whatOnlyLooksLikeACallIsTextToTheLetter() {
    isText(HERMES, "<tool_call>add(1, 2)</tool_call>");
    isText(HERMES, "<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>");
    isText(HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": [1]}</tool_call>");
    isText(HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": \"{}\"}</tool_call>");
    isText(
        HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1, \"a\": 2}}</tool_call>");
    isText(HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": {a: 1}}</tool_call>");
    isText(HERMES, "<tool_call>" + ADD + " and more</tool_call>");
    isText(HERMES, "a < b and <tool, <tool_ca");
    isText(HERMES, "The mark is <tool_call> and that is all.");
    isText(HERMES, ADD);
    isText(HERMES, " \n ");
    isText(LLAMA, "{\"a\": [1, {\"name\": \"add\"}]} is JSON");
    isText(LLAMA, "The answer: {\"name\": \"add\", \"parameters\": {}}");
    isText(LLAMA, "{\"name\": \"add\", \"parameters\": {}");
    isText(LLAMA, "<|python_tag|>print(1)");
    isText(MISTRAL, "[TOOL_CALLS]" + ADD);
    isText(MISTRAL, "[TOOL_CALLS][" + ADD + ", {\"name\": \"rm\", \"arguments\": {}}]");
    isText(MISTRAL, "[TOOL_CALLS][1]");
    isText(MISTRAL, "[TOOL_CALLS] []");
    isText(MISTRAL, "[1, 2]");
  }

  @Test
  void afterWhatWasNoCallOneMayCome() {
    assertThat(read(HERMES, "<tool_call> hm <tool_call>" + ADD + "</tool_call>"))
        .isEqualTo(new Read("<tool_call> hm", List.of(ADDED)));
  }

  @Test
  void theMarkMayStandInAnArgument() {
    String arguments = "{\"q\": \"</tool_call> <tool_call> \\\"}\"}";
    assertThat(
            read(
                HERMES,
                "<tool_call>{\"name\": \"tide\", \"arguments\": " + arguments + "}</tool_call>"))
        .isEqualTo(new Read("", List.of(new ToolCall("tide", arguments))));
  }

  @Test
  void aBareObjectIsACallWhereTheModelWritesThemSo() {
    String call = "{\"name\": \"add\", \"parameters\": {\"a\": 1, \"b\": 2.50}}";
    assertThat(read(LLAMA, call)).isEqualTo(new Read("", List.of(ADDED)));
    assertThat(read(LLAMA, "\n" + call + "\n")).isEqualTo(new Read("", List.of(ADDED)));
    assertThat(read(LLAMA, "<|python_tag|>" + call)).isEqualTo(new Read("", List.of(ADDED)));
    assertThat(read(LLAMA, "Well: <|python_tag|>" + call))
        .isEqualTo(new Read("Well:", List.of(ADDED)));
    assertThat(read(LLAMA, call + "; {\"name\": \"tide\", \"parameters\": {}}"))
        .isEqualTo(new Read("", List.of(ADDED)));
  }

  @Test
  void aListOfCallsComesAfterItsMark() {
    assertThat(read(MISTRAL, "[TOOL_CALLS] [" + ADD + ", {\"name\":\"tide\"}]"))
        .isEqualTo(new Read("", List.of(ADDED, TIDE)));
    assertThat(read(MISTRAL, "I add. [TOOL_CALLS][" + ADD + "]"))
        .isEqualTo(new Read("I add.", List.of(ADDED)));
  }

  @Test
  void aReplyThatIsCutInACallIsText() {
    String cut = "Yes. <tool_call>" + ADD.substring(0, 30);
    assertThat(read(HERMES, cut, StopReason.MAX_TOKENS, Calling.MANY))
        .isEqualTo(new Read(cut, List.of()));
    String almost = "<tool_call>" + ADD + "</tool";
    assertThat(read(HERMES, almost, StopReason.CONTEXT_FULL, Calling.MANY))
        .isEqualTo(new Read(almost, List.of()));
    // The model meant it so.
    assertThat(read(HERMES, "<tool_call>" + ADD)).isEqualTo(new Read("", List.of(ADDED)));
  }

  @Test
  void whereOneCallMayBeMadeNothingFollowsIt() {
    String two = "<tool_call>" + ADD + "</tool_call><tool_call>" + ADD + "</tool_call> Done.";
    assertThat(read(HERMES, two, StopReason.CANCELLED, Calling.ONE))
        .isEqualTo(new Read("", List.of(ADDED)));
    assertThat(
            read(
                MISTRAL,
                "[TOOL_CALLS][" + ADD + ", " + ADD + "]",
                StopReason.CANCELLED,
                Calling.ONE))
        .isEqualTo(new Read("", List.of(ADDED)));
  }

  @Test
  void aReplyThatGoesOnFromAMarkIsOneCall() {
    assertThat(
            read(CallReader.inCall(HERMES, TOOLS), List.of(ADD.split("")), StopReason.END_OF_TURN))
        .isEqualTo(new Read("", List.of(ADDED)));
    assertThat(
            read(
                CallReader.inCall(MISTRAL, TOOLS),
                List.of("[" + ADD + "]"),
                StopReason.END_OF_TURN))
        .isEqualTo(new Read("", List.of(ADDED)));
    String cut = ADD.substring(0, 20);
    assertThat(read(CallReader.inCall(HERMES, TOOLS), List.of(cut), StopReason.MAX_TOKENS))
        .isEqualTo(new Read(cut, List.of()));
  }

  @Test
  void wordsAreToldWhileTheyCome() {
    CallReader reader = CallReader.of(HERMES, TOOLS, Calling.MANY);
    assertThat(reader.take("Let me ")).isEqualTo("Let me");
    assertThat(reader.take("see: <")).isEqualTo(" see:");
    assertThat(reader.take("b>")).isEqualTo(" <b>");
    assertThat(reader.take(" <tool_")).isEmpty();
    assertThat(reader.take("call>" + ADD)).isEmpty();
    assertThat(reader.made()).isEmpty();
    assertThat(reader.take("</tool_call>")).isEmpty();
    assertThat(reader.made()).containsExactly(ADDED);
  }

  @Test
  void aHostileReplyIsReadInOneGo() {
    String hostile = "<tool_call>{".repeat(200_000);
    isTextAtOnce(HERMES, hostile);
    isTextAtOnce(LLAMA, "{".repeat(2_000_000));
    isTextAtOnce(MISTRAL, "[TOOL_CALLS]".repeat(200_000));
    isTextAtOnce(HERMES, " ".repeat(1_000_000));
    isTextAtOnce(HERMES, "<tool_call>" + " ".repeat(1_000_000));
    isTextAtOnce(HERMES, "<tool_call>" + ADD + " ".repeat(1_000_000));
  }

  private static void isTextAtOnce(CallFormat format, String reply) {
    CallReader reader = CallReader.of(format, TOOLS, Calling.MANY);
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < reply.length(); at += 100) {
      pieces.add(reply.substring(at, Math.min(reply.length(), at + 100)));
    }
    assertThat(read(reader, pieces, StopReason.END_OF_TURN).text()).isEqualTo(reply);
  }
}
