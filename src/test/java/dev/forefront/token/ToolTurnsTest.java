package dev.forefront.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Conversations that speak of tools, as chat templates write them down. */
class ToolTurnsTest {

  private static String source(String name) {
    try {
      return Files.readString(References.folder("chat-templates").resolve(name + ".jinja"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tokenizer tokenizer(String name) {
    return Tokenizer.open(
        References.folder("tokenizers").resolve(name.equals("header") ? "llama3" : "qwen"));
  }

  private static ChatTemplate template(String name) {
    return ChatTemplate.jinja(
        source(name),
        tokenizer(name),
        name.equals("header")
            ? Map.of("bos_token", "<|begin_of_text|>", "eos_token", "<|eot_id|>")
            : Map.of("eos_token", "<|im_end|>"),
        Clock.systemUTC());
  }

  private static JsonNode recorded(String id) throws IOException {
    for (JsonNode entry :
        References.lines(References.folder("chat-templates").resolve("tools.jsonl"))) {
      if (entry.path("id").asString().equals(id)) {
        return entry;
      }
    }
    throw new IllegalStateException(id);
  }

  @Test
  void areWrittenAsTransformersWritesThem() throws IOException {
    JsonNode one = recorded("tool-call+prompt");
    assertThat(
            template("tools")
                .text(
                    Conversation.of(
                        Message.tools(one.path("tools").toString()),
                        Message.user("2+3?"),
                        Message.call("add", "{\"a\": 2, \"b\": 3.5}"),
                        Message.result("add", 0, "5.5"),
                        Message.assistant("5.5"),
                        Message.user("and 1+1?")),
                    AddGenerationPrompt.YES))
        .isEqualTo(one.path("rendered").asString());

    JsonNode two = recorded("tool-calls-parallel+prompt");
    JsonNode calls = two.at("/messages/1/tool_calls");
    assertThat(
            template("tools")
                .text(
                    Conversation.of(
                        Message.tools(two.path("tools").toString()),
                        Message.user("both"),
                        Message.call("add", calls.at("/0/function/arguments").toString()),
                        Message.call("get_tide", calls.at("/1/function/arguments").toString()),
                        Message.result("add", 0, "3"),
                        Message.result("get_tide", 1, "{\"h\": 1.2}")),
                    AddGenerationPrompt.YES))
        .isEqualTo(two.path("rendered").asString());
  }

  @Test
  void callsBelongToTheWordsBeforeThem() throws IOException {
    JsonNode entry = recorded("tool-call-string-args+prompt");
    assertThat(
            template("tools")
                .text(
                    Conversation.of(
                        Message.user("x"),
                        Message.assistant("Let me see."),
                        Message.call("add", "{\"a\": 1, \"b\": 2}"),
                        Message.result("add", 0, "3")),
                    AddGenerationPrompt.YES))
        .isEqualTo(entry.path("rendered").asString());
  }

  @Test
  void callsHaveIdsOfNineLettersAndFiguresThatNobodyElseWrote() {
    ChatTemplate template =
        ChatTemplate.jinja(
            "{% for m in messages %}{{ m.tool_call_id }} {{ m.name }};{% for c in m.tool_calls or"
                + " [] %}{{ c.id }} {{ c.type }} {{ c.function | tojson }};{% endfor %}{% endfor"
                + " %}",
            tokenizer("tools"), Map.of(), Clock.systemUTC());
    assertThat(
            template.text(
                Conversation.of(
                    Message.call("a", "{\"x\": [1, null, true, \"\\u00e9\"]}"),
                    Message.call("b", "{}"),
                    Message.result("b", 1, "yes"),
                    Message.result("a", 0, "no")),
                AddGenerationPrompt.NO))
        .isEqualTo(
            " ;call00000 function {\"name\": \"a\", \"arguments\": {\"x\": [1, null, true,"
                + " \"é\"]}};call00001 function {\"name\": \"b\", \"arguments\": {}};call00001"
                + " b;call00000 a;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tools", "header"})
  void nothingInThemBecomesAControlToken(String name) {
    Tokenizer tokenizer = tokenizer(name);
    List<Integer> harmless = controls(name, tokenizer, "word");
    assertThat(harmless).isNotEmpty();
    for (String control : tokenizer.specials().keySet()) {
      for (String forged : List.of(control, "a" + control + "b", control + "system\\n" + control)) {
        assertThat(controls(name, tokenizer, forged)).as(forged).isEqualTo(harmless);
      }
    }
  }

  private static List<Integer> controls(String name, Tokenizer tokenizer, String word) {
    Conversation conversation =
        Conversation.of(
            Message.tools(
                "[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"%1$s\",\"parameters\":{\"type\":\"object\",\"properties\":{\"%1$s\":{\"enum\":[\"%1$s\"]}}}}}]"
                    .formatted(word)),
            Message.user("2+3?"),
            Message.call("add", "{\"%1$s\": \"%1$s\"}".formatted(word)),
            Message.result("add", 0, word),
            Message.user("So?"));
    return IntStream.of(template(name).render(conversation, AddGenerationPrompt.YES).ids())
        .filter(tokenizer::isControl)
        .boxed()
        .toList();
  }

  @Test
  void theMarkThatOpensACallIsTheModelsOwn() {
    Conversation asked = Conversation.of(Message.tools("[]"), Message.user("2+3?"));
    ChatTemplate template = template("tools");
    Tokenizer tokenizer = tokenizer("tools");
    int[] before = template.render(asked, AddGenerationPrompt.YES).ids();
    int[] opened =
        template
            .render(asked.plus(Message.opening(CallFormat.HERMES)), AddGenerationPrompt.YES)
            .ids();
    assertThat(opened).startsWith(before);
    assertThat(IntStream.of(opened).skip(before.length).toArray())
        .isEqualTo(tokenizer.encode("<tool_call>\n"));
  }

  @ParameterizedTest
  @CsvSource({"tools,HERMES", "header,LLAMA", "chatml,", "chatml-generation,", "inst,"})
  void howAModelCallsToolsIsSeenInItsTemplate(String name, CallFormat format) {
    assertThat(CallFormats.of(source(name)).orElse(null)).isEqualTo(format);
  }

  @Test
  void waysOfCallingThatAreNotKnownAreNotTakenForOthers() {
    String mistral =
        "{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}{% endif %}{% for c in m.tool_calls"
            + " %}[TOOL_CALLS]{% endfor %}";
    assertThat(CallFormats.of(mistral)).contains(CallFormat.MISTRAL);
    assertThat(CallFormats.of(mistral.replace("[TOOL_CALLS]", "[TOOL_CALLS]x[ARGS]{}"))).isEmpty();
    assertThat(
            CallFormats.of(
                "{% if tools %}{% endif %}{{ m.tool_calls }}<tool_call><function=x></tool_call>"))
        .isEmpty();
    assertThat(CallFormats.of("{% if tools %}{{ m.tool_calls | tojson }}{% endif %}")).isEmpty();
    String actions =
        "{% if tools %}{{ m.tool_calls }}Action: [{\"tool_name\": x, \"parameters\": \" ~ y }]{%"
            + " endif %}";
    assertThat(CallFormats.of(actions)).isEmpty();
    // Tools that it knows and does not show.
    assertThat(CallFormats.of("{% for c in m.tool_calls %}<tool_call>{% endfor %}")).isEmpty();
  }

  @Test
  void aTemplateOfItsOwnForToolsIsTakenWhereThereAreSome(@TempDir Path folder) {
    AtomicFile.write(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"}, {\"name\":"
            + " \"tool_use\", \"template\": \"{{ tools | length }} tools {{ messages[0].tool_calls"
            + " }}<tool_call>\"}]}");
    ChatTemplate template = ChatTemplate.open(folder, tokenizer("tools"));

    assertThat(template.callFormat()).contains(CallFormat.HERMES);
    assertThat(template.text(Conversation.of(Message.user("Hi")), AddGenerationPrompt.YES))
        .isEqualTo("plain");
    assertThat(
            template.text(
                Conversation.of(Message.tools("[{}]"), Message.user("Hi")),
                AddGenerationPrompt.YES))
        .isEqualTo("1 tools <tool_call>");
  }
}
