package dev.forefront.guard;

import java.util.List;
import java.util.Objects;

/** What the guard says about a text. There is no third answer: no verdict means no. */
public sealed interface Verdict {

  /**
   * The text may pass.
   *
   * @param from first byte of the text that this verdict covers, in UTF-8
   * @param to one past the last byte; {@code from == to} covers nothing
   */
  record Allow(long from, long to) implements Verdict {
    public Allow {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("no byte range: " + from + " to " + to);
      }
    }
  }

  /**
   * The text may not pass, and nothing after it.
   *
   * @param category the hazard seen; {@link Hazard#UNKNOWN} where the guard failed
   * @param stage which stage saw it; {@link #FAILURE} where the guard threw, hung or answered
   *     nonsense
   * @param score the stage's score in 0..1; 1 for failures
   * @param explanation one sentence for the record, without the text itself
   * @param layers the encodings under which it was seen, the outermost first; empty for plain text
   */
  record Block(Hazard category, String stage, double score, String explanation, List<String> layers)
      implements Verdict {
    public Block {
      Objects.requireNonNull(category, "a block names a hazard");
      Objects.requireNonNull(stage, "a block names a stage");
      Objects.requireNonNull(explanation, "a block explains itself");
      layers = List.copyOf(layers);
    }

    /** A block of text as it stands. */
    public Block(Hazard category, String stage, double score, String explanation) {
      this(category, stage, score, explanation, List.of());
    }
  }

  /** The stage's name in a block that stands for a guard that did not answer. */
  String FAILURE = "failure";
}
