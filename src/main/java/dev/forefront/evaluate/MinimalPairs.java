package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Pairs of sentences that differ in one point of grammar (BLiMP, Warstadt et al. 2020): right where
 * the model finds the good one likelier. Chance is one half.
 */
public final class MinimalPairs implements Suite {

  /** A grammatical sentence and its twin. */
  public record Pair(String good, String bad) {}

  private final String name;
  private final List<Pair> pairs;
  private final String digest;

  public MinimalPairs(String name, List<Pair> pairs) {
    this.name = name;
    this.pairs = List.copyOf(pairs);
    this.digest = Digests.of(pairs.stream().map(pair -> pair.good() + "\n" + pair.bad()).toList());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long items() {
    return pairs.size();
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public Measurement measure(LanguageModel model, EvaluationSettings settings, LongConsumer done) {
    Answers<Boolean> answers =
        Answers.ask(pairs, settings.concurrency(), pair -> prefersGood(model, pair), done);
    long right = answers.given().stream().filter(answer -> answer).count();
    List<Result> results = new ArrayList<>();
    results.add(Result.ofRate(name, "accuracy", right, pairs.size(), digest));
    results.addAll(answers.errorRate(name, digest));
    return new Measurement(results, List.of(), answers.problems(name), 0, 0);
  }

  private static boolean prefersGood(LanguageModel model, Pair pair) {
    return model.score("", pair.good()).logprob() > model.score("", pair.bad()).logprob();
  }
}
