package dev.forefront.token;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Hides from a template, and from the search for control tokens after it, whatever in people's
 * words spells one, or could spell one together with the words around it. The stand-ins hold a
 * secret, made for one rendering.
 */
final class Veil {
  private static final char OPEN = '\uF8F0';
  private static final char CLOSE = '\uF8F1';

  private final ControlText controls;
  private final String secret;
  private final List<String> hidden = new ArrayList<>();

  Veil(ControlText controls) {
    this.controls = controls;
    byte[] bytes = new byte[12];
    new SecureRandom().nextBytes(bytes);
    secret = HexFormat.of().formatHex(bytes);
  }

  String cover(String text) {
    StringBuilder covered = new StringBuilder();
    for (ControlText.Piece piece : controls.split(text)) {
      covered.append(piece.control() ? standIn(piece.text()) : piece.text());
    }
    return coverMarks(coverEnds(covered.toString()));
  }

  /** Puts the words back. */
  String lift(String text) {
    String lifted = text;
    for (int i = hidden.size() - 1; i >= 0 && lifted.indexOf(OPEN) >= 0; i--) {
      lifted = lifted.replace(name(i), hidden.get(i));
    }
    return lifted;
  }

  /**
   * The beginning of a control token at the end of a message, and the end of one at its beginning.
   */
  private String coverEnds(String text) {
    String core = text.strip();
    int tail = 0;
    int head = 0;
    for (String control : controls.controls()) {
      for (int n = Math.min(control.length() - 1, core.length()); n > 0; n--) {
        if (core.endsWith(control.substring(0, n))) {
          tail = Math.max(tail, n);
        }
        if (core.startsWith(control.substring(control.length() - n))) {
          head = Math.max(head, n);
        }
      }
    }
    if (tail == 0 && head == 0) {
      return text;
    }
    int begin = text.indexOf(core);
    int middle = Math.max(head, core.length() - tail);
    return text.substring(0, begin)
        + (head > 0 ? standIn(core.substring(0, head)) : "")
        + core.substring(head, middle)
        + (middle < core.length() ? standIn(core.substring(middle)) : "")
        + text.substring(begin + core.length());
  }

  /**
   * The marks of generation blocks are the template's alone, and of control characters the template
   * language would write the code.
   */
  private String coverMarks(String text) {
    if (text.chars().noneMatch(Veil::isMark)) {
      return text;
    }
    StringBuilder covered = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              String character = Character.toString(c);
              covered.append(isMark(c) ? standIn(character) : character);
            });
    return covered.toString();
  }

  private static boolean isMark(int c) {
    return c == Jinja.GENERATED
        || c == Jinja.GENERATED_END
        || c < ' ' && c != '\n' && c != '\t' && c != '\r';
  }

  private String standIn(String words) {
    int known = hidden.indexOf(words);
    if (known >= 0) {
      return name(known);
    }
    hidden.add(words);
    return name(hidden.size() - 1);
  }

  private String name(int index) {
    return OPEN + secret + index + CLOSE;
  }
}
