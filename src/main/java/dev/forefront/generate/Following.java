package dev.forefront.generate;

import dev.forefront.conversation.Form;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/** One reply on its way through a form. For one thread at a time. */
final class Following {
  private final FormMasks masks;
  private Form.State state;

  Following(FormMasks masks) {
    this.masks = masks;
    state = masks.begin();
  }

  /**
   * Forbids every token that may not come next.
   *
   * @param ends whether a token ends the reply: only where the form is complete
   */
  void forbid(float[] logits, int length, IntPredicate ends) {
    BitSet mask = masks.after(state);
    if (!state.isComplete()) {
      for (int from = mask.nextClearBit(0); from < length; ) {
        int to = mask.nextSetBit(from);
        int end = to < 0 ? length : Math.min(to, length);
        Arrays.fill(logits, from, end, Float.NEGATIVE_INFINITY);
        from = mask.nextClearBit(end);
      }
      return;
    }
    for (int id = 0; id < length; id++) {
      if (!mask.get(id) && !ends.test(id)) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Goes on by a token that was not forbidden. */
  void take(int id) {
    for (byte one : masks.bytes(id)) {
      Form.State next = state.next(one & 0xff);
      if (next == null) {
        throw new IllegalStateException("the token %d leaves the form".formatted(id));
      }
      state = next;
    }
  }

  /** Whether the form is complete and nothing can follow. */
  boolean isOver() {
    return state.isComplete() && !state.goesOn();
  }
}
