package dev.forefront.guard;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Single characters written as escapes inside of plain text: URLs, HTML, mail, source code. */
final class Escapes {

  private static final Map<String, Integer> NAMED =
      Map.ofEntries(
          Map.entry("amp", (int) '&'),
          Map.entry("lt", (int) '<'),
          Map.entry("gt", (int) '>'),
          Map.entry("quot", (int) '"'),
          Map.entry("apos", (int) '\''),
          Map.entry("nbsp", (int) ' '),
          Map.entry("period", (int) '.'),
          Map.entry("comma", (int) ','),
          Map.entry("excl", (int) '!'),
          Map.entry("quest", (int) '?'),
          Map.entry("shy", 0xAD),
          Map.entry("zwnj", 0x200C),
          Map.entry("zwj", 0x200D));

  // RFC 2047: =?charset?B or Q?text?=
  private static final Pattern ENCODED_WORD =
      Pattern.compile("=\\?[\\w-]{1,20}\\?([BbQq])\\?([^?\\s]{1,2000})\\?=(?:\\s+(?==\\?))?");

  private static final int LEAST_QUOTED = 6;

  private Escapes() {}

  /** Reads one escape, or leaves the reader where it is. */
  private interface Escape {
    void read(Reader at);
  }

  private static final class Reader {
    final String passage;
    final StringBuilder out = new StringBuilder();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at;
    int found;

    Reader(String passage) {
      this.passage = passage;
    }

    char peek(int ahead) {
      return at + ahead < passage.length() ? passage.charAt(at + ahead) : '\0';
    }

    /**
     * The number of up to {@code most} figures from {@code ahead} on, or -1 where there is none.
     */
    int number(int ahead, int least, int most, int radix) {
      int value = 0;
      int length = 0;
      while (length < most && Character.digit(peek(ahead + length), radix) >= 0) {
        value = value * radix + Character.digit(peek(ahead + length), radix);
        length++;
      }
      end = at + ahead + length;
      return length < least ? -1 : value;
    }

    int end;

    void takeByte(int value) {
      bytes.write(value);
      found++;
      at = end;
    }

    void takeCodePoint(int value) {
      flush();
      if (Character.isValidCodePoint(value)) {
        out.appendCodePoint(value);
      }
      found++;
      at = end;
    }

    void flush() {
      out.append(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
    }
  }

  private static @Nullable String unescape(String passage, char sign, Escape escape) {
    if (passage.indexOf(sign) < 0) {
      return null;
    }
    Reader reader = new Reader(passage);
    while (reader.at < passage.length()) {
      int before = reader.at;
      if (reader.peek(0) == sign) {
        escape.read(reader);
      }
      if (reader.at == before) {
        reader.flush();
        reader.out.append(reader.peek(0));
        reader.at++;
      }
    }
    reader.flush();
    return reader.found == 0 ? null : reader.out.toString();
  }

  private static void tell(String layer, @Nullable String text, Consumer<Decoded> to) {
    if (text != null) {
      to.accept(new Decoded(layer, text));
    }
  }

  static void url(String passage, Consumer<Decoded> to) {
    String text =
        unescape(
            passage,
            '%',
            at -> {
              int value = at.number(1, 2, 2, 16);
              if (value >= 0) {
                at.takeByte(value);
              }
            });
    tell("url", text == null ? null : text.replace('+', ' '), to);
  }

  static void html(String passage, Consumer<Decoded> to) {
    tell("html", unescape(passage, '&', Escapes::entity), to);
  }

  private static void entity(Reader at) {
    int value;
    if (at.peek(1) == '#') {
      boolean hex = (at.peek(2) | 0x20) == 'x';
      value = hex ? at.number(3, 1, 6, 16) : at.number(2, 1, 7, 10);
    } else {
      int length = 1;
      while (length < 8 && Chunks.isLetter(at.peek(length))) {
        length++;
      }
      value = NAMED.getOrDefault(at.passage.substring(at.at + 1, at.at + length), -1);
      at.end = at.at + length;
    }
    if (value >= 0) {
      at.end += at.end < at.passage.length() && at.passage.charAt(at.end) == ';' ? 1 : 0;
      at.takeCodePoint(value);
    }
  }

  static void quotedPrintable(String passage, Consumer<Decoded> to) {
    String text = unescape(passage, '=', Escapes::quoted);
    // An equals sign before a figure is more often an equation.
    boolean likely =
        text != null
            && (passage.length() - text.length() >= LEAST_QUOTED
                || Evidence.of(text).bits() > Evidence.of(passage).bits());
    tell("quoted-printable", likely ? text : null, to);
  }

  private static void quoted(Reader at) {
    if (at.peek(1) == '\n' || at.peek(1) == '\r' && at.peek(2) == '\n') {
      // A soft line break belongs to no text, and is none by itself.
      at.at += at.peek(1) == '\n' ? 2 : 3;
      return;
    }
    int value = at.number(1, 2, 2, 16);
    if (value >= 0) {
      at.takeByte(value);
    }
  }

  static void encodedWords(String passage, Consumer<Decoded> to) {
    if (!passage.contains("=?")) {
      return;
    }
    Matcher words = ENCODED_WORD.matcher(passage);
    StringBuilder out = new StringBuilder();
    boolean found = false;
    while (words.find()) {
      words.appendReplacement(out, Matcher.quoteReplacement(word(words.group(1), words.group(2))));
      found = true;
    }
    tell("encoded-word", found ? words.appendTail(out).toString() : null, to);
  }

  private static String word(String kind, String text) {
    if (kind.equalsIgnoreCase("Q")) {
      String spaced = text.replace('_', ' ');
      String read = unescape(spaced, '=', Escapes::quoted);
      return read == null ? spaced : read;
    }
    try {
      return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException cut) {
      return text;
    }
  }

  static void backslash(String passage, Consumer<Decoded> to) {
    tell("escape", unescape(passage, '\\', Escapes::backslash), to);
  }

  private static void backslash(Reader at) {
    switch (at.peek(1)) {
      // Two words, where the letter would otherwise begin the second.
      case 'n', 'r', 't' -> {
        at.end = at.at + 2;
        at.takeByte(' ');
      }
      case 'x' -> {
        int value = at.number(2, 2, 2, 16);
        if (value >= 0) {
          at.takeByte(value);
        }
      }
      case 'u', 'U' -> {
        boolean braced = at.peek(2) == '{';
        int value =
            braced ? at.number(3, 1, 6, 16) : at.number(2, 4, at.peek(1) == 'u' ? 4 : 8, 16);
        if (value >= 0) {
          at.end += braced ? 1 : 0;
          at.takeCodePoint(value);
        }
      }
      default -> {
        int value = at.number(1, 2, 3, 8);
        if (value >= 0 && value < 256) {
          at.takeByte(value);
        }
      }
    }
  }
}
