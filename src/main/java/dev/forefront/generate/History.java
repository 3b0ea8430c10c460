package dev.forefront.generate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/** The tokens before the next one: the prompt, and what was written after it. */
final class History {
  private final int promptLength;
  private final BitSet seen = new BitSet();
  private final Map<Integer, Integer> written = new HashMap<>();
  private int[] ids;
  private int length;

  History(int[] prompt) {
    this(prompt, prompt.length);
  }

  /**
   * @param promptLength how many of the ids are the prompt's; the others were written
   */
  History(int[] ids, int promptLength) {
    this.promptLength = promptLength;
    this.ids = Arrays.copyOf(ids, promptLength);
    length = promptLength;
    for (int id : this.ids) {
      seen.set(id);
    }
    for (int at = promptLength; at < ids.length; at++) {
      add(ids[at]);
    }
  }

  void add(int id) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(16, 2 * length));
    }
    ids[length++] = id;
    seen.set(id);
    written.merge(id, 1, Integer::sum);
  }

  int length() {
    return length;
  }

  /** Tokens written so far. */
  int written() {
    return length - promptLength;
  }

  int id(int at) {
    return ids[at];
  }

  /** All distinct tokens. */
  BitSet seen() {
    return seen;
  }

  /** Tells each written token and how often it was written. */
  void eachWritten(ObjIntConsumer<Integer> each) {
    written.forEach(each::accept);
  }
}
