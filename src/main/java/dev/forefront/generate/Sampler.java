package dev.forefront.generate;

import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Draws the tokens of one reply; the same seed and logits give the same tokens. */
final class Sampler {
  private final Sampling sampling;
  private final IntPredicate ends;
  private final SplittableRandom random;
  private final History history;
  private final @Nullable Following following;

  /**
   * A token that was chosen.
   *
   * @param logprob under the model's own distribution; NaN where nobody asked
   * @param likeliest as many as were asked for
   */
  record Drawn(int id, double logprob, List<Likely> likeliest) {}

  /**
   * @param prompt counts for some penalties
   * @param ends whether a token ends the reply
   * @param following the form of the reply; null where it has none
   */
  Sampler(Sampling sampling, int[] prompt, IntPredicate ends, @Nullable Following following) {
    if (sampling.hasForm() && following == null) {
      throw new IllegalArgumentException("a form needs a tokenizer: ask the engine");
    }
    this.following = following;
    this.sampling = sampling;
    this.ends = ends;
    random = new SplittableRandom(sampling.seed());
    history = new History(prompt);
  }

  /**
   * @param logits of {@code length} tokens; changed
   */
  Drawn draw(float[] logits, int length) {
    double normalizer =
        sampling.tellsLogprobs() ? Processors.normalizer(logits, length) : Double.NaN;
    List<Likely> likeliest =
        sampling.logprobs() > 0 ? likeliest(logits, length, normalizer) : List.of();
    float[] own = sampling.tellsLogprobs() ? logits.clone() : logits;
    shape(logits, length);
    int id =
        sampling.temperature() == 0
            ? Processors.argmax(logits, length)
            : drawRandomly(logits, length);
    if (logits[id] == Float.NEGATIVE_INFINITY) {
      throw new IllegalStateException("no token is left that may come next");
    }
    history.add(id);
    if (following != null && !ends.test(id)) {
      following.take(id);
    }
    return new Drawn(id, own[id] - normalizer, likeliest);
  }

  /** The prompt and all that was drawn. */
  History history() {
    return history;
  }

  /** Whether the reply has its form and nothing can follow. */
  boolean isOver() {
    return following != null && following.isOver();
  }

  /** What is done to logits whether the likeliest is taken or one is drawn. */
  private void shape(float[] logits, int length) {
    Penalties penalties = sampling.penalties();
    Processors.bias(logits, length, history, sampling.biases());
    if (penalties.repetition() != 1) {
      Processors.repetition(logits, length, history, penalties.repetition());
    }
    if (penalties.presence() != 0 || penalties.frequency() != 0) {
      Processors.presenceAndFrequency(
          logits, length, history, penalties.presence(), penalties.frequency());
    }
    if (penalties.noRepeatNgram() > 0) {
      Processors.noRepeatNgram(logits, length, history, penalties.noRepeatNgram());
    }
    if (history.written() < sampling.minTokens()) {
      Processors.noEnd(logits, length, ends);
    }
    if (following != null) {
      following.forbid(logits, length, ends);
    }
  }

  private int drawRandomly(float[] logits, int length) {
    Processors.temperature(logits, length, sampling.temperature());
    cut(logits, length);
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

  private void cut(float[] logits, int length) {
    Cutoffs cutoffs = sampling.cutoffs();
    if (cutoffs.topK() > 0) {
      Processors.topK(logits, length, cutoffs.topK());
    }
    if (cutoffs.topP() < 1) {
      Processors.topP(logits, length, cutoffs.topP());
    }
    if (cutoffs.minP() > 0) {
      Processors.minP(logits, length, cutoffs.minP());
    }
    if (cutoffs.typicalP() < 1) {
      Processors.typical(logits, length, cutoffs.typicalP());
    }
    if (cutoffs.epsilon() > 0) {
      Processors.epsilon(logits, length, cutoffs.epsilon());
    }
    if (cutoffs.eta() > 0) {
      Processors.eta(logits, length, cutoffs.eta());
    }
  }

  /** The likeliest first; of those alike, the one with the lower id. */
  private List<Likely> likeliest(float[] logits, int length, double normalizer) {
    int[] best = new int[Math.min(sampling.logprobs(), length)];
    int found = 0;
    for (int id = 0; id < length; id++) {
      int at = found;
      while (at > 0 && logits[id] > logits[best[at - 1]]) {
        at--;
      }
      if (at < best.length) {
        found = Math.min(found + 1, best.length);
        System.arraycopy(best, at, best, at + 1, found - at - 1);
        best[at] = id;
      }
    }
    List<Likely> likeliest = new ArrayList<>();
    for (int at = 0; at < found; at++) {
      likeliest.add(new Likely(best[at], logits[best[at]] - normalizer));
    }
    return likeliest;
  }
}
