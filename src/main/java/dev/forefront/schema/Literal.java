package dev.forefront.schema;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of some given texts.
 *
 * @param from first of those that begin as was read
 * @param to one past the last
 * @param at bytes read
 */
record Literal(Texts texts, int from, int to, int at) implements Terminal {
  static final Literal TRUE = of("true");
  static final Literal FALSE = of("false");
  static final Literal NULL = of("null");
  static final Literal COMMA = of(",");
  static final Literal COLON = of(":");
  static final Literal QUOTE = of("\"");
  static final Literal BEGIN_OBJECT = of("{");
  static final Literal END_OBJECT = of("}");
  static final Literal BEGIN_LIST = of("[");
  static final Literal END_LIST = of("]");

  /** Sorted texts, compared by identity. */
  static final class Texts {
    private final byte[][] sorted;

    private Texts(byte[][] sorted) {
      this.sorted = sorted;
    }
  }

  static Literal of(String text) {
    return of(List.of(text));
  }

  /**
   * @param texts at least one, none empty
   */
  static Literal of(Collection<String> texts) {
    byte[][] sorted =
        texts.stream()
            .distinct()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .sorted(Arrays::compareUnsigned)
            .toArray(byte[][]::new);
    return new Literal(new Texts(sorted), 0, sorted.length, 0);
  }

  @Override
  public @Nullable Terminal step(int unsignedByte) {
    int first = from;
    while (first < to && at(first) < unsignedByte) {
      first++;
    }
    int last = first;
    while (last < to && at(last) == unsignedByte) {
      last++;
    }
    return first == last ? null : new Literal(texts, first, last, at + 1);
  }

  /** The next byte of a text; less than any where it has ended. */
  private int at(int text) {
    byte[] bytes = texts.sorted[text];
    return at < bytes.length ? bytes[at] & 0xff : -1;
  }

  @Override
  public boolean accepts() {
    return texts.sorted[from].length == at;
  }

  @Override
  public boolean goesOn() {
    return texts.sorted[to - 1].length > at;
  }
}
