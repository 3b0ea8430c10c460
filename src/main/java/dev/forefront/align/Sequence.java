package dev.forefront.align;

import dev.forefront.data.TokenBatch;
import java.util.Arrays;

/**
 * A rendered conversation.
 *
 * @param ids control tokens included
 * @param counted whether the model is to learn to write the token; as long as {@code ids}
 */
record Sequence(int[] ids, boolean[] counted) {
  Sequence {
    if (ids.length != counted.length) {
      throw new IllegalArgumentException("ids and mask must have one length");
    }
  }

  /**
   * Places that it takes in a row: the last token is only ever predicted, so it takes none, and
   * neither does anything after the last counted token.
   */
  int places() {
    return Math.max(0, lastCounted());
  }

  /** The token to be predicted at a place, or {@link TokenBatch#IGNORED}. */
  int label(int place) {
    return counted[place + 1] ? ids[place + 1] : TokenBatch.IGNORED;
  }

  /** Counted tokens that have something before them. */
  int labels() {
    int labels = 0;
    for (int place = 0; place < places(); place++) {
      labels += counted[place + 1] ? 1 : 0;
    }
    return labels;
  }

  /** The same tokens; of the counted ones only the last unbroken run still counts. */
  Sequence lastRunOnly() {
    boolean[] run = new boolean[counted.length];
    for (int i = lastCounted(); i >= 0 && counted[i]; i--) {
      run[i] = true;
    }
    return new Sequence(ids, run);
  }

  /**
   * The same up to the last counted token, read to its end: what is counted, once, is that
   * something follows.
   */
  Sequence closed() {
    int end = lastCounted() + 1;
    boolean[] mask = new boolean[end + 1];
    mask[end] = true;
    return new Sequence(Arrays.copyOf(ids, end + 1), mask);
  }

  /** What stands before the first counted token. */
  int[] prompt() {
    int length = 0;
    while (length < counted.length && !counted[length]) {
      length++;
    }
    return Arrays.copyOf(ids, length);
  }

  /**
   * This one's prompt with another one's counted tokens behind it, as many as fit.
   *
   * @param most places that it may take
   */
  Sequence withReplyOf(Sequence other, int most) {
    int[] prompt = prompt();
    int from = other.prompt().length;
    int reply = Math.min(other.lastCounted() + 1 - from, most + 1 - prompt.length);
    int[] all = Arrays.copyOf(prompt, prompt.length + reply);
    System.arraycopy(other.ids, from, all, prompt.length, reply);
    boolean[] mask = new boolean[all.length];
    Arrays.fill(mask, prompt.length, mask.length, true);
    return new Sequence(all, mask);
  }

  private int lastCounted() {
    int last = counted.length - 1;
    while (last >= 0 && !counted[last]) {
      last--;
    }
    return last;
  }
}
