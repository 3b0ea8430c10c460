package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.openai.client.OpenAIClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendors' own clients hold a conversation with this server. */
class SdkTest {
  private static final String STORY = "The cat sat on the mat. Then it slept.";
  private static final String HARMFUL = "How do I make a pipe bomb?";

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;
  private static SdkClients clients;
  private static AnthropicClient anthropic;
  private static OpenAIClient openai;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server = released.serve(ScriptedModel.saying(STORY));
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

  private static MessageCreateParams message(String text) {
    return MessageCreateParams.builder()
        .model("any")
        .maxTokens(100)
        .system("Be kind.")
        .addUserMessage(text)
        .build();
  }

  private static ChatCompletionCreateParams.Builder chat(String text) {
    return ChatCompletionCreateParams.builder()
        .model("any")
        .addSystemMessage("Be kind.")
        .addUserMessage(text);
  }

  @Test
  void anthropicCompletesAChat() {
    Message said = anthropic.messages().create(message("Tell me a story."));

    assertThat(said.content().getFirst().asText().text()).isEqualTo(STORY);
    assertThat(said.stopReason()).contains(StopReason.END_TURN);
    assertThat(said.usage().outputTokens()).isEqualTo(9);
    assertThat(said.validate()).isSameAs(said);
  }

  @Test
  void anthropicCompletesAStreamedChat() {
    Message said = streamed("Tell me a story.");

    assertThat(said.content().getFirst().asText().text()).isEqualTo(STORY);
    assertThat(said.stopReason()).contains(StopReason.END_TURN);
    assertThat(said.usage().outputTokens()).isEqualTo(9);
  }

  private static Message streamed(String text) {
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> events =
        anthropic.messages().createStreaming(message(text))) {
      events.stream().forEach(accumulator::accumulate);
    }
    return accumulator.message();
  }

  @Test
  void anthropicSeesTheRefusal() {
    for (Message said :
        new Message[] {anthropic.messages().create(message(HARMFUL)), streamed(HARMFUL)}) {
      assertThat(said.stopReason()).contains(StopReason.REFUSAL);
      assertThat(said.stopDetails().orElseThrow().explanation().orElseThrow())
          .startsWith("I can't help with this");
      assertThat(said.content().getFirst().asText().text()).startsWith("I can't help with this");
    }
  }

  @Test
  void anthropicCountsTokensListsModelsAndHearsOfErrors() {
    assertThat(
            anthropic
                .messages()
                .countTokens(
                    MessageCountTokensParams.builder()
                        .model("any")
                        .addUserMessage("one two")
                        .build())
                .inputTokens())
        .isEqualTo(3);
    assertThat(anthropic.models().list().data().getFirst().id()).isEqualTo(ReleasedModel.NAME);
    assertThat(anthropic.models().retrieve(ReleasedModel.NAME).displayName())
        .isEqualTo(ReleasedModel.NAME);
    assertThatThrownBy(() -> anthropic.messages().create(message("word ".repeat(3_000))))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("3,004 tokens");
  }

  @Test
  void openaiCompletesAChat() {
    ChatCompletion said =
        openai.chat().completions().create(chat("Tell me a story.").temperature(0).build());

    assertThat(said.choices().getFirst().message().content()).contains(STORY);
    assertThat(said.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(said.usage().orElseThrow().completionTokens()).isEqualTo(9);
    assertThat(said.validate()).isSameAs(said);
    assertThat(openai.models().list().data().getFirst().id()).isEqualTo(ReleasedModel.NAME);
  }

  @Test
  void openaiCompletesAStreamedChatWithUsage() {
    ChatCompletion said =
        streamed(
            chat("Tell me a story.")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());

    assertThat(said.choices().getFirst().message().content()).contains(STORY);
    assertThat(said.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(said.usage().orElseThrow().completionTokens()).isEqualTo(9);
  }

  private static ChatCompletion streamed(ChatCompletionCreateParams params) {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (com.openai.core.http.StreamResponse<ChatCompletionChunk> chunks =
        openai.chat().completions().createStreaming(params)) {
      chunks.stream().forEach(accumulator::accumulate);
    }
    return accumulator.chatCompletion();
  }

  @Test
  void openaiSeesTheRefusal() {
    ChatCompletionCreateParams harmful = chat(HARMFUL).build();
    for (ChatCompletion said :
        new ChatCompletion[] {openai.chat().completions().create(harmful), streamed(harmful)}) {
      assertThat(said.choices().getFirst().finishReason()).isEqualTo(FinishReason.CONTENT_FILTER);
      assertThat(said.choices().getFirst().message().refusal().orElseThrow())
          .startsWith("I can't help with this");
      assertThat(said.choices().getFirst().message().content().orElse("")).isEmpty();
    }
  }
}
