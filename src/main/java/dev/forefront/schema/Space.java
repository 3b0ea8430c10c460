package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/**
 * Nothing, a space, or a new line and how far the next one is set in: enough to write as people do,
 * and not enough to write space forever.
 *
 * @param left how many more may follow; -1 before the first
 */
record Space(int left) implements Terminal {
  static final Space ANY = new Space(-1);

  private static final int INDENTED = 40;

  @Override
  public @Nullable Terminal step(int unsignedByte) {
    if (left < 0) {
      return unsignedByte == '\n' ? new Space(INDENTED) : unsignedByte == ' ' ? new Space(0) : null;
    }
    return left > 0 && (unsignedByte == ' ' || unsignedByte == '\t') ? new Space(left - 1) : null;
  }

  @Override
  public boolean accepts() {
    return true;
  }

  @Override
  public boolean goesOn() {
    return left != 0;
  }
}
