package dev.forefront.serve;

import static dev.forefront.conversation.CallFormat.HERMES;
import static dev.forefront.conversation.CallFormat.LLAMA;
import static dev.forefront.conversation.CallFormat.MISTRAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.serve.Toolbox.Calling;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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
    pieces.forEach(piece -> text.append(take(reader, piece)));
    text.append(reader.finish(stop).text());
    return new Read(text.toString(), reader.made());
  }

  private static String take(CallReader reader, String piece) {
    return reader.take(piece, List.of()).text();
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
    assertThat(take(reader, "Let me ")).isEqualTo("Let me");
    assertThat(take(reader, "see: <")).isEqualTo(" see:");
    assertThat(take(reader, "b>")).isEqualTo(" <b>");
    assertThat(take(reader, " <tool_")).isEmpty();
    assertThat(take(reader, "call>" + ADD)).isEmpty();
    assertThat(reader.made()).isEmpty();
    assertThat(take(reader, "</tool_call>")).isEmpty();
    assertThat(reader.made()).containsExactly(ADDED);
  }

  /**
   * Of each byte of a text a token, in turns one that has all of a character and one for each byte.
   */
  private static List<TokenTold> tokens(String text) {
    List<TokenTold> tokens = new ArrayList<>();
    text.codePoints()
        .forEach(
            code -> {
              byte[] bytes = Character.toString(code).getBytes(StandardCharsets.UTF_8);
              for (byte one : bytes) {
                tokens.add(new TokenTold("?", new byte[] {one}, -1, List.of()));
              }
            });
    return tokens;
  }

  @Test
  void tokensGoWithTheirTextAndThoseOfCallsDoNot() {
    String reply =
        "\u00dcber: \ud83c\udf0a <b>\n<tool_call>" + ADD + "</tool_call> so <tool_call>x";
    for (int size = 1; size < reply.length(); size++) {
      CallReader reader = CallReader.of(HERMES, TOOLS, Calling.MANY);
      StringBuilder text = new StringBuilder();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int at = 0;
      while (at < reply.length()) {
        int to = Math.min(reply.length(), at + size);
        // A piece never ends within a character.
        to += to < reply.length() && Character.isLowSurrogate(reply.charAt(to)) ? 1 : 0;
        String piece = reply.substring(at, to);
        add(reader.take(piece, tokens(piece)), text, bytes);
        at = to;
      }
      add(reader.finish(StopReason.END_OF_TURN), text, bytes);
      assertThat(reader.made()).containsExactly(ADDED);
      assertThat(text).hasToString("\u00dcber: \ud83c\udf0a <b> so <tool_call>x");
      assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text.toString());
    }
  }

  private static void add(Calls.Told told, StringBuilder text, ByteArrayOutputStream bytes) {
    text.append(told.text());
    told.tokens().forEach(token -> bytes.writeBytes(token.bytes()));
  }

  @Test
  void aTokenAcrossABorderBelongsToWhereItBegins() {
    CallReader reader = CallReader.of(HERMES, TOOLS, Calling.MANY);
    TokenTold mark = new TokenTold("<tool_call>", new byte[0], -1, List.of());
    TokenTold across = new TokenTold("}</", "}</".getBytes(StandardCharsets.UTF_8), -2, List.of());
    TokenTold so = new TokenTold("so\n", "so\n".getBytes(StandardCharsets.UTF_8), -3, List.of());
    assertThat(reader.take("so\n", List.of(so))).isEqualTo(new Calls.Told("so", List.of(so)));
    assertThat(reader.take("<tool_call>", List.of(mark)).tokens()).isEmpty();
    String most = ADD.substring(0, ADD.length() - 1);
    assertThat(reader.take(most, tokens(most)).tokens()).isEmpty();
    assertThat(reader.take("}</tool_call>", List.of(across)).tokens()).isEmpty();
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
