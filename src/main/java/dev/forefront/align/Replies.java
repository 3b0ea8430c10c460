package dev.forefront.align;

import dev.forefront.tensor.Tensor;

/**
 * How likely a model finds the replies of some pairs.
 *
 * @param sums log-probability of each reply, {@code [2 * pairs]}: the chosen ones, then the
 *     rejected ones
 * @param tokens counted tokens of each reply
 */
record Replies(Tensor sums, int[] tokens) {

  /** Per token, {@code [2 * pairs]}. */
  Tensor means() {
    return perToken(sums);
  }

  /** A figure of each reply, divided by its tokens. */
  Tensor perToken(Tensor figures) {
    float[] shares = new float[tokens.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = 1f / tokens[i];
    }
    return figures.times(Tensor.of(shares, shares.length));
  }

  /** Counted tokens of all chosen replies together. */
  long chosenTokens() {
    long all = 0;
    for (int i = 0; i < tokens.length / 2; i++) {
      all += tokens[i];
    }
    return all;
  }

  /** The chosen replies' part of one figure for each reply. */
  static Tensor chosen(Tensor figures) {
    return figures.narrow(0, 0, figures.count() / 2);
  }

  /** The rejected replies' part. */
  static Tensor rejected(Tensor figures) {
    return figures.narrow(0, figures.count() / 2, figures.count() / 2);
  }

  /** Chosen minus rejected, {@code [pairs]}. */
  static Tensor margins(Tensor figures) {
    return chosen(figures).minus(rejected(figures));
  }
}
