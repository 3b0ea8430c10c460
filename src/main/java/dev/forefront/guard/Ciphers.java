package dev.forefront.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Ciphers without a key worth the name: letters moved in the alphabet, mirrored, or written
 * backwards. All are tried on each run of words that are none, and one is believed only where it
 * makes words of most letters, or a text in one of the {@link Bases}.
 */
final class Ciphers {

  private static final int LEAST_LETTERS = 4;
  private static final int BREAKS_RUN = 4;
  private static final int LEAST_ENCODED = 14;

  private record Cipher(String layer, UnaryOperator<String> undo) {}

  private static final List<Cipher> ALL = all();

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
      String run = passage.substring(from, end);
      Decoded read = read(run);
      if (read != null) {
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

  /** Where the next chunk begins that is no ordinary word, or -1. */
  private static int nextRun(String passage, int from) {
    int at = from;
    int codes = -1;
    while (at < passage.length()) {
      int start = skipSpace(passage, at);
      int end = chunkEnd(passage, start);
      if (start == end) {
        return -1;
      }
      int odd = Chunks.odd(passage, start, end);
      if (odd > 0) {
        return codes >= 0 ? codes : start;
      }
      codes = odd == 0 ? -1 : codes >= 0 ? codes : start;
      at = end;
    }
    return -1;
  }

  /** The end of the last odd chunk before an ordinary word that is not short. */
  private static int endRun(String passage, int from) {
    int end = chunkEnd(passage, from);
    int at = end;
    while (at < passage.length()) {
      int start = skipSpace(passage, at);
      at = chunkEnd(passage, start);
      int odd = start == at ? 0 : Chunks.odd(passage, start, at);
      if (odd != 0) {
        end = at;
      } else if (at - start >= BREAKS_RUN) {
        break;
      }
    }
    return end;
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

  private static @Nullable Decoded read(String run) {
    Evidence plain = Evidence.of(run);
    Decoded best = null;
    int most = plain.bits();
    for (Cipher cipher : ALL) {
      String text = cipher.undo().apply(run);
      Evidence read = Evidence.of(text);
      if (read.letters() >= LEAST_LETTERS && read.convinces() && read.bits() > most) {
        most = read.bits();
        best = new Decoded(cipher.layer(), text);
      }
    }
    return best == null ? encoded(run) : best;
  }

  /** Whether a cipher was laid over one of the bases. */
  private static @Nullable Decoded encoded(String run) {
    for (String chunk : run.split("\\s+")) {
      String bare = trim(chunk);
      if (bare.length() >= LEAST_ENCODED && !Bases.decodes(bare)) {
        for (Cipher cipher : ALL) {
          if (Bases.decodes(trim(cipher.undo().apply(chunk)))) {
            return new Decoded(cipher.layer(), cipher.undo().apply(run));
          }
        }
      }
    }
    return null;
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
