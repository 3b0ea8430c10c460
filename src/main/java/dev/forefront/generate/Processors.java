package dev.forefront.generate;

import dev.forefront.conversation.Bias;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * What happens to logits before a token is drawn. Removed tokens are minus infinity. The order and
 * the treatment of ties follow Transformers' {@code generate}.
 */
final class Processors {
  /** Tokens that are sorted rather than split. */
  private static final int FEW = 64;

  private static final double ROUNDED = 0.999;

  private Processors() {}

  /**
   * Adds what speaks for or against a token, where the tokens that must stand before it do.
   * Forbidding a token, a sequence or a bad word is a bias of minus infinity.
   */
  static void bias(float[] logits, int length, History history, List<Bias> biases) {
    for (Bias bias : biases) {
      int last = bias.ids().getLast();
      if (last < length && endsWith(history, bias.ids())) {
        logits[last] += bias.value();
      }
    }
  }

  private static boolean endsWith(History history, List<Integer> ids) {
    int before = ids.size() - 1;
    int from = history.length() - before;
    if (from < 0) {
      return false;
    }
    for (int i = 0; i < before; i++) {
      if (history.id(from + i) != ids.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Keskar et al. 2019: once per distinct token; negative logits are multiplied. */
  static void repetition(float[] logits, int length, History history, float penalty) {
    history.seen().stream()
        .takeWhile(id -> id < length)
        .forEach(id -> logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty);
  }

  /** As the API of OpenAI has it: by what was written, not by the prompt. */
  static void presenceAndFrequency(
      float[] logits, int length, History history, float presence, float frequency) {
    history.eachWritten(
        (id, count) -> {
          if (id < length) {
            logits[id] -= count * frequency + presence;
          }
        });
  }

  /** Forbids each token that would end a sequence of {@code n} tokens that was there before. */
  static void noRepeatNgram(float[] logits, int length, History history, int n) {
    int before = n - 1;
    int end = history.length();
    for (int at = 0; at + before < end; at++) {
      boolean same = true;
      for (int i = 0; i < before && same; i++) {
        same = history.id(at + i) == history.id(end - before + i);
      }
      int next = history.id(at + before);
      if (same && next < length) {
        logits[next] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Forbids the end of a turn. */
  static void noEnd(float[] logits, int length, IntPredicate ends) {
    for (int id = 0; id < length; id++) {
      if (ends.test(id)) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  static void temperature(float[] logits, int length, float temperature) {
    for (int i = 0; i < length; i++) {
      logits[i] /= temperature;
    }
  }

  /** Keeps the {@code k} largest and all that equal the last of them. */
  static void topK(float[] logits, int length, int k) {
    if (k >= length) {
      return;
    }
    float[] sorted = Arrays.copyOf(logits, length);
    Arrays.sort(sorted);
    float least = sorted[length - k];
    for (int i = 0; i < length; i++) {
      if (logits[i] < least) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /**
   * Removes, from the least likely, while what is removed has together at most {@code 1 - p}; one
   * token stays. Holtzman et al. 2020.
   */
  static void topP(float[] logits, int length, float p) {
    float[] probabilities = probabilities(logits, length);
    // Tokens of less than this go whatever they are, for they have less than 1 - p together: of a
    // large vocabulary nearly all. A little less still: where all are alike, rounding must not
    // remove all.
    double most = 1 - (double) p;
    double surely = ROUNDED * most / length;
    double removed = 0;
    long[] order = new long[length];
    int left = 0;
    for (int i = 0; i < length; i++) {
      if (probabilities[i] < surely) {
        removed += probabilities[i];
        logits[i] = Float.NEGATIVE_INFINITY;
      } else {
        // Probabilities are not negative, so their bits sort as they do; the id breaks ties.
        order[left++] = (long) Float.floatToRawIntBits(probabilities[i]) << 32 | i;
      }
    }
    // Only those around the border need an order: of a flat distribution too many are left.
    int from = 0;
    int to = left;
    while (to - from > FEW) {
      int middle = split(order, from, to);
      double mass = 0;
      for (int i = from; i < middle; i++) {
        mass += probabilities[(int) order[i]];
      }
      if (removed + mass > most) {
        to = middle;
      } else {
        for (int i = from; i < middle; i++) {
          logits[(int) order[i]] = Float.NEGATIVE_INFINITY;
        }
        removed += mass;
        from = middle;
      }
    }
    Arrays.sort(order, from, to);
    for (int i = from; i < Math.min(to, left - 1); i++) {
      int id = (int) order[i];
      removed += probabilities[id];
      if (removed > most) {
        return;
      }
      logits[id] = Float.NEGATIVE_INFINITY;
    }
  }

  /**
   * Moves those below some middle one to the front.
   *
   * @param order three or more, all different
   * @return where the others begin; neither part is empty
   */
  private static int split(long[] order, int from, int to) {
    long a = order[from];
    long b = order[(from + to) >>> 1];
    long c = order[to - 1];
    long middle = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    int low = from;
    int high = to - 1;
    while (true) {
      while (order[low] < middle) {
        low++;
      }
      while (order[high] >= middle) {
        high--;
      }
      if (low > high) {
        return low;
      }
      long moved = order[low];
      order[low] = order[high];
      order[high] = moved;
    }
  }

  /** Keeps what has at least {@code p} times the likeliest one's probability. */
  static void minP(float[] logits, int length, float p) {
    float[] probabilities = probabilities(logits, length);
    float most = 0;
    for (float probability : probabilities) {
      most = Math.max(most, probability);
    }
    for (int i = 0; i < length; i++) {
      if (probabilities[i] < p * most) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /**
   * Keeps the tokens whose surprise is nearest to the expected one, until they have {@code mass}
   * together. Meister et al. 2022.
   */
  static void typical(float[] logits, int length, float mass) {
    float[] probabilities = probabilities(logits, length);
    double entropy = entropy(probabilities);
    double[] distance = new double[length];
    for (int i = 0; i < length; i++) {
      distance[i] =
          probabilities[i] == 0
              ? Double.POSITIVE_INFINITY
              : Math.abs(-Math.log(probabilities[i]) - entropy);
    }
    Integer[] order = new Integer[length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> distance[i]));
    double kept = 0;
    int last = 0;
    while (last < length - 1 && (kept += probabilities[order[last]]) < mass) {
      last++;
    }
    double most = distance[order[last]];
    for (int i = 0; i < length; i++) {
      if (distance[i] > most) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Drops what is less likely than {@code epsilon}; the likeliest stay. Hewitt et al. 2022. */
  static void epsilon(float[] logits, int length, float epsilon) {
    dropBelow(logits, length, epsilon, probabilities(logits, length));
  }

  /** Likewise, by a bound that falls where the model is undecided. Hewitt et al. 2022. */
  static void eta(float[] logits, int length, float epsilon) {
    float[] probabilities = probabilities(logits, length);
    double bound = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy(probabilities)));
    dropBelow(logits, length, bound, probabilities);
  }

  private static void dropBelow(float[] logits, int length, double bound, float[] probabilities) {
    float most = logits[argmax(logits, length)];
    for (int i = 0; i < length; i++) {
      if (probabilities[i] < bound && logits[i] < most) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  private static double entropy(float[] probabilities) {
    double entropy = 0;
    for (float probability : probabilities) {
      entropy -= probability == 0 ? 0 : probability * Math.log(probability);
    }
    return entropy;
  }

  static float[] probabilities(float[] logits, int length) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      most = Math.max(most, logits[i]);
    }
    double sum = 0;
    double[] exponentials = new double[length];
    for (int i = 0; i < length; i++) {
      // What was removed before is most of a large vocabulary.
      exponentials[i] = logits[i] == Float.NEGATIVE_INFINITY ? 0 : Math.exp(logits[i] - most);
      sum += exponentials[i];
    }
    float[] probabilities = new float[length];
    for (int i = 0; i < length; i++) {
      probabilities[i] = (float) (exponentials[i] / sum);
    }
    return probabilities;
  }

  static int argmax(float[] logits, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** What the logarithm of the sum of all exponentials is; log-probabilities are logits less it. */
  static double normalizer(float[] logits, int length) {
    double most = logits[argmax(logits, length)];
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(logits[i] - most);
    }
    return most + Math.log(sum);
  }

  /** Natural logarithm of a token's probability. */
  static double logProbability(float[] logits, int length, int id) {
    return logits[id] - normalizer(logits, length);
  }
}
