package dev.forefront.train;

import java.util.Locale;

/**
 * What preference tuning makes smaller.
 *
 * @param beta strength of the pull towards the start model; without one, the scale of what the
 *     policy itself says, and for {@link Loss#ORPO} the weight of the odds
 * @param gamma margin that a chosen reply is to have, for {@link Loss#SIMPO} alone
 * @param labelSmoothing share of pairs taken to be labelled the wrong way round, in [0, 0.5)
 * @param supervisedWeight weight of the likelihood of the chosen reply; CPO calls it alpha
 * @param desirableWeight of each desirable reply, for losses of single replies
 * @param undesirableWeight of each undesirable one
 * @param center weight of the squared sum of a pair's rewards, for {@link Loss#REWARD} alone
 */
public record PreferenceSettings(
    Loss loss,
    double beta,
    double gamma,
    double labelSmoothing,
    double supervisedWeight,
    double desirableWeight,
    double undesirableWeight,
    double center) {

  /** Of a loss of pairs. */
  public PreferenceSettings(
      Loss loss, double beta, double gamma, double labelSmoothing, double supervisedWeight) {
    this(loss, beta, gamma, labelSmoothing, supervisedWeight, 1, 1, 0);
  }

  /** DPO (Rafailov et al. 2023), with settings of one's own. */
  public PreferenceSettings(double beta, double labelSmoothing, double supervisedWeight) {
    this(Loss.SIGMOID, beta, 0, labelSmoothing, supervisedWeight);
  }

  /** Names of losses, as TRL has them; CPO's kinds bear its name. */
  public enum Loss {
    SIGMOID,
    SIGMOID_NORM,
    ROBUST,
    EXO_PAIR,
    HINGE,
    IPO,
    DISCOPOP,
    NCA_PAIR,
    SPPO_HARD,
    APO_ZERO,
    APO_DOWN,
    AOT,
    AOT_UNPAIRED,
    ORPO,
    SIMPO,
    CPO,
    CPO_HINGE,
    CPO_IPO,
    KTO,
    APO_ZERO_UNPAIRED,
    /** Of a model that judges replies, and no longer writes any. */
    REWARD;

    /** Whether it learns from pairs; the others learn from replies that are judged one by one. */
    public boolean isOfPairs() {
      return this != KTO && this != APO_ZERO_UNPAIRED;
    }

    /** Whether replies to other prompts are read beside each reply. */
    public boolean readsMismatched() {
      return this == KTO;
    }

    /** Whether the start model's opinion of the replies is part of it. */
    public boolean readsStart() {
      return switch (this) {
        case SIGMOID,
            SIGMOID_NORM,
            ROBUST,
            EXO_PAIR,
            HINGE,
            IPO,
            DISCOPOP,
            NCA_PAIR,
            SPPO_HARD,
            APO_ZERO,
            APO_DOWN,
            AOT,
            AOT_UNPAIRED,
            KTO,
            APO_ZERO_UNPAIRED ->
            true;
        case ORPO, SIMPO, CPO, CPO_HINGE, CPO_IPO, REWARD -> false;
      };
    }

    /** Whether it can doubt labels. */
    boolean hasSmoothing() {
      return switch (this) {
        case SIGMOID, SIGMOID_NORM, ROBUST, EXO_PAIR, AOT, AOT_UNPAIRED, SIMPO, CPO -> true;
        case HINGE,
            IPO,
            DISCOPOP,
            NCA_PAIR,
            SPPO_HARD,
            APO_ZERO,
            APO_DOWN,
            ORPO,
            CPO_HINGE,
            CPO_IPO,
            KTO,
            APO_ZERO_UNPAIRED,
            REWARD ->
            false;
      };
    }

    /** What holds where a recipe says no more than the name. */
    public PreferenceSettings usual() {
      return switch (this) {
        // The pull that Tülu 3 and SimPO found for means over tokens, which are smaller than sums.
        case SIGMOID_NORM -> new PreferenceSettings(this, 2, 0, 0, 0.2);
        case SIMPO -> new PreferenceSettings(this, 2, 1, 0, 0);
        case EXO_PAIR -> new PreferenceSettings(this, 0.1, 0, 1e-3, 0.2);
        case KTO, APO_ZERO_UNPAIRED, REWARD -> new PreferenceSettings(this, 0.1, 0, 0, 0);
        case ORPO, CPO, CPO_HINGE, CPO_IPO -> new PreferenceSettings(this, 0.1, 0, 0, 1);
        case SIGMOID,
            ROBUST,
            HINGE,
            IPO,
            DISCOPOP,
            NCA_PAIR,
            SPPO_HARD,
            APO_ZERO,
            APO_DOWN,
            AOT,
            AOT_UNPAIRED ->
            new PreferenceSettings(this, 0.1, 0, 0, 0.2);
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
