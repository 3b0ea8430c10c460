package dev.forefront.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * How often each pair of neighbouring tokens stands in the words, kept up to date merge by merge:
 * only words that hold the merged pair are counted again. Overlapping pairs count ({@code aaaa} has
 * three).
 */
final class PairCounts {
  private final List<BpeWord> words;
  private final PairTable pairs = new PairTable();
  private final PriorityQueue<Claim> queue = new PriorityQueue<>();
  private final List<Pair> touched = new ArrayList<>();

  PairCounts(List<BpeWord> words) {
    this.words = words;
    for (int w = 0; w < words.size(); w++) {
      count(w, words.get(w).count());
    }
    claimTouched();
  }

  /** The most frequent pair, ties going to the smaller ids; null where no word has a pair left. */
  @Nullable Pair best() {
    for (Claim claim = queue.poll(); claim != null; claim = queue.poll()) {
      if (claim.count == claim.pair.count) {
        return claim.pair;
      }
      // The count has fallen since the claim was made; it stands in the queue again, in its place.
      if (claim.pair.count > 0 && claim.pair.count < claim.count) {
        queue.add(new Claim(claim.pair));
      }
    }
    return null;
  }

  void merge(Pair pair, int merged) {
    int[] holders = Arrays.copyOf(pair.words, pair.held);
    for (int w : holders) {
      BpeWord word = words.get(w);
      if (word.holds(pair.left, pair.right)) {
        count(w, -word.count());
        word.merge(pair.left, pair.right, merged);
        count(w, word.count());
      }
    }
    pair.forgetWords();
    claimTouched();
  }

  /** Adds (or takes back) the pairs of one word. */
  private void count(int w, long times) {
    BpeWord word = words.get(w);
    for (int i = 0; i + 1 < word.size(); i++) {
      Pair pair = pairs.of(word.id(i), word.id(i + 1));
      pair.count += times;
      if (times > 0) {
        pair.heldBy(w);
      }
      if (!pair.touched) {
        pair.touched = true;
        touched.add(pair);
      }
    }
  }

  private void claimTouched() {
    for (Pair pair : touched) {
      pair.touched = false;
      if (pair.count > pair.claimed) {
        queue.add(new Claim(pair));
      }
      pair.claimed = pair.count;
    }
    touched.clear();
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Two neighbours, their count, and the words that hold (or once held) them. */
  static final class Pair {
    private static final int[] NONE = {};

    private final int left;
    private final int right;
    private long count;
    private long claimed;
    private boolean touched;
    private int[] words = NONE;
    private int held;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }

    int left() {
      return left;
    }

    int right() {
      return right;
    }

    long count() {
      return count;
    }

    long key() {
      return PairCounts.key(left, right);
    }

    private void heldBy(int word) {
      if (held > 0 && words[held - 1] == word) {
        return;
      }
      if (held == words.length) {
        words = Arrays.copyOf(words, Math.max(2, 2 * held));
      }
      words[held++] = word;
    }

    private void forgetWords() {
      words = NONE;
      held = 0;
    }
  }

  /** A pair and its count at the time. */
  private static final class Claim implements Comparable<Claim> {
    private final Pair pair;
    private final long count;

    private Claim(Pair pair) {
      this.pair = pair;
      this.count = pair.count;
    }

    @Override
    public int compareTo(Claim other) {
      int byCount = Long.compare(other.count, count);
      if (byCount != 0) {
        return byCount;
      }
      int byLeft = Integer.compare(pair.left, other.pair.left);
      return byLeft != 0 ? byLeft : Integer.compare(pair.right, other.pair.right);
    }
  }
}
