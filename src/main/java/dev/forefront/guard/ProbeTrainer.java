package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Fits the heads of one kind to the residual stream by Adam on the logistic loss. A text has one
 * label and many tokens: the mean of the log odds over the last {@link ProbeReader#WINDOW} tokens
 * is judged at each, and each loss weighs as the softmax of that mean (Constitutional
 * Classifiers++, temperature 1), so that one confident flag in a harmless text is punished hard and
 * a harmless beginning of a harmful text costs nothing. Features are standardised while it trains
 * and the weights folded back at the end. The same examples and seed give the same bits.
 */
final class ProbeTrainer {
  // Heads side by side, filled up so that the innermost loops have one length.
  private static final int WIDE = 16;
  private static final int BATCH = 16;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final float LEAST_GRADIENT = 1e-4f;

  /**
   * @param epochs passes over all examples, at least
   * @param steps at least: few examples are seen more often
   * @param decay pull of every weight towards 0, as a share of the rate (AdamW)
   */
  record Settings(int epochs, int steps, double rate, double decay, long seed) {
    static Settings standard(long seed) {
      return new Settings(6, 200, 8e-3, 0.1, seed);
    }
  }

  /**
   * One text.
   *
   * @param rows {@code [tokens, features]} in half precision
   * @param targets probability for each head; NaN where nobody knows
   * @param weights what an error of each head costs
   */
  record Example(short[] rows, int tokens, float[] targets, float[] weights, String group) {}

  /**
   * Trained heads.
   *
   * @param weights {@code [columns, heads]} of features as they stand
   */
  record Heads(int[] columns, int heads, float[] bias, float[] weights) {

    /** The highest exponential mean of a head over a text, as a {@link ProbeReader} takes it. */
    double highest(Example example, int head) {
      double sum = 0;
      double weight = 0;
      double kept = ProbeReader.KEPT;
      double highest = Double.NEGATIVE_INFINITY;
      int features = example.rows.length / example.tokens;
      for (int token = 0; token < example.tokens; token++) {
        double logit = bias[head];
        for (int at = 0; at < columns.length; at++) {
          logit +=
              weights[at * heads + head]
                  * Float.float16ToFloat(example.rows[token * features + columns[at]]);
        }
        sum = sum * kept + logit * (1 - kept);
        weight = weight * kept + 1 - kept;
        highest = Math.max(highest, sum / weight);
      }
      return highest;
    }
  }

  private final int heads;
  private final Settings settings;
  private final int[] columns;
  private final float[] mean;
  private final float[] scale;
  private final float[] weights;
  private final float[] gradient;
  private final float[] first;
  private final float[] second;
  private int steps;

  /**
   * @param heads at most 16
   * @param columns which features of a row are looked at
   */
  ProbeTrainer(int heads, int[] columns, Settings settings) {
    if (heads > WIDE) {
      throw new IllegalArgumentException("at most %d heads are trained at once".formatted(WIDE));
    }
    this.heads = heads;
    this.columns = columns;
    this.settings = settings;
    mean = new float[columns.length];
    scale = new float[columns.length];
    // The last row is the bias.
    weights = new float[(columns.length + 1) * WIDE];
    gradient = new float[weights.length];
    first = new float[weights.length];
    second = new float[weights.length];
  }

  Heads train(List<Example> examples) {
    standardise(examples);
    List<Example> order = new ArrayList<>(examples);
    Random random = new Random(settings.seed());
    int batches = (order.size() + BATCH - 1) / BATCH;
    int epochs = Math.max(settings.epochs(), (settings.steps() + batches - 1) / batches);
    int all = epochs * batches;
    for (int epoch = 0; epoch < epochs; epoch++) {
      Collections.shuffle(order, random);
      for (int from = 0; from < order.size(); from += BATCH) {
        List<Example> batch = order.subList(from, Math.min(order.size(), from + BATCH));
        Arrays.fill(gradient, 0);
        batch.forEach(this::learn);
        step(settings.rate() * (1 - steps / (double) all), batch.size());
      }
    }
    return folded();
  }

  private void standardise(List<Example> examples) {
    double[] sums = new double[columns.length];
    double[] squares = new double[columns.length];
    long tokens = 0;
    for (Example example : examples) {
      float[] x = raw(example);
      for (int token = 0; token < example.tokens; token++) {
        for (int at = 0; at < columns.length; at++) {
          float value = x[token * columns.length + at];
          sums[at] += value;
          squares[at] += value * value;
        }
      }
      tokens += example.tokens;
    }
    for (int at = 0; at < columns.length; at++) {
      double middle = sums[at] / tokens;
      double variance = squares[at] / tokens - middle * middle;
      mean[at] = (float) middle;
      scale[at] = (float) (1 / Math.sqrt(Math.max(0, variance) + 1e-6));
    }
  }

  private float[] raw(Example example) {
    float[] x = new float[example.tokens * columns.length];
    int features = example.rows.length / example.tokens;
    for (int token = 0; token < example.tokens; token++) {
      for (int at = 0; at < columns.length; at++) {
        x[token * columns.length + at] =
            Float.float16ToFloat(example.rows[token * features + columns[at]]);
      }
    }
    return x;
  }

  private float[] standard(Example example) {
    float[] x = raw(example);
    for (int token = 0; token < example.tokens; token++) {
      for (int at = 0; at < columns.length; at++) {
        int place = token * columns.length + at;
        x[place] = (x[place] - mean[at]) * scale[at];
      }
    }
    return x;
  }

  private void learn(Example example) {
    int tokens = example.tokens;
    float[] x = standard(example);
    float[] logits = new float[tokens * WIDE];
    for (int token = 0; token < tokens; token++) {
      int to = token * WIDE;
      System.arraycopy(weights, columns.length * WIDE, logits, to, WIDE);
      for (int at = 0; at < columns.length; at++) {
        float value = x[token * columns.length + at];
        int from = at * WIDE;
        for (int head = 0; head < WIDE; head++) {
          logits[to + head] += value * weights[from + head];
        }
      }
    }
    float[] slopes = new float[tokens * WIDE];
    for (int head = 0; head < heads; head++) {
      if (!Float.isNaN(example.targets[head])) {
        slopes(logits, tokens, head, example.targets[head], example.weights[head], slopes);
      }
    }
    for (int token = 0; token < tokens; token++) {
      int from = token * WIDE;
      float largest = 0;
      for (int head = 0; head < WIDE; head++) {
        largest = Math.max(largest, Math.abs(slopes[from + head]));
      }
      if (largest < LEAST_GRADIENT) {
        continue;
      }
      for (int at = 0; at < columns.length; at++) {
        float value = x[token * columns.length + at];
        int to = at * WIDE;
        for (int head = 0; head < WIDE; head++) {
          gradient[to + head] += value * slopes[from + head];
        }
      }
      for (int head = 0; head < WIDE; head++) {
        gradient[columns.length * WIDE + head] += slopes[from + head];
      }
    }
  }

  /** Adds the loss's slope by each token's log odds of one head. */
  private static void slopes(
      float[] logits, int tokens, int head, float target, float weight, float[] slopes) {
    double[] means = new double[tokens];
    double sum = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < tokens; token++) {
      sum += logits[token * WIDE + head];
      if (token >= ProbeReader.WINDOW) {
        sum -= logits[(token - ProbeReader.WINDOW) * WIDE + head];
      }
      means[token] = sum / Math.min(token + 1, ProbeReader.WINDOW);
      highest = Math.max(highest, means[token]);
    }
    double all = 0;
    for (double one : means) {
      all += Math.exp(one - highest);
    }
    for (int token = 0; token < tokens; token++) {
      double share = Math.exp(means[token] - highest) / all;
      int window = Math.min(token + 1, ProbeReader.WINDOW);
      float slope =
          (float) (weight * share * (TextHeads.probability(means[token]) - target) / window);
      for (int before = token + 1 - window; before <= token; before++) {
        slopes[before * WIDE + head] += slope;
      }
    }
  }

  private void step(double rate, int examples) {
    steps++;
    double correct1 = 1 - Math.pow(BETA1, steps);
    double correct2 = 1 - Math.pow(BETA2, steps);
    for (int at = 0; at < weights.length; at++) {
      float slope = gradient[at] / examples;
      first[at] = (float) (BETA1 * first[at] + (1 - BETA1) * slope);
      second[at] = (float) (BETA2 * second[at] + (1 - BETA2) * slope * slope);
      double pull = at < columns.length * WIDE ? settings.decay() * weights[at] : 0;
      weights[at] -=
          (float)
              (rate * (first[at] / correct1 / (Math.sqrt(second[at] / correct2) + 1e-8) + pull));
    }
  }

  private Heads folded() {
    float[] bias = new float[heads];
    float[] out = new float[columns.length * heads];
    for (int head = 0; head < heads; head++) {
      double sum = weights[columns.length * WIDE + head];
      for (int at = 0; at < columns.length; at++) {
        double weight = weights[at * WIDE + head] * (double) scale[at];
        out[at * heads + head] = (float) weight;
        sum -= weight * mean[at];
      }
      bias[head] = (float) sum;
    }
    return new Heads(columns, heads, bias, out);
  }
}
