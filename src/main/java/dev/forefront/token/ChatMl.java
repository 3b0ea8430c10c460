package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.Segment.Control;
import dev.forefront.token.Segment.Speaker;
import dev.forefront.token.Segment.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The house's own template: {@code <|im_start|>role\ncontent<|im_end|>\n} for each message. */
final class ChatMl implements TemplateRenderer {
  static final String START = "<|im_start|>";
  static final String END = "<|im_end|>";

  /** The same in the template language of the model hubs; what is written beside a model. */
  static final String TEMPLATE =
      """
      {%- for message in messages -%}
      {%- if message.role == 'assistant' -%}
      {{- '<|im_start|>assistant\\n' -}}{% generation %}{{- message.content + '<|im_end|>' -}}{% endgeneration %}{{- '\\n' -}}
      {%- else -%}
      {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
      {%- endif -%}
      {%- endfor -%}
      {%- if add_generation_prompt -%}
      {{- '<|im_start|>assistant\\n' -}}
      {%- endif -%}
      """;

  /**
   * Likewise for GGUF files: without the mark of what is learnt, for Ollama knows a template by its
   * likeness to those it has (fewer than 100 letters to change).
   */
  private static final String PLAIN =
      "{%- for message in messages -%}"
          + "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' -}}"
          + "{%- endfor -%}"
          + "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}";

  /** A folder's template as a GGUF file holds it. */
  static String embedded(String template) {
    return template.equals(TEMPLATE) ? PLAIN : template;
  }

  /** A GGUF file's template as a folder holds it. */
  static String extracted(String template) {
    return template.equals(PLAIN) ? TEMPLATE : template;
  }

  @Override
  public List<Segment> render(ChatInput input, AddGenerationPrompt prompt) {
    List<Segment> segments = new ArrayList<>();
    List<Map<String, ?>> messages = input.messages();
    boolean continues = input.continues(prompt);
    for (int i = 0; i < messages.size(); i++) {
      String role = ChatInput.role(messages.get(i));
      String content = ChatInput.content(messages.get(i));
      if (content == null) {
        throw new BadInputException(
            "the chat template cannot render message %d: its content is no text".formatted(i));
      }
      Speaker speaker = role.equals("assistant") ? Speaker.ASSISTANT : Speaker.OTHER;
      segments.add(new Control(START, Speaker.OTHER));
      segments.add(new Words(role + "\n", Speaker.OTHER));
      segments.add(new Words(content, speaker));
      if (!continues || i + 1 < messages.size()) {
        segments.add(new Control(END, speaker));
        segments.add(new Words("\n", Speaker.OTHER));
      }
    }
    if (prompt != AddGenerationPrompt.NO && !continues) {
      segments.add(new Control(START, Speaker.OTHER));
      segments.add(new Words("assistant\n", Speaker.OTHER));
    }
    return segments;
  }
}
