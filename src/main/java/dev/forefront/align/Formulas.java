package dev.forefront.align;

import dev.forefront.tensor.Tensor;

/**
 * Published losses of pairs as functions of what the policy promises for their replies, each the
 * mean over the pairs. Margins are rewards of chosen replies minus those of rejected ones.
 */
final class Formulas {
  private static final double DISCOPOP_TEMPERATURE = 0.05;

  private Formulas() {}

  /**
   * Rafailov et al. 2023, equation 7, with the label smoothing of Mitchell's note on conservative
   * DPO.
   *
   * @param doubt share of pairs taken to be labelled the wrong way round
   */
  static Tensor logistic(Tensor margins, double doubt) {
    Tensor loss = margins.logSigmoid().mean().times(doubt - 1);
    return doubt > 0 ? loss.plus(margins.negate().logSigmoid().mean().times(-doubt)) : loss;
  }

  /** Chowdhury et al. 2024 (robust DPO): what wrong labels do to the mean is taken out again. */
  static Tensor robust(Tensor margins, double doubt) {
    Tensor right = margins.logSigmoid().times(doubt - 1);
    Tensor wrong = margins.negate().logSigmoid().times(doubt);
    return right.plus(wrong).mean().times(1 / (1 - 2 * doubt));
  }

  /**
   * Ji et al. 2024, equation 16: the reverse Kullback-Leibler divergence from what the policy
   * thinks of a pair to a label that is right with {@code 1 - doubt}.
   *
   * @param doubt above 0
   */
  static Tensor exo(Tensor margins, double doubt) {
    Tensor other = margins.negate();
    return margins
        .sigmoid()
        .times(margins.logSigmoid().plus(-Math.log1p(-doubt)))
        .plus(other.sigmoid().times(other.logSigmoid().plus(-Math.log(doubt))))
        .mean();
  }

  /** Zhao et al. 2023 (SLiC), of likelihood ratios as in Liu et al. 2023 (RSO). */
  static Tensor hinge(Tensor margins) {
    return margins.negate().plus(1).relu().mean();
  }

  /**
   * Azar et al. 2023 (IPO), equation 17: log-ratios differ by {@code 1 / (2 beta)} and no more.
   *
   * @param margins beta times the difference of log-ratios
   */
  static Tensor identity(Tensor margins, double beta) {
    return margins.plus(-0.5).square().mean().times(1 / (beta * beta));
  }

  /**
   * Lu et al. 2024 (DiscoPOP), equation 5: between a logistic loss and an exponential one, by the
   * margin's sign. A small margin is first drawn below 0, and only what noise lifts over that dip
   * goes on rising; the paper says so.
   */
  static Tensor discopop(Tensor margins) {
    Tensor sharp = margins.times(1 / DISCOPOP_TEMPERATURE);
    Tensor logistic = margins.logSigmoid().times(sharp.negate().sigmoid());
    // The product of exp(-m) and a sigmoid, without the overflow of the former.
    Tensor exponential = sharp.logSigmoid().minus(margins).exp();
    return exponential.minus(logistic).mean();
  }

  /** Chen et al. 2024 (noise contrastive alignment, NCA), for pairs. */
  static Tensor nca(Tensor chosen, Tensor rejected) {
    Tensor rises = chosen.logSigmoid();
    Tensor stay = chosen.negate().logSigmoid().plus(rejected.negate().logSigmoid()).times(0.5);
    return rises.plus(stay).mean().negate();
  }

  /** Wu et al. 2024 (self-play), equation 4.7, where the chosen reply wins for sure. */
  static Tensor sppo(Tensor chosen, Tensor rejected, double beta) {
    return chosen
        .plus(-0.5)
        .square()
        .plus(rejected.plus(0.5).square())
        .mean()
        .times(1 / (beta * beta));
  }

  /** D'Oosterlinck et al. 2024 (APO), equation 7: chosen replies rise, rejected ones fall. */
  static Tensor apoZero(Tensor chosen, Tensor rejected) {
    return rejected.sigmoid().minus(chosen.sigmoid()).plus(1).mean();
  }

  /**
   * Their equation 8: both fall, the rejected one farther; for replies worse than the model's own.
   */
  static Tensor apoDown(Tensor chosen, Tensor rejected) {
    return chosen.sigmoid().minus(chosen.minus(rejected).sigmoid()).plus(1).mean();
  }
}
