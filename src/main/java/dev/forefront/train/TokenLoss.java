package dev.forefront.train;

import dev.forefront.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The loss of some tokens, summed over them.
 *
 * @param crossEntropy what is published
 * @param zLoss squared log of the softmax' denominator, weighted; where it is asked for
 */
record TokenLoss(Tensor crossEntropy, @Nullable Tensor zLoss) {

  /**
   * @param logits {@code [tokens, vocabulary]}
   * @param labels int64 {@code [tokens]}
   */
  static TokenLoss of(Tensor logits, Tensor labels, Recipe.Loss loss) {
    return new TokenLoss(
        logits.crossEntropySum(labels, loss.labelSmoothing()),
        loss.zLoss() == 0 ? null : logits.logSumExp(1).square().sum().times(loss.zLoss()));
  }

  /** What gradients are taken of. */
  Tensor total() {
    return zLoss == null ? crossEntropy : crossEntropy.plus(zLoss);
  }

  double z() {
    return zLoss == null ? 0 : zLoss.item();
  }
}
