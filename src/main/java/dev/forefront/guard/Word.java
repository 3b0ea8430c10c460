package dev.forefront.guard;

import java.util.List;

/**
 * A word as the stages read it: lower case, compatibility forms and look-alike letters folded,
 * marks and invisible characters gone.
 *
 * @param text letters and digits only; never empty
 * @param position counts words among those with as many layers; the end of a sentence counts as
 *     {@link Scanner#SENTENCE_GAP} more
 * @param reading how the text was read to find this word
 * @param layers the encodings that were taken off, the outermost first; empty for text as it stands
 */
public record Word(String text, int position, Reading reading, List<String> layers) {

  public Word {
    layers = List.copyOf(layers);
  }

  /** A word of text as it stands. */
  public Word(String text, int position, Reading reading) {
    this(text, position, reading, List.of());
  }

  /** Ways to read the same text. */
  public enum Reading {
    /** As it stands. */
    PLAIN,
    /** Figures and signs read as letters, or a stretched word shortened; beside the plain word. */
    RESPELLED,
    /**
     * Decoded: the words of one decoded passage come after one another, its plain surroundings
     * among them, and before the next word with fewer layers.
     */
    DECODED
  }
}
