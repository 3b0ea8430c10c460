package dev.forefront.guard;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The readings of one prompt and its reply: for each head an exponential mean of its log odds, one
 * number of state. What is no number, comes out of turn or is missing blocks. For one thread at a
 * time.
 */
final class ProbeReader {
  /** Tokens over which training takes the mean; the exponential one forgets as fast. */
  static final int WINDOW = 16;

  /** What the exponential mean keeps of itself with each token. */
  static final double KEPT = 1 - 2.0 / (WINDOW + 1);

  // Log odds below the limit: harmless prompts of small models come to high odds, and a share of
  // the limit's probability would suspect most.
  private static final double NEAR = 1;

  private final Probes probes;
  private final double[] sums;
  private Side side = Side.INPUT;
  // What the sums would be where every reading was 1: the first tokens weigh like later ones.
  private double weight;
  private int places;
  private int prompt = -1;
  private final double[] highest = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
  private boolean suspicious;
  private Verdict.@Nullable Block blocked;

  ProbeReader(Probes probes) {
    this.probes = probes;
    sums = new double[probes.probe().heads()];
  }

  /**
   * Takes the reading of the next token.
   *
   * @return the block from here on, or null
   */
  Verdict.@Nullable Block row(int place, int promptTokens, float[] logits) {
    if (blocked == null) {
      blocked = take(place, promptTokens, logits);
    }
    return blocked;
  }

  /** Likewise, going on after a block: to measure what a text comes to. */
  Verdict.@Nullable Block readOn(int place, int promptTokens, float[] logits) {
    return take(place, promptTokens, logits);
  }

  private Verdict.@Nullable Block take(int place, int promptTokens, float[] logits) {
    if (place != places
        || logits.length != sums.length
        || promptTokens < 1
        || prompt >= 0 && promptTokens != prompt) {
      return Watchdog.failure("the readings of the probe are out of order");
    }
    prompt = promptTokens;
    places++;
    if (place == promptTokens) {
      side = Side.OUTPUT;
      weight = 0;
      Arrays.fill(sums, 0);
    }
    weight = weight * KEPT + 1 - KEPT;
    for (int head = 0; head < sums.length; head++) {
      if (!Float.isFinite(logits[head])) {
        return Watchdog.failure("the probe read no number");
      }
      sums[head] = sums[head] * KEPT + logits[head] * (1 - KEPT);
    }
    return look();
  }

  private Verdict.@Nullable Block look() {
    Probes.View view = probes.view(side);
    double score = sums[view.head()] / weight;
    highest[side.ordinal()] = Math.max(highest[side.ordinal()], score);
    suspicious |= score >= view.limit() - NEAR;
    return score < view.limit()
        ? null
        : new Verdict.Block(
            likeliest(view), Probes.STAGE, TextHeads.probability(score), view.explanation());
  }

  private Hazard likeliest(Probes.View view) {
    Hazard named = Hazard.UNKNOWN;
    double most = Double.NEGATIVE_INFINITY;
    for (Map.Entry<Hazard, Integer> one : view.named().entrySet()) {
      if (sums[one.getValue()] > most) {
        most = sums[one.getValue()];
        named = one.getKey();
      }
    }
    return named;
  }

  /** Mean log odds of a head so far on this side. */
  double mean(int head) {
    return sums[head] / weight;
  }

  /** The highest mean of a side's verdict head; negative infinity where nothing was read. */
  double highest(Side of) {
    return highest[of.ordinal()];
  }

  /** Whether the prompt and so many tokens of the reply were read. */
  boolean covers(int replyTokens) {
    return prompt >= 0 && places >= prompt + (long) replyTokens;
  }

  /** Not blocked, but near enough to hold more of the reply back. */
  boolean suspicious() {
    return suspicious;
  }
}
