package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendors' own clients let the model call a tool and tell it what came of it. */
class SdkToolTest {
  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;
  private static SdkClients clients;
  private static AnthropicClient anthropic;
  private static OpenAIClient openai;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server =
        released.serve(ScriptedModel.answering(SdkToolTest::script).calling(CallFormat.HERMES));
    clients = SdkClients.of(server);
    anthropic = clients.anthropic();
    openai = clients.openai();
  }

  @AfterAll
  static void stop() {
    clients.close();
    server.close();
    released.close();
  }

  private static String script(Conversation conversation) {
    return conversation.messages().getLast().kind() instanceof Kind.Result
        ? "The tide is at " + conversation.messages().getLast().content()
        : "I look. <tool_call>{\"name\": \"tide\", \"arguments\": {\"place\":"
            + " \"Ebbhaven\"}}</tool_call>";
  }

  private static MessageCreateParams.Builder message() {
    return MessageCreateParams.builder()
        .model("any")
        .maxTokens(100)
        .addTool(
            Tool.builder()
                .name("tide")
                .description("Height of the tide")
                .inputSchema(
                    Tool.InputSchema.builder()
                        .properties(
                            Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty(
                                    "place",
                                    com.anthropic.core.JsonValue.from(Map.of("type", "string")))
                                .build())
                        .addRequired("place")
                        .build())
                .build())
        .addUserMessage("How high is the tide at Ebbhaven?");
  }

  @Test
  void anthropicCallsAToolAndTellsWhatCameOfIt() {
    for (boolean streamed : new boolean[] {false, true}) {
      MessageCreateParams.Builder asked = message();
      Message said = say(asked.build(), streamed);

      assertThat(said.stopReason()).contains(StopReason.TOOL_USE);
      assertThat(said.content().getFirst().asText().text()).isEqualTo("I look.");
      ToolUseBlock call = said.content().getLast().asToolUse();
      assertThat(call.name()).isEqualTo("tide");
      assertThat(call._input().convert(Map.class)).isEqualTo(Map.of("place", "Ebbhaven"));
      assertThat(said.validate()).isSameAs(said);

      MessageCreateParams answered =
          asked
              .addMessage(said)
              .addUserMessageOfContentBlockParams(
                  List.of(
                      ContentBlockParam.ofToolResult(
                          ToolResultBlockParam.builder()
                              .toolUseId(call.id())
                              .content("three metres")
                              .build())))
              .build();
      assertThat(say(answered, streamed).content().getFirst().asText().text())
          .isEqualTo("The tide is at three metres");
    }
  }

  private static Message say(MessageCreateParams params, boolean streamed) {
    if (!streamed) {
      return anthropic.messages().create(params);
    }
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> events =
        anthropic.messages().createStreaming(params)) {
      events.stream().forEach(accumulator::accumulate);
    }
    return accumulator.message();
  }

  @Test
  void anthropicHearsWhichToolThereIsNot() {
    assertThatThrownBy(() -> say(message().toolToolChoice("ebb").build(), false))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("tool_choice: no tool has the name ebb");
  }

  /** A tool as Java programs write it down; its schema is the client's own. */
  @JsonTypeName("tide")
  @JsonClassDescription("Height of the tide")
  static final class Tide {
    public String place = "";
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model("any")
        .addTool(Tide.class)
        .addUserMessage("How high is the tide at Ebbhaven?");
  }

  private static ChatCompletion say(ChatCompletionCreateParams params, boolean streamed) {
    if (!streamed) {
      return openai.chat().completions().create(params);
    }
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (com.openai.core.http.StreamResponse<ChatCompletionChunk> chunks =
        openai.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(accumulator::accumulate);
    }
    return accumulator.chatCompletion();
  }

  @Test
  void openaiCallsAToolAndTellsWhatCameOfIt() {
    for (boolean streamed : new boolean[] {false, true}) {
      ChatCompletionCreateParams.Builder asked = chat();
      ChatCompletion said = say(asked.build(), streamed);

      assertThat(said.choices().getFirst().finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
      ChatCompletionMessage message = said.choices().getFirst().message();
      assertThat(message.content()).contains("I look.");
      ChatCompletionMessageFunctionToolCall call =
          message.toolCalls().orElseThrow().getFirst().asFunction();
      assertThat(call.function().arguments(Tide.class).place).isEqualTo("Ebbhaven");

      ChatCompletionCreateParams answered =
          asked
              .addMessage(message)
              .addMessage(
                  ChatCompletionToolMessageParam.builder()
                      .toolCallId(call.id())
                      .content("three metres")
                      .build())
              .build();
      assertThat(say(answered, streamed).choices().getFirst().message().content())
          .contains("The tide is at three metres");
    }
  }
}
