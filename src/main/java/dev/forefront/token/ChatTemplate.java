package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Loading;
import dev.forefront.token.NativeTokenizer.Encoded;
import dev.forefront.token.Segment.Speaker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conversations to ids, by a model's own template. What people wrote stays text: no message can
 * forge the end of its turn or the beginning of another's.
 */
public final class ChatTemplate {
  /** The file that holds a model's template. */
  public static final String FILE = "chat_template.jinja";

  private final Tokenizer tokenizer;
  private final TemplateRenderer plain;
  // Where tools may be called; mostly the same.
  private final TemplateRenderer withTools;
  private final Optional<CallFormat> callFormat;

  private ChatTemplate(
      Tokenizer tokenizer,
      TemplateRenderer plain,
      TemplateRenderer withTools,
      Optional<CallFormat> callFormat) {
    this.tokenizer = tokenizer;
    this.plain = plain;
    this.withTools = withTools;
    this.callFormat = callFormat;
  }

  /**
   * The template of a model folder: {@code chat_template.jinja}, or the one in {@code
   * tokenizer_config.json}, or ChatML where the folder has none and the tokenizer its tokens.
   *
   * @throws BadInputException where there is no template, or it cannot be read
   */
  public static ChatTemplate open(Path folder, Tokenizer tokenizer) {
    return open(folder, tokenizer, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it read. */
  public static ChatTemplate open(Path folder, Tokenizer tokenizer, Loading loading) {
    return template(folder, loading)
        .filter(text -> !text.strip().equals(ChatMl.TEMPLATE.strip()))
        .map(text -> jinja(text, tokenizer, specials(folder, loading), Clock.systemDefaultZone()))
        .map(template -> template.with(toolUse(folder, loading), specials(folder, loading)))
        .orElseGet(() -> chatMl(tokenizer));
  }

  /**
   * The same, with another template for conversations with tools, where there is one.
   *
   * @param toolUse in the template language of the model hubs
   * @param specials the model's {@code bos_token}, {@code eos_token} and so on
   */
  public ChatTemplate with(Optional<String> toolUse, Map<String, String> specials) {
    return toolUse
        .map(text -> jinja(text, tokenizer, specials, Clock.systemDefaultZone()))
        .map(tools -> new ChatTemplate(tokenizer, plain, tools.plain, tools.callFormat))
        .orElse(this);
  }

  /**
   * A template from elsewhere, in the language of the model hubs, in the place of a folder's own.
   *
   * @param template its text
   * @param folder says what it knows as {@code bos_token} and so on
   */
  public static ChatTemplate of(
      String template, Path folder, Tokenizer tokenizer, Loading loading) {
    return jinja(template, tokenizer, specials(folder, loading), Clock.systemDefaultZone());
  }

  /**
   * A model's own template that stands in no folder.
   *
   * @param specials its {@code bos_token}, {@code eos_token} and so on
   */
  public static ChatTemplate of(
      String template, Tokenizer tokenizer, Map<String, String> specials) {
    return template.strip().equals(ChatMl.TEMPLATE.strip())
        ? chatMl(tokenizer)
        : jinja(template, tokenizer, specials, Clock.systemDefaultZone());
  }

  /** The house's default. */
  public static ChatTemplate chatMl(Tokenizer tokenizer) {
    tokenizer.requireSpecialId(ChatMl.START);
    tokenizer.requireSpecialId(ChatMl.END);
    TemplateRenderer renderer = new ChatMl();
    return new ChatTemplate(tokenizer, renderer, renderer, Optional.empty());
  }

  /** ChatML in the template language of the model hubs, to be written beside a model. */
  public static String chatMlJinja() {
    return ChatMl.TEMPLATE;
  }

  /**
   * A template in the language of the model hubs.
   *
   * @param specials its {@code bos_token}, {@code eos_token} and so on
   * @param clock for templates that write the date
   */
  static ChatTemplate jinja(
      String text, Tokenizer tokenizer, Map<String, String> specials, Clock clock) {
    TemplateRenderer renderer = new JinjaTemplate(text, tokenizer.controlText(), specials, clock);
    return new ChatTemplate(tokenizer, renderer, renderer, CallFormats.of(text));
  }

  /** How its model calls tools; empty where it shows none, or calls in a way not known here. */
  public Optional<CallFormat> callFormat() {
    return callFormat;
  }

  public Rendered render(Conversation conversation, AddGenerationPrompt prompt) {
    List<Segment> segments = segments(ChatInput.of(conversation), prompt);
    return encode(conversation.opened().map(format -> opened(segments, format)).orElse(segments));
  }

  /** The mark that opens a call is written as the model itself would write it. */
  private List<Segment> opened(List<Segment> prompt, CallFormat format) {
    List<Segment> segments = new ArrayList<>(prompt);
    for (ControlText.Piece piece : tokenizer.controlText().split(format.prefill())) {
      segments.add(
          piece.control()
              ? new Segment.Control(piece.text(), Speaker.ASSISTANT)
              : new Segment.Words(piece.text(), Speaker.ASSISTANT));
    }
    return segments;
  }

  /**
   * Likewise with all that a template can be given.
   *
   * @throws BadInputException where the template refuses it or cannot render it
   */
  public Rendered render(ChatInput input, AddGenerationPrompt prompt) {
    return encode(segments(input, prompt));
  }

  private List<Segment> segments(ChatInput input, AddGenerationPrompt prompt) {
    return (input.hasTools() ? withTools : plain).render(input, prompt);
  }

  /** The conversation as text, control tokens spelled out; for people, never for a model. */
  public String text(Conversation conversation, AddGenerationPrompt prompt) {
    return text(ChatInput.of(conversation), prompt);
  }

  /** Likewise with all that a template can be given. */
  public String text(ChatInput input, AddGenerationPrompt prompt) {
    StringBuilder text = new StringBuilder();
    for (Segment segment : segments(input, prompt)) {
      switch (segment) {
        case Segment.Words words -> text.append(words.text());
        case Segment.Control control -> text.append(control.spelling());
      }
    }
    return text.toString();
  }

  /** One text for the library, aliases for control tokens, and who wrote which code points. */
  private Rendered encode(List<Segment> segments) {
    StringBuilder text = new StringBuilder();
    List<int[]> assistant = new ArrayList<>();
    int at = 0;
    for (Segment segment : segments) {
      String piece =
          switch (segment) {
            case Segment.Words words -> words.text();
            case Segment.Control control -> tokenizer.alias(control.spelling());
          };
      text.append(piece);
      int end = at + piece.codePointCount(0, piece.length());
      if (segment.speaker() == Speaker.ASSISTANT && end > at) {
        assistant.add(new int[] {at, end});
      }
      at = end;
    }
    Encoded encoded = tokenizer.encodeAliased(text.toString());
    return new Rendered(encoded.ids(), mask(encoded.spans(), assistant));
  }

  private static boolean[] mask(int[][] spans, List<int[]> assistant) {
    boolean[] mask = new boolean[spans.length];
    int next = 0;
    for (int i = 0; i < spans.length; i++) {
      while (next < assistant.size() && assistant.get(next)[1] <= spans[i][0]) {
        next++;
      }
      mask[i] = next < assistant.size() && spans[i][1] > assistant.get(next)[0];
    }
    return mask;
  }

  /** The text of a folder's template, as {@link #open} finds it. */
  static Optional<String> template(Path folder) {
    return template(folder, Loading.UNWITNESSED);
  }

  private static Optional<String> template(Path folder, Loading loading) {
    try {
      Path own = folder.resolve(FILE);
      if (Files.isRegularFile(own)) {
        return Optional.of(loading.text(own));
      }
      Path config = folder.resolve("tokenizer_config.json");
      return Files.isRegularFile(config) ? inConfig(config, loading) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The template that a folder has for tools alone; a file of its own is for everything. */
  private static Optional<String> toolUse(Path folder, Loading loading) {
    Path config = folder.resolve("tokenizer_config.json");
    return Files.isRegularFile(config) && !Files.isRegularFile(folder.resolve(FILE))
        ? named(config(config, loading).path("chat_template"), "tool_use")
        : Optional.empty();
  }

  /** {@code bos_token} and so on, each a text or an object with a {@code content}. */
  static Map<String, String> specials(Path folder, Loading loading) {
    Map<String, String> specials = new HashMap<>();
    Path config = folder.resolve("tokenizer_config.json");
    if (Files.isRegularFile(config)) {
      config(config, loading)
          .forEachEntry(
              (name, value) -> {
                JsonNode content = value.isObject() ? value.path("content") : value;
                if (name.endsWith("_token") && content.isString()) {
                  specials.put(name, content.asString());
                }
              });
    }
    return specials;
  }

  private static JsonNode config(Path file, Loading loading) {
    try {
      return JsonMapper.shared().readTree(loading.text(file));
    } catch (JacksonException e) {
      throw new BadInputException(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One text, or a list of named ones of which the one called default counts. */
  private static Optional<String> inConfig(Path config, Loading loading) {
    JsonNode templates = config(config, loading).path("chat_template");
    if (templates.isString()) {
      return Optional.of(templates.asString());
    }
    return named(templates, "default");
  }

  private static Optional<String> named(JsonNode templates, String name) {
    for (JsonNode named : templates) {
      if (named.path("name").asString("").equals(name)) {
        return Optional.of(named.path("template").asString(""));
      }
    }
    return Optional.empty();
  }
}
