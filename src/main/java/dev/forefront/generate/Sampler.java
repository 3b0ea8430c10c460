package dev.forefront.generate;

import dev.forefront.conversation.Sampling;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws the tokens of one reply; the same seed and logits give the same tokens. */
final class Sampler {
  private final Sampling sampling;
  private final SplittableRandom random;
  private int[] seen;
  private int count;

  /**
   * @param prompt counts for the repetition penalty
   */
  Sampler(Sampling sampling, int[] prompt) {
    this.sampling = sampling;
    random = new SplittableRandom(sampling.seed());
    seen = sampling.repetitionPenalty() == 1 ? new int[0] : prompt.clone();
    count = seen.length;
  }

  /**
   * @param logits of {@code length} tokens; changed
   */
  int draw(float[] logits, int length) {
    if (sampling.repetitionPenalty() != 1) {
      int[] context = Arrays.copyOf(seen, count);
      Processors.repetition(logits, length, context, sampling.repetitionPenalty());
    }
    int id =
        sampling.temperature() == 0
            ? Processors.argmax(logits, length)
            : drawRandomly(logits, length);
    remember(id);
    return id;
  }

  private int drawRandomly(float[] logits, int length) {
    Processors.temperature(logits, length, sampling.temperature());
    if (sampling.topK() > 0) {
      Processors.topK(logits, length, sampling.topK());
    }
    if (sampling.topP() < 1) {
      Processors.topP(logits, length, sampling.topP());
    }
    if (sampling.minP() > 0) {
      Processors.minP(logits, length, sampling.minP());
    }
    float[] probabilities = Processors.probabilities(logits, length);
    double left = random.nextDouble();
    int last = 0;
    for (int i = 0; i < length; i++) {
      if (probabilities[i] > 0) {
        last = i;
        left -= probabilities[i];
        if (left < 0) {
          return i;
        }
      }
    }
    return last;
  }

  private void remember(int id) {
    if (sampling.repetitionPenalty() == 1) {
      return;
    }
    if (count == seen.length) {
      seen = Arrays.copyOf(seen, Math.max(16, 2 * count));
    }
    seen[count++] = id;
  }
}
