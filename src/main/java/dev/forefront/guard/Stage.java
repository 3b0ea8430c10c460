package dev.forefront.guard;

import java.util.List;

/**
 * One way of looking at text. A stage is immutable and shared; its readers carry the state of one
 * text. Whatever a stage does wrong (throws, hangs, answers NaN) blocks the text.
 */
public interface Stage {

  /** The name that verdicts carry. */
  String name();

  Reader open(Side side);

  /** Reads one text word by word. Never called concurrently. */
  interface Reader {

    void word(Word word);

    /** What has been seen so far; empty where nothing was. */
    List<Signal> signals();

    /** A message has ended; the next one belongs to the same conversation. */
    default void pause() {}

    /** The text has ended: nothing will come that could change the meaning of the last words. */
    default void finish() {}

    /** Whether everything read has been judged; text is held back as long as this is false. */
    default boolean settled() {
      return true;
    }
  }
}
