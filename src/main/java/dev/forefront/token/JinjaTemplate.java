package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.token.Segment.Control;
import dev.forefront.token.Segment.Speaker;
import dev.forefront.token.Segment.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's own template. Control tokens that stand in what people wrote are veiled before the
 * template sees it and unveiled after its own control tokens have been found, so that they come out
 * as the words they are.
 */
final class JinjaTemplate implements TemplateRenderer {
  private final String template;
  private final Jinja jinja;
  private final ControlText controls;
  private final Map<String, Object> specials;

  /**
   * @param specials what the template knows as {@code bos_token} and so on
   */
  JinjaTemplate(String template, Jinja jinja, ControlText controls, Map<String, String> specials) {
    this.template = template;
    this.jinja = jinja;
    this.controls = controls;
    this.specials = new HashMap<>(specials);
  }

  @Override
  public List<Segment> render(Conversation conversation, AddGenerationPrompt prompt) {
    Veil veil = new Veil(controls);
    List<Message> messages = conversation.messages();
    boolean continues =
        prompt == AddGenerationPrompt.YES
            && !messages.isEmpty()
            && messages.getLast().role() == Role.ASSISTANT;
    boolean asks = prompt != AddGenerationPrompt.NO && !continues;
    String text = continues ? begun(messages, veil) : text(messages, veil, asks);
    if (text.indexOf(Jinja.GENERATED) < 0 && prompt == AddGenerationPrompt.NO) {
      text = marked(text, messages, veil);
    }
    return segments(text, veil);
  }

  private String text(List<Message> messages, Veil veil, boolean asks) {
    List<Map<String, Object>> turns = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Object> turn = new LinkedHashMap<>();
      turn.put("role", message.role().wireName());
      turn.put("content", veil.cover(message.content()));
      turns.add(turn);
    }
    Map<String, Object> variables = new HashMap<>(specials);
    variables.put("messages", turns);
    variables.put("add_generation_prompt", asks);
    return jinja.render(template, variables);
  }

  /** Everything up to the last content's end, which a template may have trimmed. */
  private String begun(List<Message> messages, Veil veil) {
    String content = veil.cover(messages.getLast().content());
    String text = text(messages, veil, false);
    for (String sought : List.of(content, content.stripLeading(), content.strip())) {
      int at = text.lastIndexOf(sought);
      if (!sought.isBlank() && at >= 0) {
        return text.substring(0, at + sought.length());
      }
    }
    return text(messages.subList(0, messages.size() - 1), veil, true) + content;
  }

  /**
   * Marks the assistant's turns in a template that does not: a turn is what follows the prompt that
   * asks for it. Where a template does not show that, nothing is marked, and nothing learnt.
   */
  private String marked(String text, List<Message> messages, Veil veil) {
    StringBuilder marked = new StringBuilder();
    int from = 0;
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).role() != Role.ASSISTANT) {
        continue;
      }
      String before;
      String after;
      try {
        before = text(messages.subList(0, i), veil, true);
        after = text(messages.subList(0, i + 1), veil, false);
      } catch (BadInputException refused) {
        return text;
      }
      if (!after.startsWith(before) || !text.startsWith(after)) {
        return text;
      }
      int end = before.length() + after.substring(before.length()).stripTrailing().length();
      marked.append(text, from, before.length()).append(Jinja.GENERATED);
      marked.append(text, before.length(), end).append(Jinja.GENERATED_END);
      from = end;
    }
    return marked.append(text.substring(from)).toString();
  }

  private List<Segment> segments(String text, Veil veil) {
    List<Segment> segments = new ArrayList<>();
    Speaker speaker = Speaker.OTHER;
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : Jinja.GENERATED;
      if (c == Jinja.GENERATED || c == Jinja.GENERATED_END) {
        add(segments, text.substring(from, i), speaker, veil);
        speaker = c == Jinja.GENERATED ? Speaker.ASSISTANT : Speaker.OTHER;
        from = i + 1;
      }
    }
    return segments;
  }

  private void add(List<Segment> segments, String text, Speaker speaker, Veil veil) {
    for (ControlText.Piece piece : controls.split(text)) {
      segments.add(
          piece.control()
              ? new Control(piece.text(), speaker)
              : new Words(veil.lift(piece.text()), speaker));
    }
  }
}
