package dev.forefront.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Ciphers without a key worth the name: letters moved in the alphabet, mirrored, or written
 * backwards. All are tried on each run of words that are none, and one is believed only where it
 * makes words of most letters, or a text in one of the {@link Bases}.
 */
final class Ciphers {

  private static final int LEAST_LETTERS = 5;
  private static final int BREAKS_RUN = 4;
  private static final int LEAST_ENCODED = 14;
  private static final int MOST_ENCODED = 3;

  private record Cipher(String layer, UnaryOperator<String> undo) {}

  private static final List<Cipher> ALL = all();
  private static final int WITHOUT_SHIFTS = 6;

  /** What may lie below a cipher and is seen to be right by the words that come out. */
  private static final List<Decoder> STRUCTURED =
      List.of(
          Escapes::url,
          Escapes::html,
          Escapes::backslash,
          Codes::binary,
          Codes::decimal,
          Codes::octal,
          Alphabets::morse,
          Bases85::ascii85,
          Bases85::base85);

  private Ciphers() {}

  private static List<Cipher> all() {
    List<Cipher> all = new ArrayList<>();
    all.add(new Cipher("rot13", text -> shift(text, 13)));
    all.add(new Cipher("reversed", text -> new StringBuilder(text).reverse().toString()));
    all.add(new Cipher("reversed-words", Ciphers::wordsBackwards));
    all.add(new Cipher("atbash", Ciphers::mirror));
    all.add(new Cipher("rot47", Ciphers::rot47));
    all.add(new Cipher("upside-down", Ciphers::turn));
    for (int by = 1; by < 26; by++) {
      if (by != 13) {
        int back = by;
        all.add(new Cipher("caesar", text -> shift(text, back)));
      }
    }
    return List.copyOf(all);
  }

  static void letters(String passage, Consumer<Decoded> to) {
    Map<String, StringBuilder> out = new LinkedHashMap<>();
    Map<String, Integer> copied = new LinkedHashMap<>();
    int at = 0;
    while (at < passage.length()) {
      int from = nextRun(passage, at);
      if (from < 0) {
        break;
      }
      int end = endRun(passage, from);
      for (Decoded read : read(passage.substring(from, end))) {
        if (copied.getOrDefault(read.layer(), 0) > from) {
          continue; // Two shifts convince alike.
        }
        StringBuilder text = out.computeIfAbsent(read.layer(), layer -> new StringBuilder());
        text.append(passage, copied.getOrDefault(read.layer(), 0), from).append(read.text());
        copied.put(read.layer(), end);
      }
      at = end;
    }
    out.forEach(
        (layer, text) ->
            to.accept(
                new Decoded(
                    layer,
                    text.append(passage, copied.getOrDefault(layer, 0), passage.length())
                        .toString())));
  }

  /**
   * Where the next run of chunks begins that holds one which is no ordinary word, or -1. Short
   * words and codes belong to the run on either side, since short words come out of ciphers by
   * chance.
   */
  private static int nextRun(String passage, int from) {
    int at = from;
    int begun = -1;
    while (at < passage.length()) {
      int start = skipSpace(passage, at);
      int end = chunkEnd(passage, start);
      if (start == end) {
        return -1;
      }
      int odd = Chunks.odd(passage, start, end);
      if (odd > 0) {
        return begun >= 0 ? begun : start;
      }
      if (breaksRun(passage, start, end)) {
        begun = -1;
      } else if (begun < 0) {
        begun = start;
      }
      at = end;
    }
    return -1;
  }

  private static int endRun(String passage, int from) {
    int end = from;
    while (end < passage.length()) {
      int start = skipSpace(passage, end);
      int next = chunkEnd(passage, start);
      if (start == next || breaksRun(passage, start, next)) {
        break;
      }
      end = next;
    }
    return end;
  }

  /**
   * Whether a chunk is an ordinary word and nothing else: "live" among words that are written
   * backwards is one of them.
   */
  private static boolean breaksRun(String passage, int from, int to) {
    if (to - from < BREAKS_RUN || Chunks.odd(passage, from, to) != 0) {
      return false;
    }
    String word = passage.substring(from, to);
    return !isWord(new StringBuilder(word).reverse()) && !isWord(shift(word, 13));
  }

  private static boolean isWord(CharSequence chunk) {
    return Chunks.odd(chunk, 0, chunk.length()) == 0;
  }

  private static int skipSpace(String passage, int from) {
    int at = from;
    while (at < passage.length() && Character.isWhitespace(passage.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int chunkEnd(String passage, int from) {
    int at = from;
    while (at < passage.length() && !Character.isWhitespace(passage.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The most convincing readings: backwards, two orders of the words convince alike. */
  private static List<Decoded> read(String run) {
    if (run.length() < LEAST_LETTERS) {
      return List.of();
    }
    int most = Evidence.of(run).bits() + 1;
    List<Decoded> best = new ArrayList<>();
    for (Cipher cipher : ALL) {
      String text = cipher.undo().apply(run);
      Evidence read = Evidence.of(text);
      if (read.letters() >= LEAST_LETTERS && read.convinces() && read.bits() >= most) {
        if (read.bits() > most) {
          best.clear();
        }
        most = read.bits();
        best.add(new Decoded(cipher.layer(), text));
      }
    }
    return best.isEmpty() ? encoded(run) : best;
  }

  /** Whether a cipher was laid over another encoding. */
  private static List<Decoded> encoded(String run) {
    List<Decoded> found = new ArrayList<>();
    for (String chunk : run.split("\\s+")) {
      if (found.isEmpty() && trim(chunk).length() >= LEAST_ENCODED) {
        for (Cipher cipher : ALL) {
          if (found.size() < MOST_ENCODED && Bases.decodes(trim(cipher.undo().apply(chunk)))) {
            found.add(new Decoded(cipher.layer(), cipher.undo().apply(run)));
          }
        }
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    return hasFewLetters(run) ? structured(run) : List.of();
  }

  private static boolean hasFewLetters(String run) {
    int letters = 0;
    for (int at = 0; at < run.length(); at++) {
      letters += Chunks.isLetter(run.charAt(at)) ? 1 : 0;
    }
    return run.length() >= LEAST_ENCODED && letters * 3 < run.length() * 2;
  }

  private static List<Decoded> structured(String run) {
    for (Cipher cipher : ALL.subList(0, WITHOUT_SHIFTS)) {
      String text = cipher.undo().apply(run);
      boolean[] convinced = new boolean[1];
      for (Decoder decoder : STRUCTURED) {
        decoder.decode(text, below -> convinced[0] |= Evidence.of(below.text()).convinces());
      }
      if (convinced[0]) {
        return List.of(new Decoded(cipher.layer(), text));
      }
    }
    return List.of();
  }

  private static String trim(String chunk) {
    int from = 0;
    int to = chunk.length();
    while (from < to && !isBase(chunk.charAt(from))) {
      from++;
    }
    while (to > from && !isBase(chunk.charAt(to - 1))) {
      to--;
    }
    return chunk.substring(from, to);
  }

  private static boolean isBase(char c) {
    return Chunks.isLetter(c) || Chunks.isFigure(c) || c == '+' || c == '/';
  }

  private static String shift(String text, int by) {
    char[] moved = text.toCharArray();
    for (int at = 0; at < moved.length; at++) {
      char c = moved[at];
      if (Chunks.isLetter(c)) {
        int first = c & 0x20 | 'A';
        moved[at] = (char) (first + (c - first + by) % 26);
      }
    }
    return new String(moved);
  }

  private static String mirror(String text) {
    char[] moved = text.toCharArray();
    for (int at = 0; at < moved.length; at++) {
      char c = moved[at];
      if (Chunks.isLetter(c)) {
        int first = c & 0x20 | 'A';
        moved[at] = (char) (first + 25 - (c - first));
      }
    }
    return new String(moved);
  }

  private static String rot47(String text) {
    char[] moved = text.toCharArray();
    for (int at = 0; at < moved.length; at++) {
      char c = moved[at];
      moved[at] = c > 32 && c < 127 ? (char) (33 + (c - 33 + 47) % 94) : c;
    }
    return new String(moved);
  }

  private static String wordsBackwards(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
        end++;
      }
      out.append(new StringBuilder(text.substring(at, end)).reverse());
      if (end < text.length()) {
        out.append(text.charAt(end));
      }
      at = end + 1;
    }
    return out.toString();
  }

  /** Turned by half a circle: backwards, and letters that turn into one another. */
  private static String turn(String text) {
    StringBuilder turned = new StringBuilder(text).reverse();
    for (int at = 0; at < turned.length(); at++) {
      turned.setCharAt(
          at,
          switch (turned.charAt(at)) {
            case 'b' -> 'q';
            case 'q' -> 'b';
            case 'd' -> 'p';
            case 'p' -> 'd';
            case 'n' -> 'u';
            case 'u' -> 'n';
            default -> turned.charAt(at);
          });
    }
    return turned.toString();
  }
}
