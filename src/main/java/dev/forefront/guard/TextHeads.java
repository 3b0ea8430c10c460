package dev.forefront.guard;

import java.util.List;

/**
 * Linear heads over hashed text features: each answers how much a window looks like one kind of
 * text, as log odds.
 */
final class TextHeads {
  private final List<String> names;
  private final float[] weights;
  private final float[] bias;

  /**
   * @param weights of bucket b and head h at {@code b * heads + h}
   * @param bias one for each head
   */
  TextHeads(List<String> names, float[] weights, float[] bias) {
    if (weights.length != TextFeatures.BUCKETS * names.size() || bias.length != names.size()) {
      throw new IllegalArgumentException(
          "weights and biases do not fit %d heads".formatted(names.size()));
    }
    this.names = List.copyOf(names);
    this.weights = weights;
    this.bias = bias;
  }

  /**
   * Heads of several, as one.
   *
   * @param from which heads each name is taken from
   */
  static TextHeads joined(List<String> names, List<TextHeads> from) {
    float[] weights = new float[TextFeatures.BUCKETS * names.size()];
    float[] bias = new float[names.size()];
    for (int head = 0; head < bias.length; head++) {
      TextHeads heads = from.get(head);
      int number = heads.head(names.get(head));
      bias[head] = heads.bias(number);
      for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
        weights[bucket * bias.length + head] = heads.weight(bucket, number);
      }
    }
    return new TextHeads(names, weights, bias);
  }

  /** The same heads, where one also says a share of what another does. */
  TextHeads plus(int head, int other, float share) {
    float[] sums = weights.clone();
    float[] biases = bias.clone();
    for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
      sums[bucket * bias.length + head] += share * weight(bucket, other);
    }
    biases[head] += share * bias[other];
    return new TextHeads(names, sums, biases);
  }

  List<String> names() {
    return names;
  }

  int size() {
    return bias.length;
  }

  /** The number of a head. */
  int head(String name) {
    int head = names.indexOf(name);
    if (head < 0) {
      throw new IllegalArgumentException("there is no head \"" + name + "\" among " + names);
    }
    return head;
  }

  float weight(int bucket, int head) {
    return weights[bucket * bias.length + head];
  }

  float bias(int head) {
    return bias[head];
  }

  /** Whether a head has seen any example. */
  boolean isTrained(int head) {
    return bias[head] != 0;
  }

  /** Log odds of a window. */
  float score(TextWindow window, int head) {
    int[] buckets = window.buckets();
    float[] values = window.values();
    float sum = 0;
    for (int at = 0; at < buckets.length; at++) {
      sum += weights[buckets[at] * bias.length + head] * values[at];
    }
    return sum * window.scale() + bias[head];
  }

  /** The highest log odds of a text's windows. */
  float highest(List<TextWindow> windows, int head) {
    float highest = Float.NEGATIVE_INFINITY;
    for (TextWindow window : windows) {
      highest = Math.max(highest, score(window, head));
    }
    return highest;
  }

  /** The size of a head's largest weight. */
  float largest(int head) {
    float largest = 0;
    for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
      largest = Math.max(largest, Math.abs(weight(bucket, head)));
    }
    return largest;
  }

  static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }
}
