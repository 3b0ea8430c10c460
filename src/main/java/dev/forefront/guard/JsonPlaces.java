package dev.forefront.guard;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Sampling;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a reply is JSON: all of it where it is bound to a form, its calls where tools may be
 * called. A text that is put back there is written as a part of a JSON string. For one reply.
 */
final class JsonPlaces {
  private final @Nullable CallFormat format;
  private final Pattern signs;
  private boolean json;
  private boolean begun;

  private JsonPlaces(@Nullable CallFormat format, boolean json) {
    this.format = format;
    this.json = json;
    StringBuilder any = new StringBuilder(Placeholders.FORM.pattern());
    if (format != null) {
      format.marks().forEach(mark -> any.append('|').append(Pattern.quote(mark)));
    }
    signs = format == null ? Placeholders.FORM : Pattern.compile(any.toString());
  }

  static JsonPlaces of(LanguageModel model, Conversation conversation, Sampling sampling) {
    Optional<CallFormat> format =
        conversation.hasTools() && !sampling.hasForm() ? model.callFormat() : Optional.empty();
    return new JsonPlaces(format.orElse(null), sampling.hasForm());
  }

  /** Puts the originals back into the next piece, which ends where no mark is cut. */
  String restore(String piece, Map<String, String> originals) {
    if (format == null && (originals.isEmpty() || piece.indexOf('<') < 0)) {
      return piece;
    }
    begin(piece);
    return signs
        .matcher(piece)
        .replaceAll(sign -> Matcher.quoteReplacement(put(sign.group(), originals)));
  }

  private String put(String sign, Map<String, String> originals) {
    if (format != null && format.marks().contains(sign)) {
      json = sign.equals(format.opening());
      return sign;
    }
    String original = originals.get(sign);
    if (original == null) {
      return sign;
    }
    return json ? quoted(original) : original;
  }

  private void begin(String piece) {
    if (!begun && format != null && format.isBare() && !piece.isBlank()) {
      json = piece.stripLeading().startsWith("{");
    }
    begun |= !piece.isBlank();
  }

  private static String quoted(String text) {
    String quoted = JsonMapper.shared().writeValueAsString(text);
    return quoted.substring(1, quoted.length() - 1);
  }
}
