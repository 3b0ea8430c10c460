package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * The last word of a passage, which only the whole passage tells (LAMBADA, Paperno et al. 2016):
 * right where the word is what the model would have written; and the word's perplexity.
 */
public final class LastWord implements Suite {

  private final String name;
  private final List<String> passages;
  private final String digest;

  public LastWord(String name, List<String> passages) {
    this.name = name;
    this.passages = passages.stream().filter(passage -> passage.strip().contains(" ")).toList();
    this.digest = Digests.of(this.passages);
    if (this.passages.isEmpty()) {
      throw new IllegalArgumentException("no passages");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long items() {
    return passages.size();
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public Measurement measure(LanguageModel model, EvaluationSettings settings, LongConsumer done) {
    Answers<Score> answers =
        Answers.ask(passages, settings.concurrency(), text -> score(model, text), done);
    List<Score> scores = answers.given();
    long right = scores.stream().filter(Score::greedy).count();
    List<Result> results = new ArrayList<>();
    results.add(Result.ofRate(name, "accuracy", right, passages.size(), digest));
    if (!scores.isEmpty()) {
      double value = perplexity(scores, IntStream.range(0, scores.size()).toArray());
      Interval interval = Interval.bootstrap(scores.size(), 0, drawn -> perplexity(scores, drawn));
      results.add(
          new Result(
              name,
              "word_perplexity",
              value,
              Math.min(value, interval.low()),
              Math.max(value, interval.high()),
              scores.size(),
              digest));
    }
    results.addAll(answers.errorRate(name, digest));
    return new Measurement(results, List.of(), answers.problems(name), 0, 0);
  }

  private static Score score(LanguageModel model, String passage) {
    String text = passage.strip();
    int space = text.lastIndexOf(' ');
    return model.score(text.substring(0, space), text.substring(space));
  }

  private static double perplexity(List<Score> scores, int[] drawn) {
    double logprob = 0;
    for (int at : drawn) {
      logprob += scores.get(at).logprob();
    }
    return Math.exp(-logprob / drawn.length);
  }
}
