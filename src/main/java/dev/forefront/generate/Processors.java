package dev.forefront.generate;

import java.util.Arrays;

/**
 * What happens to logits before a token is drawn. Removed tokens are minus infinity. The order and
 * the treatment of ties follow Transformers' {@code generate}.
 */
final class Processors {
  private Processors() {}

  /** Keskar et al. 2019: once per distinct token; negative logits are multiplied. */
  static void repetition(float[] logits, int length, int[] context, float penalty) {
    int[] distinct = Arrays.stream(context).distinct().toArray();
    for (int id : distinct) {
      if (id < length) {
        logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
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
    long[] order = new long[length];
    for (int i = 0; i < length; i++) {
      // Probabilities are not negative, so their bits sort as they do; the id breaks ties.
      order[i] = (long) Float.floatToRawIntBits(probabilities[i]) << 32 | i;
    }
    Arrays.sort(order);
    double removed = 0;
    for (int i = 0; i < length - 1; i++) {
      int id = (int) order[i];
      removed += probabilities[id];
      if (removed > 1 - (double) p) {
        return;
      }
      logits[id] = Float.NEGATIVE_INFINITY;
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

  static float[] probabilities(float[] logits, int length) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      most = Math.max(most, logits[i]);
    }
    double sum = 0;
    double[] exponentials = new double[length];
    for (int i = 0; i < length; i++) {
      exponentials[i] = Math.exp(logits[i] - most);
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

  /** Natural logarithm of a token's probability. */
  static double logProbability(float[] logits, int length, int id) {
    double most = logits[argmax(logits, length)];
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(logits[i] - most);
    }
    return logits[id] - most - Math.log(sum);
  }
}
