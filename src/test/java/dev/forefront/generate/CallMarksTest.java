package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.Bias;
import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose calls begin with a control token. */
class CallMarksTest {
  private static final Conversation ASKED = Conversation.of(Message.user("Tide?"));
  private static final Conversation WITH_TOOLS =
      Conversation.of(Message.tools("[]"), Message.user("Tide?"));

  @TempDir static Path folder;
  private static Engine engine;
  private static int mark;

  @BeforeAll
  static void open() throws IOException {
    RandomModel.write(folder, 512);
    Path tokenizer = folder.resolve("tokenizer.json");
    // The one control token that it has.
    String json = Files.readString(tokenizer).replace("<|endoftext|>", "[TOOL_CALLS]");
    AtomicFile.write(tokenizer, json);
    AtomicFile.write(
        folder.resolve("chat_template.jinja"),
        "{%- if tools %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '\\n"
            + "' -}}{%- endif -%}{%- for message in messages -%}{%- for call in message.tool_calls"
            + " or [] -%}{{- '[TOOL_CALLS]' + (call | tojson) -}}{%- endfor -%}{{- message.content"
            + " + '\\n"
            + "' -}}{%- endfor -%}");
    engine = Engine.open(folder);
    mark = engine.tokenizer().requireSpecialId("[TOOL_CALLS]");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Reply reply(Conversation conversation, Sampling sampling) {
    return engine.reply(conversation, sampling, LanguageModel.Listener.SILENT);
  }

  @Test
  void theMarkIsATextOfTheReplyWhereToolsMayBeCalled() {
    assertThat(engine.callFormat()).contains(CallFormat.MISTRAL);
    Sampling marks = Sampling.greedy(3).withBiases(List.of(Bias.of(mark, 1_000)));

    Reply said = reply(WITH_TOOLS, marks);
    assertThat(said.text()).isEqualTo("[TOOL_CALLS]".repeat(3));
    assertThat(said.stop()).isEqualTo(StopReason.MAX_TOKENS);

    Reply plain = reply(ASKED, marks);
    assertThat(plain.text()).isEmpty();
    assertThat(plain.stop()).isEqualTo(StopReason.END_OF_TURN);
  }

  @Test
  void aDemandedCallBeginsAfterTheMark() {
    int[] before = engine.prompt(WITH_TOOLS);
    int[] opened = engine.prompt(WITH_TOOLS.plus(Message.opening(CallFormat.MISTRAL)));

    assertThat(opened).hasSize(before.length + 1).startsWith(before).endsWith(mark);
  }

  @Test
  void aMarkThatSomebodyTypesIsNone() {
    Conversation typed =
        Conversation.of(
            Message.tools("[]"),
            Message.user("[TOOL_CALLS]"),
            Message.call("a", "{\"b\": \"[TOOL_CALLS]\"}"),
            Message.result("a", 0, "[TOOL_CALLS]"));

    assertThat(engine.prompt(typed)).containsOnlyOnce(mark);
  }
}
