package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How surprised a model is by a text: {@code exp} of the mean negative log-probability of its
 * tokens, each after those before it in the same window.
 *
 * @param value 1 for a text that it knew by heart, the vocabulary's size for one that it guessed
 * @param tokens that were predicted
 */
public record Perplexity(double value, int tokens) {

  /**
   * @param ids the text, cut into windows that do not overlap
   * @param window tokens of a window, at most the context's length
   * @throws BadInputException where the text has fewer than two tokens
   */
  public static Perplexity of(IdModel model, int[] ids, int window) {
    int length = Math.min(window, model.config().contextLength());
    if (ids.length < 2 || length < 2) {
      throw new BadInputException("a perplexity needs a text of at least two tokens");
    }
    List<Future<Sum>> parts = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("perplexity-", 1).factory())) {
      for (int from = 0; from + 1 < ids.length; from += length) {
        int[] part = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + length));
        parts.add(threads.submit(() -> score(model, part)));
      }
    }
    double sum = 0;
    int tokens = 0;
    for (Future<Sum> part : parts) {
      try {
        sum += part.get().logprob();
        tokens += part.get().tokens();
      } catch (ExecutionException e) {
        throw new IllegalStateException("the text could not be scored", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("scoring was interrupted", e);
      }
    }
    return new Perplexity(Math.exp(-sum / tokens), tokens);
  }

  private record Sum(double logprob, int tokens) {}

  private static Sum score(IdModel model, int[] ids) {
    List<IdModel.ScoredToken> scored = model.score(ids, 1);
    return new Sum(scored.stream().mapToDouble(IdModel.ScoredToken::logprob).sum(), scored.size());
  }
}
