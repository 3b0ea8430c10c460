package dev.forefront.data;

/**
 * One of equal parts of every batch: its rows {@code index}, {@code index + of}, and so on.
 *
 * @param index from 0
 * @param of parts
 */
public record Part(int index, int of) {
  /** The whole batch. */
  public static final Part ALL = new Part(0, 1);

  public Part {
    if (index < 0 || index >= of) {
      throw new IllegalArgumentException("there is no part %d of %d".formatted(index, of));
    }
  }

  /** Rows of a batch of so many. */
  int rows(int all) {
    return (all - index + of - 1) / of;
  }
}
