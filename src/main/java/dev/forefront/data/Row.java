package dev.forefront.data;

import java.util.List;

/**
 * A packed row.
 *
 * @param ids {@code [length]}
 * @param tags {@code [length]}: 0 for padding; else 1 + the number of the document in the row, and
 *     {@link #TARGET} where the token itself is to be learnt
 * @param names of the documents in it, in order; empty where nobody gave them
 */
record Row(int[] ids, short[] tags, List<String> names) {
  /** Set on tokens that count as a target. */
  static final short TARGET = (short) 0x8000;

  /** Most documents in a row. */
  static final int MOST_DOCUMENTS = 0x7ffe;

  static int document(short tag) {
    return (tag & ~TARGET & 0xffff) - 1;
  }

  static short tag(int document, Target target) {
    return (short) (document + 1 | (target == Target.COUNTED ? TARGET : 0));
  }

  /** Whether a token is something that the model is to learn to say. */
  enum Target {
    COUNTED,
    READ_ONLY
  }
}
