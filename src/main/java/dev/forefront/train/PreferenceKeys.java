package dev.forefront.train;

import dev.forefront.train.PreferenceSettings.Loss;
import java.util.Map;

/** Reads the keys of preference tuning that say what it makes smaller. */
final class PreferenceKeys {

  /** What people call losses elsewhere, and what is here for it. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "dpo", "DPO is called sigmoid here",
          "cdpo", "conservative DPO is sigmoid with a label_smoothing",
          "slic", "SLiC is called hinge here",
          "aot_pair", "it is called aot now",
          "kto_pair", "kto takes pairs apart by itself",
          "sft", "the likelihood of the chosen reply is added with supervised_weight",
          "bco_pair",
              "its running mean of rewards would be lost with an interruption; see nca_pair");

  private PreferenceKeys() {}

  static PreferenceSettings read(Section s, PreferenceSettings defaults) {
    Loss loss =
        s.choice(
            "loss",
            defaults.loss(),
            Loss.values(),
            "what is made smaller; align.md says when to choose which",
            ELSEWHERE);
    PreferenceSettings usual = loss == defaults.loss() ? defaults : loss.usual();
    PreferenceSettings settings =
        new PreferenceSettings(
            loss,
            s.real(
                "beta",
                usual.beta(),
                1e-4,
                100,
                "pull towards the start model; for `orpo`, weight of the odds. 2 for `simpo` and"
                    + " `sigmoid_norm`"),
            s.real(
                "gamma",
                usual.gamma(),
                0,
                100,
                "margin that a chosen reply is to have, for `simpo`; there 1"),
            s.real(
                "label_smoothing",
                usual.labelSmoothing(),
                0,
                0.4999,
                "share of pairs taken to be the wrong way round; 0.001 for `exo_pair`"),
            s.real(
                "supervised_weight",
                usual.supervisedWeight(),
                0,
                100,
                "weight of the likelihood of the chosen reply; 0 for `simpo`, 1 for `orpo` and"
                    + " `cpo`, which calls it alpha"),
            s.real(
                "desirable_weight",
                usual.desirableWeight(),
                0,
                1000,
                "of a reply that was judged good, for `kto` and `apo_zero_unpaired`"),
            s.real(
                "undesirable_weight",
                usual.undesirableWeight(),
                0,
                1000,
                "of a reply that was judged bad"),
            s.real(
                "center",
                usual.center(),
                0,
                100,
                "keeps rewards near 0, for `reward`; 0.01 is usual"));
    check(s, settings);
    return settings;
  }

  private static void check(Section s, PreferenceSettings settings) {
    Loss loss = settings.loss();
    s.check(
        loss == Loss.SIMPO || settings.gamma() == 0,
        "preference.gamma belongs to loss simpo alone, not " + loss);
    s.check(
        loss.hasSmoothing() || settings.labelSmoothing() == 0,
        "preference.label_smoothing means nothing for loss " + loss);
    s.check(
        loss.isOfPairs() || settings.supervisedWeight() == 0,
        "preference.supervised_weight means nothing for loss " + loss);
    s.check(
        !loss.isOfPairs() || (settings.desirableWeight() == 1 && settings.undesirableWeight() == 1),
        "preference.desirable_weight and undesirable_weight belong to kto and apo_zero_unpaired,"
            + " not to loss "
            + loss);
    s.check(
        loss == Loss.REWARD || settings.center() == 0,
        "preference.center belongs to loss reward alone, not " + loss);
    s.check(
        loss != Loss.REWARD || settings.beta() == loss.usual().beta(),
        "preference.beta means nothing for loss reward");
    s.check(
        loss != Loss.EXO_PAIR || settings.labelSmoothing() > 0,
        "preference.label_smoothing must be above 0 for loss exo_pair, which takes its logarithm");
  }
}
