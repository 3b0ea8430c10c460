package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.model.Encoding;
import dev.forefront.model.Gguf;
import dev.forefront.model.GgufExport;
import dev.forefront.model.GgufMetadata;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.ReferenceModels;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.EmbeddedVocabulary;
import dev.forefront.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF file may hold a template for conversations with tools, beside its usual one. */
class GgufToolTemplateTest {
  private static final String USUAL = "12 {{ messages[-1].content }}";
  private static final String TOOLS =
      "13 {% for tool in tools %}{{ tool.function.name }}{% endfor %}"
          + "{% for call in messages[-1].tool_calls or [] %}<tool_call>\n{\"name\": \"x\","
          + " \"arguments\": {}}\n</tool_call>{% endfor %}{{ messages[-1].content }}";
  private static final String TIDE =
      "[{\"type\":\"function\",\"function\":{\"name\":\"tide\",\"parameters\":{\"type\":\"object\"}}}]";

  @TempDir private Path folder;

  private ChatTemplate template(GgufMetadata more) throws IOException {
    Path any = ReferenceModels.ggufFiles().getFirst();
    Path file = folder.resolve("own.gguf");
    Gguf known = Gguf.open(any);
    try (ModelWeights weights = ModelWeights.of(known)) {
      GgufExport.write(
          file, weights, Encoding.F16, GgufTokenizer.put(more, GgufTokenizer.vocabulary(known)));
    }
    try (Gguf gguf = Gguf.open(file)) {
      EmbeddedVocabulary vocabulary = GgufTokenizer.vocabulary(gguf);
      Tokenizer tokenizer = GgufTokenizer.tokenizer(gguf, vocabulary);
      return GgufTokenizer.template(gguf, vocabulary, tokenizer);
    }
  }

  private static int[] read(ChatTemplate template, Message... messages) {
    return template.render(new Conversation(List.of(messages)), AddGenerationPrompt.YES).ids();
  }

  @Test
  void isUsedWhereThereAreToolsAndNowhereElse() throws IOException {
    ChatTemplate both =
        template(
            new GgufMetadata()
                .put("tokenizer.chat_template", USUAL)
                .put("tokenizer.chat_template.tool_use", TOOLS));
    ChatTemplate usual = template(new GgufMetadata().put("tokenizer.chat_template", USUAL));
    assertThat(both.callFormat()).contains(CallFormat.HERMES);
    assertThat(usual.callFormat()).isEmpty();
    Message hello = Message.user("Hello.");
    assertThat(read(both, hello)).containsExactly(read(usual, hello));
    assertThat(read(both, Message.tools(TIDE), hello)).isNotEqualTo(read(both, hello));
  }
}
