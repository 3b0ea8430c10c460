package dev.forefront.serve;

import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LanguageModel.Readings;
import java.util.Arrays;

/** Tells the readings of a model's inside, and breaks as the plan of the reply says. */
final class FaultyProbe {
  /** Where the guard has no probe. */
  static final FaultyProbe NONE =
      new FaultyProbe(
          new FaultPlan(0, Fault.NOTHING, 0), 0, 0, (place, prompt, logits) -> Next.CONTINUE);

  private static final float CALM = -3;
  // Below the limit of 3, near enough to it.
  private static final float ODD = 2.5f;
  // So far above that one token is enough, whatever came before.
  private static final float HARMFUL = 300;

  private final FaultPlan plan;
  private final int heads;
  private final int promptTokens;
  private final Readings readings;

  FaultyProbe(FaultPlan plan, int heads, int promptTokens, Readings readings) {
    this.plan = plan;
    this.heads = heads;
    this.promptTokens = promptTokens;
    this.readings = readings;
  }

  /** How much text the whole reply has. */
  int chars() {
    return plan.pieces().stream().mapToInt(String::length).sum();
  }

  /** Reads the prompt, token by token. */
  Next prompt() {
    float odds = plan.fault() == Fault.PROBE_BLOCKS_THE_REQUEST ? HARMFUL : CALM;
    boolean reads =
        plan.fault() != Fault.PROBE_READS_NOTHING && plan.fault() != Fault.PROBE_READS_NO_PROMPT;
    for (int place = 0; reads && place < promptTokens; place++) {
      if (readings.row(place, promptTokens, logits(odds)) == Next.STOP) {
        return Next.STOP;
      }
    }
    return Next.CONTINUE;
  }

  /**
   * Reads a token of the reply.
   *
   * @param token from 0
   */
  Next reply(int token, boolean last) {
    int place = promptTokens + token;
    if (plan.fault() == Fault.PROBE_READS_NOTHING
        || plan.fault() == Fault.PROBE_LEAVES_THE_LAST_TOKEN_OUT && last) {
      return Next.CONTINUE;
    }
    return token == plan.struck()
        ? struck(place)
        : readings.row(
            place, promptTokens, logits(plan.fault() == Fault.PROBE_IS_SUSPICIOUS ? ODD : CALM));
  }

  private Next struck(int place) {
    return switch (plan.fault()) {
      case PROBE_BLOCKS_THE_REPLY -> readings.row(place, promptTokens, logits(HARMFUL));
      case PROBE_READS_A_SHORTER_PROMPT -> readings.row(place, promptTokens - 1, logits(CALM));
      case PROBE_LEAVES_A_TOKEN_OUT -> Next.CONTINUE;
      case PROBE_READS_A_TOKEN_TWICE -> {
        readings.row(place, promptTokens, logits(CALM));
        yield readings.row(place, promptTokens, logits(CALM));
      }
      case PROBE_READS_NO_NUMBER -> readings.row(place, promptTokens, oneOdd(Float.NaN));
      case PROBE_READS_INFINITY ->
          readings.row(place, promptTokens, oneOdd(Float.NEGATIVE_INFINITY));
      case PROBE_READS_TOO_FEW_HEADS -> readings.row(place, promptTokens, new float[heads - 1]);
      case PROBE_READS_NULL -> readings.row(place, promptTokens, nothing());
      case PROBE_IS_SUSPICIOUS -> readings.row(place, promptTokens, logits(ODD));
      default -> readings.row(place, promptTokens, logits(CALM));
    };
  }

  @SuppressWarnings("NullAway") // A broken probe keeps no promise.
  private static <T> T nothing() {
    return null;
  }

  /** One head alone, and not the one that gives the verdict. */
  private float[] oneOdd(float odds) {
    float[] logits = logits(CALM);
    logits[heads - 1] = odds;
    return logits;
  }

  private float[] logits(float odds) {
    float[] logits = new float[heads];
    Arrays.fill(logits, odds);
    return logits;
  }
}
