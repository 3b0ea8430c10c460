package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a regular expression of ECMA-262, as JSON Schema wants it, as far as a finite automaton can
 * follow it. Where dialects differ in what a class holds, what all of them agree on is taken.
 */
final class RegexParser {
  private static final int LONGEST = 1_000;
  private static final int DEEPEST = 50;
  private static final int MOST_TIMES = 1_000;
  private static final String PLAIN_ESCAPES = "^$\\.*+?()[]{}|/-\"'#&,:;<=>@_`~!% ";
  private static final Regex ANYTHING =
      new Regex.Repeated(new Regex.One(CharacterSet.EVERY), 0, Regex.ENDLESS);

  private final String text;
  private int at;
  private int depth;

  private RegexParser(String text) {
    this.text = text;
  }

  /**
   * @throws BadInputException naming what cannot be followed
   */
  static Regex parse(String text) {
    if (text.length() > LONGEST) {
      throw new BadInputException(
          "the pattern has %,d characters: at most %,d are read".formatted(text.length(), LONGEST));
    }
    return new RegexParser(text).whole();
  }

  /** A pattern matches anywhere in a text, unless it is anchored. */
  private Regex whole() {
    List<Regex> ways = new ArrayList<>();
    do {
      List<Regex> parts = new ArrayList<>();
      if (!take('^')) {
        parts.add(ANYTHING);
      }
      parts.add(sequence());
      if (!take('$')) {
        parts.add(ANYTHING);
      }
      ways.add(new Regex.All(parts));
    } while (take('|'));
    if (at < text.length()) {
      throw wrong(text.charAt(at) == ')' ? "a ) too many" : "^ and $ may stand at its ends alone");
    }
    return new Regex.Any(ways);
  }

  private Regex group() {
    if (++depth > DEEPEST) {
      throw wrong("more than %d groups within one another".formatted(DEEPEST));
    }
    List<Regex> ways = new ArrayList<>();
    do {
      ways.add(sequence());
    } while (take('|'));
    if (!take(')')) {
      throw wrong(at < text.length() ? "^ and $ may stand at its ends alone" : "a ) is missing");
    }
    depth--;
    return new Regex.Any(ways);
  }

  private Regex sequence() {
    List<Regex> parts = new ArrayList<>();
    while (at < text.length() && "|)^$".indexOf(text.charAt(at)) < 0) {
      parts.add(quantified(atom()));
    }
    return new Regex.All(parts);
  }

  private Regex atom() {
    char c = text.charAt(at);
    switch (c) {
      case '(' -> {
        at++;
        if (take('?') && !take(':')) {
          if (!text.startsWith("<", at) || text.startsWith("<=", at) || text.startsWith("<!", at)) {
            throw wrong("looking ahead or behind is not supported");
          }
          at = text.indexOf('>', at) + 1;
          if (at == 0) {
            throw wrong("a name without its end");
          }
        }
        return group();
      }
      case '[' -> {
        at++;
        return new Regex.One(set());
      }
      case '.' -> {
        at++;
        return new Regex.One(CharacterSet.ANY_LINE_END.complement());
      }
      case '\\' -> {
        at++;
        CharacterSet sure = shorthand(Bound.SURE);
        return new Regex.One(sure == null ? single(escaped()) : sure);
      }
      case '*', '+', '?', '{', '}', ']' -> throw wrong("a " + c + " that repeats or ends nothing");
      default -> {
        return new Regex.One(single(character()));
      }
    }
  }

  private static CharacterSet single(int character) {
    return CharacterSet.of(character, character);
  }

  private int character() {
    int character = text.codePointAt(at);
    at += Character.charCount(character);
    return character;
  }

  private Regex quantified(Regex part) {
    int least;
    int most;
    if (take('*')) {
      least = 0;
      most = Regex.ENDLESS;
    } else if (take('+')) {
      least = 1;
      most = Regex.ENDLESS;
    } else if (take('?')) {
      least = 0;
      most = 1;
    } else if (take('{')) {
      least = number();
      most = !take(',') ? least : text.startsWith("}", at) ? Regex.ENDLESS : number();
      if (!take('}') || most < least) {
        throw wrong("a { that does not say how often");
      }
    } else {
      return part;
    }
    // Lazy or not: it is the same set of texts.
    take('?');
    return new Regex.Repeated(part, least, most);
  }

  private int number() {
    int from = at;
    int number = 0;
    while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
      number = 10 * number + Character.digit(text.charAt(at++), 10);
      if (number > MOST_TIMES) {
        throw wrong("more than %,d repetitions".formatted(MOST_TIMES));
      }
    }
    if (at == from) {
      throw wrong("a { that does not say how often");
    }
    return number;
  }

  private CharacterSet set() {
    boolean negated = take('^');
    // What a negated set may hold at most is what the set holds at least.
    Bound bound = negated ? Bound.ANY : Bound.SURE;
    CharacterSet set = new CharacterSet(List.of());
    while (!take(']')) {
      if (at == text.length()) {
        throw wrong("a ] is missing");
      }
      boolean escape = take('\\');
      CharacterSet some = escape ? shorthand(bound) : null;
      if (some != null) {
        set = set.plus(some);
        continue;
      }
      int from = escape ? inSet() : character();
      int to = from;
      if (text.startsWith("-", at) && !text.startsWith("-]", at)) {
        at++;
        if (at == text.length()) {
          throw wrong("a ] is missing");
        }
        to = take('\\') ? inSet() : character();
      }
      if (to < from) {
        throw wrong("a range that ends before it begins");
      }
      set = set.plus(CharacterSet.of(from, to));
    }
    return negated ? set.complement() : set;
  }

  private int inSet() {
    return take('b') ? '\b' : escaped();
  }

  /** Which characters a class has where dialects differ. */
  private enum Bound {
    /** What all dialects say. */
    SURE,
    /** What any says. */
    ANY
  }

  /** A class such as {@code \d}; null where what follows the backslash is none. */
  private @Nullable CharacterSet shorthand(Bound bound) {
    boolean sure = bound == Bound.SURE;
    CharacterSet set =
        switch (at < text.length() ? text.charAt(at) : ' ') {
          case 'd' -> CharacterSet.DIGITS;
          case 'D' -> CharacterSet.DIGITS.complement();
          case 'w' -> CharacterSet.WORD;
          case 'W' -> CharacterSet.WORD.complement();
          case 's' -> sure ? CharacterSet.SPACE : CharacterSet.ANY_SPACE;
          case 'S' -> (sure ? CharacterSet.ANY_SPACE : CharacterSet.SPACE).complement();
          default -> null;
        };
    at += set == null ? 0 : 1;
    return set;
  }

  /** The character that an escape stands for, after its backslash. */
  private int escaped() {
    if (at == text.length()) {
      throw wrong("a \\ at its end");
    }
    char c = text.charAt(at++);
    return switch (c) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      case '0' -> 0;
      case 'x' -> hex(2);
      case 'u' -> unicode();
      default -> {
        if (PLAIN_ESCAPES.indexOf(c) < 0) {
          throw wrong("\\%s is not supported".formatted(c));
        }
        yield c;
      }
    };
  }

  private int unicode() {
    if (take('{')) {
      int end = text.indexOf('}', at);
      int character = end < 0 || end - at > 6 ? -1 : hex(end - at);
      if (!take('}') || character > Character.MAX_CODE_POINT) {
        throw wrong("a \\u that names no character");
      }
      return character;
    }
    int unit = hex(4);
    if (Character.isHighSurrogate((char) unit) && text.startsWith("\\u", at)) {
      at += 2;
      int low = hex(4);
      if (Character.isLowSurrogate((char) low)) {
        return Character.toCodePoint((char) unit, (char) low);
      }
      throw wrong("half of a character");
    }
    return unit;
  }

  private int hex(int digits) {
    try {
      String read = text.substring(at, at + digits);
      if (!read.matches("[0-9A-Fa-f]+")) {
        throw wrong("an escape without its digits");
      }
      at += digits;
      return Integer.parseInt(read, 16);
    } catch (IndexOutOfBoundsException e) {
      throw wrong("an escape without its digits");
    }
  }

  private boolean take(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private BadInputException wrong(String what) {
    return new BadInputException(
        "the pattern %s cannot be followed, at character %d: %s".formatted(text, at + 1, what));
  }
}
