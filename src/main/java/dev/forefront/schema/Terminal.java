package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/** A part of a text that is read byte by byte, and how far that has come. Compared by value. */
interface Terminal extends Item {

  /** After one more byte; null where that byte cannot be. */
  @Nullable Terminal step(int unsignedByte);

  /** Whether it may end here. */
  boolean accepts();

  /** Whether it may go on. */
  boolean goesOn();

  /** What follows its end before all else. */
  default Item then() {
    return Series.EMPTY;
  }

  /** As in {@link dev.forefront.conversation.Form.State#plainCharacters}. */
  default int plainCharacters() {
    return 0;
  }

  /** As in {@link dev.forefront.conversation.Form.State#plainBytes}. */
  default int plainBytes() {
    return 0;
  }

  @Override
  default int height() {
    return 0;
  }

  @Override
  default void expand(int depth, @Nullable Stack below, Closure into) {
    into.read(this, depth, below);
  }
}
