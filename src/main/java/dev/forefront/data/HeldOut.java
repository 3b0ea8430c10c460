package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Texts that measure a model and that it must therefore never have read. A document is contaminated
 * where it shares a run of words with one of them (Brown et al. 2020, appendix C, uses 13).
 */
public final class HeldOut {
  /** Nothing is held out. */
  public static final HeldOut NONE = new HeldOut(List.of(), 13);

  /** A held-out text of fewer words is looked for as a whole message only. */
  private static final int SHORTEST_RUN = 4;

  private final TreeMap<Integer, Runs> runs = new TreeMap<>();
  private final LongSet wholeTexts = new LongSet();

  private record Runs(int length, long power, LongSet hashes) {}

  /**
   * @param texts prompts and answers of every held-out task
   * @param sharedWords words in a row that make a document contaminated, 4 to 100; a held-out text
   *     with fewer counts where it stands in a document as a whole
   */
  public HeldOut(Collection<String> texts, int sharedWords) {
    if (sharedWords < SHORTEST_RUN || sharedWords > 100) {
      throw new BadInputException(
          "decontaminate must be between %d and 100 words, not %d"
              .formatted(SHORTEST_RUN, sharedWords));
    }
    for (String text : texts) {
      Words words = Words.of(text);
      if (words.count() > 0) {
        wholeTexts.add(words.whole());
      }
      int length = Math.min(sharedWords, words.count());
      if (length >= SHORTEST_RUN) {
        Runs known = runs.computeIfAbsent(length, n -> new Runs(n, Words.power(n), new LongSet()));
        for (int i = 0; i < words.runs(length); i++) {
          known.hashes().add(words.run(i, length, known.power()));
        }
      }
    }
  }

  /** Whether a text holds a run of held-out words. */
  public boolean touches(String text) {
    return touches(Words.of(text));
  }

  boolean touches(Words words) {
    if (words.count() > 0 && wholeTexts.contains(words.whole())) {
      return true;
    }
    for (Runs known : runs.values()) {
      for (int i = 0; i < words.runs(known.length()); i++) {
        if (known.hashes().contains(words.run(i, known.length(), known.power()))) {
          return true;
        }
      }
    }
    return false;
  }
}
