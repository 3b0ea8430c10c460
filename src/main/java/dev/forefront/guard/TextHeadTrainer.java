package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Trains {@link TextHeads} by AdaGrad on the logistic loss. A text has one label but several
 * windows: each window's loss weighs as the softmax of its score, so that one confident flag in a
 * harmless text is punished hard and a harmless beginning of a harmful text costs nothing
 * (Constitutional Classifiers++, softmax-weighted loss). The same examples, settings and seed give
 * the same bits.
 */
final class TextHeadTrainer {
  private static final float EPSILON = 1e-3f;
  private static final float LEAST_SHARE = 0.02f;
  // Gradients that no longer move anything; most windows of most heads.
  private static final float LEAST_ERROR = 0.01f;

  /**
   * @param epochs passes over all examples
   * @param rate AdaGrad's step, falling to zero over the epochs
   * @param decay pull of every touched weight towards 0
   */
  record Settings(int epochs, float rate, float decay, long seed) {
    static Settings standard(long seed) {
      return new Settings(5, 0.3f, 1e-3f, seed);
    }
  }

  /**
   * @param targets probability per head; NaN where nobody knows
   * @param weights what an error of each head costs
   */
  record Example(List<TextWindow> windows, float[] targets, float[] weights) {}

  private final List<String> names;
  private final Settings settings;
  private final @Nullable TextHeads prior;
  private final int heads;
  private final float[] weights;
  private final float[] squares;
  private final float[] bias;
  private final float[] biasSquares;
  private final float[] mix;
  private final float[] mixSquares;

  /**
   * @param prior heads trained before, whose scores are features of the new ones; or null
   */
  TextHeadTrainer(List<String> names, Settings settings, @Nullable TextHeads prior) {
    this.names = names;
    this.settings = settings;
    this.prior = prior;
    heads = names.size();
    weights = new float[TextFeatures.BUCKETS * heads];
    squares = new float[weights.length];
    bias = new float[heads];
    biasSquares = new float[heads];
    int priors = prior == null ? 0 : prior.size();
    mix = new float[heads * priors];
    mixSquares = new float[mix.length];
  }

  TextHeads train(List<Example> examples) {
    List<Example> order = new ArrayList<>(examples);
    Random random = new Random(settings.seed());
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      Collections.shuffle(order, random);
      float rate = settings.rate() * (1 - epoch / (float) settings.epochs());
      for (Example example : order) {
        for (int head = 0; head < heads; head++) {
          if (!Float.isNaN(example.targets()[head])) {
            learn(example, head, rate);
          }
        }
      }
    }
    return collapsed();
  }

  private void learn(Example example, int head, float rate) {
    List<TextWindow> windows = example.windows();
    float[] scores = new float[windows.size()];
    float highest = Float.NEGATIVE_INFINITY;
    for (int at = 0; at < scores.length; at++) {
      scores[at] = score(windows.get(at), head);
      highest = Math.max(highest, scores[at]);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    for (int at = 0; at < scores.length; at++) {
      float share = (float) (Math.exp(scores[at] - highest) / sum);
      float error = (float) TextHeads.probability(scores[at]) - example.targets()[head];
      if (share >= LEAST_SHARE && Math.abs(error) >= LEAST_ERROR) {
        step(windows.get(at), head, share * example.weights()[head] * error, rate);
      }
    }
  }

  private float score(TextWindow window, int head) {
    float sum = 0;
    for (int at = 0; at < window.buckets().length; at++) {
      sum += weights[window.buckets()[at] * heads + head] * window.values()[at];
    }
    sum = sum * window.scale() + bias[head];
    if (prior != null) {
      for (int one = 0; one < prior.size(); one++) {
        sum += mix[head * prior.size() + one] * prior.score(window, one);
      }
    }
    return sum;
  }

  private void step(TextWindow window, int head, float gradient, float rate) {
    float scaled = gradient * window.scale();
    for (int at = 0; at < window.buckets().length; at++) {
      int place = window.buckets()[at] * heads + head;
      float slope = scaled * window.values()[at] + settings.decay() * weights[place];
      squares[place] += slope * slope;
      weights[place] -= rate * slope / (float) Math.sqrt(squares[place] + EPSILON);
    }
    biasSquares[head] += gradient * gradient;
    bias[head] -= rate / 2 * gradient / (float) Math.sqrt(biasSquares[head] + EPSILON);
    if (prior != null) {
      for (int one = 0; one < prior.size(); one++) {
        int place = head * prior.size() + one;
        float slope = gradient * prior.score(window, one);
        mixSquares[place] += slope * slope;
        mix[place] -= rate / 2 * slope / (float) Math.sqrt(mixSquares[place] + EPSILON);
      }
    }
  }

  /** A sum of linear heads is a linear head: what was learnt on top of the prior is one with it. */
  private TextHeads collapsed() {
    if (prior == null) {
      return new TextHeads(names, weights, bias);
    }
    for (int head = 0; head < heads; head++) {
      for (int one = 0; one < prior.size(); one++) {
        float share = mix[head * prior.size() + one];
        bias[head] += share * prior.bias(one);
        for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
          weights[bucket * heads + head] += share * prior.weight(bucket, one);
        }
      }
    }
    return new TextHeads(names, weights, bias);
  }
}
