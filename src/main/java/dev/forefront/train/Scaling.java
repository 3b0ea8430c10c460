package dev.forefront.train;

import java.util.List;

/**
 * A model's shape and training from its number of layers alone.
 *
 * <ul>
 *   <li>Width 64 times the layers, heads of 64, feed-forward 8/3 of the width: the shape of the
 *       GPT-2 and Llama families at small sizes.
 *   <li>20 tokens for each parameter (Hoffmann et al. 2022, table 3).
 *   <li>A rate that falls with the width (Yang et al. 2022), through 6e-4 at width 768 (Brown et
 *       al. 2020, table 2.1), at most 3e-3.
 *   <li>A batch that grows with the root of the tokens: 2^19 tokens (Brown et al. 2020) at 20 for
 *       each of 125 million parameters.
 * </ul>
 */
final class Scaling {
  /** Keys whose values follow from a depth. */
  static final List<String> DERIVED =
      List.of(
          "model.hidden",
          "model.intermediate",
          "model.layers",
          "model.heads",
          "model.key_value_heads",
          "pretrain.steps",
          "pretrain.rows",
          "pretrain.micro_rows",
          "pretrain.optimizer.rate",
          "pretrain.schedule.warmup",
          "pretrain.schedule.decay",
          "pretrain.checkpoint");

  private static final int HEAD = 64;
  private static final int TOKENS_PER_PARAMETER = 20;
  private static final double RATE = 6e-4;
  private static final int RATE_WIDTH = 768;
  private static final double MOST_RATE = 3e-3;
  private static final double BATCH = 1 << 19;
  private static final double BATCH_TOKENS = 20 * 125e6;

  /** Tokens that are computed at once. */
  private static final int MICRO = 8192;

  private Scaling() {}

  static Recipe.Model model(int depth, int context) {
    int hidden = depth * HEAD;
    int intermediate = (hidden * 8 / 3 + HEAD - 1) / HEAD * HEAD;
    return new Recipe.Model(hidden, intermediate, depth, depth, depth, context);
  }

  static TrainingStage.Pretrain pretrain(Recipe.Model model, int vocabulary, int length) {
    long tokens = TOKENS_PER_PARAMETER * parameters(model, vocabulary);
    double batch = BATCH * Math.sqrt(tokens / BATCH_TOKENS);
    int rows = Math.clamp(Math.round(batch / length), 1, 65_536);
    int steps = Math.clamp(Math.ceilDiv(tokens, (long) rows * length), 1, 100_000_000);
    int micro = Math.max(1, MICRO / length);
    double rate = Math.min(MOST_RATE, RATE * RATE_WIDTH / model.hidden());
    int warmup = Math.min(steps, Math.max(10, steps / 50));
    return new TrainingStage.Pretrain(
        steps,
        rows,
        length,
        micro >= rows ? 0 : micro,
        false,
        new Recipe.Optimizer(rate, 0.9, 0.95, 1e-8, 0.1),
        new Recipe.Rates(Recipe.Kind.COSINE, Math.min(warmup, steps), 0, 0.1),
        Recipe.Loss.PLAIN,
        1.0,
        Math.max(1, steps / 10),
        Recipe.Care.USUAL,
        Recipe.Measure.NEVER);
  }

  /** As the model has them, without making one: its shape may still be wrong. */
  private static long parameters(Recipe.Model m, int vocabulary) {
    long head = m.hidden() / Math.max(1, m.heads());
    long attention =
        2L * m.hidden() * m.heads() * head + 2L * m.hidden() * m.keyValueHeads() * head;
    long block = attention + 3L * m.hidden() * m.intermediate() + 2L * m.hidden();
    return (long) vocabulary * m.hidden() + m.layers() * block + m.hidden();
  }

  /** What follows from a depth, for people. */
  static List<String> lines(Recipe recipe) {
    Recipe.Model m = recipe.model();
    TrainingStage.Pretrain p = recipe.pretrain();
    return List.of(
        "model     %d layers, hidden %d, intermediate %d, %d heads, %d key-value heads, context %d"
            .formatted(
                m.layers(),
                m.hidden(),
                m.intermediate(),
                m.heads(),
                m.keyValueHeads(),
                m.context()),
        "pretrain  %,d updates of %d rows of %d tokens%s: %,d tokens"
            .formatted(
                p.steps(),
                p.rows(),
                p.length(),
                p.microRows() == 0 ? "" : " (%d rows at once)".formatted(p.microRows()),
                (long) p.steps() * p.rows() * p.length()),
        "optimizer %s, rate %s, %s after %d updates of warmup"
            .formatted(
                p.optimizer().kind(),
                p.optimizer().rate(),
                p.schedule().kind(),
                p.schedule().warmup()));
  }
}
