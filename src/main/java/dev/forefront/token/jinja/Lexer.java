package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template to tokens. White space is treated as with {@code trim_blocks} and {@code
 * lstrip_blocks}, for so the hubs render: the line end after a block goes, and the spaces before a
 * block that begins its line; a minus strips all on its side, a plus nothing.
 */
final class Lexer {
  private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%}");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}]*");
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private static final int LONGEST_NUMBER = 64;

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;
  private boolean lineBegins = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    return new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source)
        .all();
  }

  private List<Token> all() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(at));
        at = source.length();
        break;
      }
      Matcher raw = RAW.matcher(source).region(tag, source.length());
      if (raw.lookingAt()) {
        raw(tag, raw);
        continue;
      }
      char kind = source.charAt(tag + 1);
      String sign = sign(tag + 2);
      data(stripped(source.substring(at, tag), sign, kind == '{'));
      at = tag + 2 + sign.length();
      switch (kind) {
        case '#' -> comment();
        case '{' -> inside(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        default -> inside(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
      }
    }
    add(Kind.END, "");
    return tokens;
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private String sign(int place) {
    return place < source.length() && "+-".indexOf(source.charAt(place)) >= 0
        ? source.substring(place, place + 1)
        : "";
  }

  /** The text before a tag, less what the tag takes from it. */
  private String stripped(String text, String sign, boolean prints) {
    if (sign.equals("-")) {
      return Python.stripRight(text);
    }
    int begin = text.lastIndexOf('\n') + 1;
    boolean alone =
        !sign.equals("+")
            && !prints
            && (begin > 0 || lineBegins)
            && Python.isBlank(text.substring(begin));
    return alone ? text.substring(0, begin) : text;
  }

  private void raw(int tag, Matcher begin) {
    data(stripped(source.substring(at, tag), group(begin, 1), false));
    at = begin.end();
    if (group(begin, 2).equals("-")) {
      skipBlanks();
    }
    lineBegins = source.charAt(at - 1) == '\n';
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw TemplateException.brokenAt(line(), "the end of a raw block is missing");
    }
    data(stripped(source.substring(at, end.start()), group(end, 1), false));
    at = end.end();
    tagEnds(group(end, 2));
  }

  private static String group(Matcher matcher, int number) {
    String group = matcher.group(number);
    return group == null ? "" : group;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw TemplateException.brokenAt(line(), "the end of a comment is missing");
    }
    String sign = end > at ? sign(end - 1) : "";
    at = end + 2;
    tagEnds(sign);
  }

  /** After the end of a block or a comment. */
  private void tagEnds(String sign) {
    if (sign.equals("-")) {
      skipBlanks();
    } else if (sign.isEmpty() && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineBegins = source.charAt(at - 1) == '\n';
  }

  private void skipBlanks() {
    while (at < source.length() && Python.isSpace(source.charAt(at))) {
      at++;
    }
  }

  private void inside(Kind begin, Kind end, String mark) {
    add(begin, mark);
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      skipBlanks();
      if (at >= source.length()) {
        add(Kind.END, "");
        throw TemplateException.brokenAt(line(), "the end of a tag, %s, is missing", mark);
      }
      if (open.isEmpty() && ends(end, mark)) {
        return;
      }
      one(open);
    }
  }

  private boolean ends(Kind end, String mark) {
    boolean block = end == Kind.BLOCK_END;
    char first = source.charAt(at);
    String sign = first == '-' || first == '+' && block ? sign(at) : "";
    if (!source.startsWith(mark, at + sign.length())) {
      return false;
    }
    add(end, mark);
    at += sign.length() + 2;
    if (block) {
      tagEnds(sign);
    } else {
      if (sign.equals("-")) {
        skipBlanks();
      }
      lineBegins = source.charAt(at - 1) == '\n';
    }
    return true;
  }

  private void one(Deque<Character> open) {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      quoted(c);
    } else if (!(take(Kind.FLOAT, FLOAT) || take(Kind.INTEGER, INTEGER) || take(Kind.NAME, NAME))) {
      String operator =
          OPERATORS.stream()
              .filter(one -> source.startsWith(one, at))
              .findFirst()
              .orElseThrow(
                  () -> TemplateException.brokenAt(line(), "unexpected character '%s'", c));
      balance(open, c);
      add(Kind.OPERATOR, operator);
      at += operator.length();
    }
  }

  private void balance(Deque<Character> open, char c) {
    switch (c) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty() || open.pop() != c) {
          throw TemplateException.brokenAt(line(), "unexpected '%s'", c);
        }
      }
      default -> {}
    }
  }

  private boolean take(Kind kind, Pattern pattern) {
    if (kind == Kind.FLOAT && at > 0 && source.charAt(at - 1) == '.') {
      return false;
    }
    int end = kind == Kind.NAME ? source.length() : Math.min(source.length(), at + LONGEST_NUMBER);
    Matcher matcher = pattern.matcher(source).region(at, end);
    if (!matcher.lookingAt()) {
      return false;
    }
    add(kind, source.substring(at, matcher.end()));
    at = matcher.end();
    return true;
  }

  private void quoted(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw TemplateException.brokenAt(line(), "the text that %s begins has no end", quote);
    }
    add(Kind.TEXT, Python.unescaped(source.substring(at + 1, end)));
    at = end + 1;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text);
    }
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line()));
  }

  private int line() {
    for (; counted < Math.min(at, source.length()); counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}
