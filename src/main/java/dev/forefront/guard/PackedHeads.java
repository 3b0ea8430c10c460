package dev.forefront.guard;

import java.util.List;

/**
 * A few of the {@link TextHeads}, with a byte for each weight: what is read for every word of every
 * reply has to stay in the processor's caches beside the model that writes it. The weights are
 * those of the file, to the bit.
 */
final class PackedHeads {
  private static final int BYTES = 256;

  private final byte[] weights;
  private final float[] meanings;
  private final float[] bias;

  /**
   * @param names of the heads to take, in the order in which they are then numbered
   */
  PackedHeads(TextHeads heads, List<String> names) {
    int size = names.size();
    weights = new byte[TextFeatures.BUCKETS * size];
    meanings = new float[BYTES * size];
    bias = new float[size];
    for (int head = 0; head < size; head++) {
      int number = heads.head(names.get(head));
      float largest = heads.largest(number);
      bias[head] = heads.bias(number);
      for (int packed = Byte.MIN_VALUE; packed <= Byte.MAX_VALUE; packed++) {
        meanings[(packed - Byte.MIN_VALUE) * size + head] =
            TextClassifier.unpack((byte) packed, largest);
      }
      for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
        weights[bucket * size + head] = TextClassifier.pack(heads.weight(bucket, number), largest);
      }
    }
  }

  int size() {
    return bias.length;
  }

  float bias(int head) {
    return bias[head];
  }

  /**
   * Adds what a feature says to each head's sum.
   *
   * @param from where the first head's sum stands
   */
  void add(int bucket, float value, float[] sums, int from) {
    int size = bias.length;
    for (int head = 0; head < size; head++) {
      int packed = weights[bucket * size + head] - Byte.MIN_VALUE;
      sums[from + head] += meanings[packed * size + head] * value;
    }
  }
}
