package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.Segment.Control;
import dev.forefront.token.Segment.Speaker;
import dev.forefront.token.Segment.Words;
import dev.forefront.token.jinja.Template;
import dev.forefront.token.jinja.TemplateException;
import dev.forefront.token.jinja.Text;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's own template. A control token is one only where the template itself wrote every
 * character of it: what came in with messages, tools, documents or variables stays words.
 */
final class JinjaTemplate implements TemplateRenderer {
  /** Some templates make a control token of the role: {@code '<|' + message.role + '|>'}. */
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  private final String source;
  private final ControlText controls;
  private final Map<String, Object> specials;
  private final Clock clock;
  private volatile @Nullable Template template;

  /**
   * @param specials what the template knows as {@code bos_token} and so on
   * @param clock for templates that write the date
   */
  JinjaTemplate(String source, ControlText controls, Map<String, String> specials, Clock clock) {
    this.source = source;
    this.controls = controls;
    this.clock = clock;
    this.specials = new HashMap<>();
    specials.forEach((name, text) -> this.specials.put(name, Text.of(text)));
  }

  @Override
  public List<Segment> render(ChatInput input, AddGenerationPrompt prompt) {
    boolean continues = input.continues(prompt);
    boolean asks = prompt != AddGenerationPrompt.NO && !continues;
    try {
      Text text = continues ? begun(input) : text(input, asks);
      boolean says = (marks(text) & Text.GENERATED) != 0;
      return segments(says || prompt != AddGenerationPrompt.NO ? text : marked(text, input));
    } catch (TemplateException e) {
      throw new BadInputException(message(e), e);
    }
  }

  private static String message(TemplateException e) {
    return switch (e.why()) {
      case RAISED -> "the chat template refuses this conversation: " + e.getMessage();
      case BROKEN ->
          "the chat template cannot be rendered (line %d): %s".formatted(e.line(), e.getMessage());
    };
  }

  /** Read when it is first used: a model of plain text may bring a template that is none. */
  private Template template() {
    Template read = template;
    if (read == null) {
      read = Template.read(source);
      template = read;
    }
    return read;
  }

  private Text text(ChatInput input, boolean asks) {
    return text(input, asks, Text.GIVEN);
  }

  /**
   * @param marks of the last message's content
   */
  private Text text(ChatInput input, boolean asks, int marks) {
    List<Map<String, ?>> turns = new ArrayList<>();
    for (Map<String, ?> message : input.messages()) {
      Map<String, Object> turn = new LinkedHashMap<>(message);
      String role = ChatInput.role(message);
      if (ROLES.contains(role)) {
        turn.put("role", Text.of(role));
      }
      String content = ChatInput.content(message);
      if (content != null && turns.size() == input.messages().size() - 1) {
        turn.put("content", Text.of(content, marks));
      }
      turns.add(turn);
    }
    Map<String, @Nullable Object> variables = new HashMap<>(specials);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.putAll(input.variables());
    variables.put(ChatInput.MESSAGES, turns);
    variables.put(ChatInput.ADD_GENERATION_PROMPT, asks);
    return template().render(variables, ZonedDateTime.now(clock));
  }

  /** Everything up to the last content's end, which a template may have trimmed. */
  private Text begun(ChatInput input) {
    Text text = text(input, false, Text.GIVEN | Text.TRACED);
    int end = text.length();
    while (end > 0 && (text.marksAt(end - 1) & Text.TRACED) == 0) {
      end--;
    }
    if (end > 0) {
      return text.sub(0, end);
    }
    int before = input.messages().size() - 1;
    String content = String.valueOf(ChatInput.content(input.messages().getLast()));
    return text(input.first(before), true).plus(Text.given(content));
  }

  /**
   * Marks the assistant's turns in a template that does not: a turn is what follows the prompt that
   * asks for it. Where a template does not show that, nothing is marked, and nothing learnt.
   */
  private Text marked(Text text, ChatInput input) {
    Text marked = text;
    String whole = text.string();
    for (int i = 0; i < input.messages().size(); i++) {
      if (!ChatInput.role(input.messages().get(i)).equals("assistant")) {
        continue;
      }
      String before;
      String after;
      try {
        before = text(input.first(i), true).string();
        after = text(input.first(i + 1), false).string();
      } catch (TemplateException refused) {
        return text;
      }
      if (!after.startsWith(before) || !whole.startsWith(after)) {
        return text;
      }
      int end = before.length() + after.substring(before.length()).stripTrailing().length();
      marked = marked.marked(before.length(), end, Text.GENERATED);
    }
    return marked;
  }

  private static int marks(Text text) {
    int marks = 0;
    for (int i = 0; i < text.length(); i++) {
      marks |= text.marksAt(i);
    }
    return marks;
  }

  /** Stretches that one hand wrote. */
  private List<Segment> segments(Text text) {
    List<Segment> segments = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (i == text.length() || hand(text, i) != hand(text, from)) {
        add(segments, text.string().substring(from, i), hand(text, from));
        from = i;
      }
    }
    return segments;
  }

  private static int hand(Text text, int place) {
    return text.marksAt(place) & (Text.GIVEN | Text.GENERATED);
  }

  private void add(List<Segment> segments, String text, int hand) {
    Speaker speaker = (hand & Text.GENERATED) != 0 ? Speaker.ASSISTANT : Speaker.OTHER;
    if ((hand & Text.GIVEN) != 0) {
      segments.add(new Words(text, speaker));
      return;
    }
    for (ControlText.Piece piece : controls.split(text)) {
      segments.add(
          piece.control() ? new Control(piece.text(), speaker) : new Words(piece.text(), speaker));
    }
  }
}
