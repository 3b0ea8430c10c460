package dev.forefront.token;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import java.time.ZonedDateTime;
import java.util.Locale;

/** What the model hubs add to the template language; the library calls these by name. */
public final class JinjaFunctions {
  static final String NOW = "__now__";

  private JinjaFunctions() {}

  /** A template's way to say that a conversation is not what it can render. */
  public static String raiseException(String message) {
    throw new TemplateError(message);
  }

  /** The date, in the letters of C's strftime. */
  public static String strftimeNow(String format) {
    Object now = JinjavaInterpreter.getCurrent().getContext().get(NOW);
    if (!(now instanceof ZonedDateTime time)) {
      throw new TemplateError("the clock is missing");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      text.append(c == '%' && i + 1 < format.length() ? field(time, format.charAt(++i)) : c);
    }
    return text.toString();
  }

  private static String field(ZonedDateTime time, char letter) {
    return switch (letter) {
      case 'd' -> String.format(Locale.ROOT, "%td", time);
      case 'm' -> String.format(Locale.ROOT, "%tm", time);
      case 'Y' -> String.format(Locale.ROOT, "%tY", time);
      case 'y' -> String.format(Locale.ROOT, "%ty", time);
      case 'b' -> String.format(Locale.ENGLISH, "%tb", time);
      case 'B' -> String.format(Locale.ENGLISH, "%tB", time);
      case 'a' -> String.format(Locale.ENGLISH, "%ta", time);
      case 'A' -> String.format(Locale.ENGLISH, "%tA", time);
      case 'H' -> String.format(Locale.ROOT, "%tH", time);
      case 'M' -> String.format(Locale.ROOT, "%tM", time);
      case 'S' -> String.format(Locale.ROOT, "%tS", time);
      case 'j' -> String.format(Locale.ROOT, "%tj", time);
      case '%' -> "%";
      default -> throw new TemplateError("strftime_now knows no %" + letter);
    };
  }

  /** Raised by a template. */
  static final class TemplateError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateError(String message) {
      super(message);
    }
  }
}
