package dev.forefront.guard;

/**
 * A word as the stages read it: lower case, compatibility forms and look-alike letters folded,
 * marks and invisible characters gone.
 *
 * @param text letters and digits only; never empty
 * @param position counts words; the end of a sentence counts as {@link Scanner#SENTENCE_GAP} more
 * @param reading how the text was read to find this word
 */
public record Word(String text, int position, Reading reading) {

  /** Ways to read the same text. */
  public enum Reading {
    /** As it stands. */
    PLAIN,
    /** Figures and signs read as letters, or a stretched word shortened; beside the plain word. */
    RESPELLED,
    /** Letters written apart, put together; may hold several words without spaces. */
    JOINED,
    /** Decoded from base64, hexadecimal, or characters that are not shown. */
    DECODED,
    /** Each letter moved by thirteen places. */
    ROT13
  }
}
