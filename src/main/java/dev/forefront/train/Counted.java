package dev.forefront.train;

import dev.forefront.data.TokenBatch;
import dev.forefront.tensor.Tensor;
import java.util.Arrays;

/**
 * The places of a batch whose labels count.
 *
 * @param places {@code row * length + column}, rising
 * @param labels the id to predict at each
 * @param all places of the batch
 */
record Counted(long[] places, long[] labels, int all) {

  static Counted of(TokenBatch batch) {
    int length = batch.length();
    long[] places = new long[batch.rows() * length];
    long[] labels = new long[places.length];
    int count = 0;
    for (int row = 0; row < batch.rows(); row++) {
      for (int i = 0; i < length; i++) {
        if (batch.labels()[row][i] != TokenBatch.IGNORED) {
          places[count] = (long) row * length + i;
          labels[count++] = batch.labels()[row][i];
        }
      }
    }
    return new Counted(
        Arrays.copyOf(places, count), Arrays.copyOf(labels, count), batch.rows() * length);
  }

  int count() {
    return places.length;
  }

  /** {@code [rows, length, width]} to {@code [count, width]}. */
  Tensor select(Tensor hidden_BTH) {
    Tensor flat = hidden_BTH.view(all, hidden_BTH.size(2));
    return count() == all ? flat : flat.indexSelect(0, Tensor.of(places, count()));
  }

  Tensor labels(int from, int length) {
    return Tensor.of(Arrays.copyOfRange(labels, from, from + length), length);
  }
}
