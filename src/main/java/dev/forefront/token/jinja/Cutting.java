package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Values.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts cut and put together again, each piece knowing where it came from. */
final class Cutting {
  private Cutting() {}

  /**
   * @param chars what to strip; null for white space
   */
  static Text strip(Text text, @Nullable String chars) {
    return stripLeft(stripRight(text, chars), chars);
  }

  static Text stripLeft(Text text, @Nullable String chars) {
    int begin = 0;
    while (begin < text.length()) {
      int c = text.string().codePointAt(begin);
      if (!strips(c, chars)) {
        break;
      }
      begin += Character.charCount(c);
    }
    return text.from(begin);
  }

  static Text stripRight(Text text, @Nullable String chars) {
    int end = text.length();
    while (end > 0) {
      int c = text.string().codePointBefore(end);
      if (!strips(c, chars)) {
        break;
      }
      end -= Character.charCount(c);
    }
    return text.sub(0, end);
  }

  private static boolean strips(int c, @Nullable String chars) {
    return chars == null ? c < 0x10000 && Python.isSpace((char) c) : chars.indexOf(c) >= 0;
  }

  static List<Object> split(Text text, Bound given, Budget budget) {
    long most = given.integer("maxsplit", -1);
    if (!given.has("sep")) {
      return words(text, most, budget);
    }
    Text separator = separator(given.text("sep"));
    List<Object> pieces = new ArrayList<>();
    int from = 0;
    for (int at; most < 0 || pieces.size() < most; from = at + separator.length()) {
      at = budget.find(text.string(), separator.string(), from);
      if (at < 0) {
        break;
      }
      add(pieces, text.sub(from, at), budget);
    }
    add(pieces, text.from(from), budget);
    return pieces;
  }

  private static Text separator(Text separator) {
    if (separator.isEmpty()) {
      throw TemplateException.broken("empty separator");
    }
    return separator;
  }

  private static void add(List<Object> pieces, Text piece, Budget budget) {
    budget.take(8 + piece.length());
    pieces.add(piece);
  }

  private static List<Object> words(Text text, long most, Budget budget) {
    List<Object> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && Python.isSpace(text.string().charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return words;
      }
      if (most >= 0 && words.size() == most) {
        add(words, stripRight(text.from(at), null), budget);
        return words;
      }
      int begin = at;
      while (at < text.length() && !Python.isSpace(text.string().charAt(at))) {
        at++;
      }
      add(words, text.sub(begin, at), budget);
    }
  }

  static List<Object> splitRight(Text text, Bound given, Budget budget) {
    long most = given.integer("maxsplit", -1);
    if (most < 0) {
      return split(text, given, budget);
    }
    List<Object> pieces = new ArrayList<>();
    int end = text.length();
    if (given.has("sep")) {
      Text separator = separator(given.text("sep"));
      while (pieces.size() < most) {
        int at = findLast(text.sub(0, end), separator, budget);
        if (at < 0) {
          break;
        }
        add(pieces, text.sub(at + separator.length(), end), budget);
        end = at;
      }
      add(pieces, text.sub(0, end), budget);
    } else {
      Text rest = stripRight(text, null);
      while (pieces.size() < most && !rest.isEmpty()) {
        int begin = rest.length();
        while (begin > 0 && !Python.isSpace(rest.string().charAt(begin - 1))) {
          begin--;
        }
        add(pieces, rest.from(begin), budget);
        rest = stripRight(rest.sub(0, begin), null);
      }
      if (!stripLeft(rest, null).isEmpty()) {
        add(pieces, stripLeft(rest, null), budget);
      }
    }
    Collections.reverse(pieces);
    return pieces;
  }

  /** At Python's line ends, with or without them. */
  static List<Object> lines(Text text, boolean keepsEnds, Budget budget) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = from;
      while (end < text.length() && !endsLine(text.string().charAt(end))) {
        end++;
      }
      int next = Math.min(text.length(), end + 1);
      if (text.string().startsWith("\r\n", end)) {
        next++;
      }
      add(lines, text.sub(from, keepsEnds ? next : end), budget);
      from = next;
    }
    return lines;
  }

  private static boolean endsLine(char c) {
    return c >= '\n' && c <= '\r'
        || c >= '\u001C' && c <= '\u001E'
        || c == '\u0085'
        || c == '\u2028'
        || c == '\u2029';
  }

  static Tuple part(Text text, Text separator, Budget budget) {
    int at = find(text, separator(separator), budget);
    return at < 0
        ? Tuple.of(text, Text.EMPTY, Text.EMPTY)
        : Tuple.of(
            text.sub(0, at),
            text.sub(at, at + separator.length()),
            text.from(at + separator.length()));
  }

  static Tuple partRight(Text text, Text separator, Budget budget) {
    int at = findLast(text, separator(separator), budget);
    return at < 0
        ? Tuple.of(Text.EMPTY, Text.EMPTY, text)
        : Tuple.of(
            text.sub(0, at),
            text.sub(at, at + separator.length()),
            text.from(at + separator.length()));
  }

  static int find(Text text, Text sought, Budget budget) {
    return budget.find(text.string(), sought.string(), 0);
  }

  static int findLast(Text text, Text sought, Budget budget) {
    int last = -1;
    for (int at = 0; ; at = last + 1) {
      int next = at > text.length() ? -1 : budget.find(text.string(), sought.string(), at);
      if (next < 0) {
        return last;
      }
      last = next;
    }
  }

  static long count(Text text, Text sought, Budget budget) {
    if (sought.isEmpty()) {
      return Values.length(text, budget) + 1;
    }
    long count = 0;
    for (int at = 0; (at = budget.find(text.string(), sought.string(), at)) >= 0; ) {
      count++;
      at += sought.length();
    }
    return count;
  }

  /**
   * @param most how often; -1 for always
   */
  static Text replace(Text text, Text old, Text by, long most, Budget budget) {
    Writing out = new Writing(budget);
    int from = 0;
    long done = 0;
    while (most < 0 || done < most) {
      // An empty text is found before every character and at the end.
      int sought = old.isEmpty() && done > 0 ? after(text, from) : from;
      int at = sought > text.length() ? -1 : budget.find(text.string(), old.string(), sought);
      if (at < 0) {
        break;
      }
      out.add(text.sub(from, at)).add(by);
      from = at + old.length();
      done++;
    }
    return out.add(text.from(from)).text();
  }

  private static int after(Text text, int place) {
    return place < text.length() ? text.string().offsetByCodePoints(place, 1) : text.length() + 1;
  }
}
