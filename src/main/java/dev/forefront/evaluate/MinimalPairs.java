package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import dev.forefront.evaluate.Answers.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Pairs of sentences that differ in one point of grammar (BLiMP, Warstadt et al. 2020): right where
 * the model finds the good one likelier. Chance is one half.
 */
public final class MinimalPairs implements Suite {

  /**
   * A grammatical sentence and its twin.
   *
   * @param phenomenon what they differ in, or empty
   */
  public record Pair(String good, String bad, String phenomenon) {
    public Pair(String good, String bad) {
      this(good, bad, "");
    }
  }

  private final String name;
  private final List<Pair> pairs;
  private final String digest;

  public MinimalPairs(String name, List<Pair> pairs) {
    this.name = name;
    this.pairs = List.copyOf(pairs);
    this.digest = digest(this.pairs);
    if (this.pairs.isEmpty()) {
      throw new IllegalArgumentException("no pairs");
    }
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
    List<Result> results = new ArrayList<>();
    results.add(Result.ofRate(name, "accuracy", right(answers.all()), pairs.size(), digest));
    results.addAll(answers.errorRate(name, digest));
    results.addAll(byPhenomenon(answers.all()));
    return new Measurement(results, List.of(), answers.problems(name), 0, 0);
  }

  /** One figure for each phenomenon, where the pairs name more than one. */
  private List<Result> byPhenomenon(List<Answer<Boolean>> answers) {
    SortedMap<String, List<Integer>> groups = new TreeMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      groups.computeIfAbsent(pairs.get(i).phenomenon(), fresh -> new ArrayList<>()).add(i);
    }
    List<Result> results = new ArrayList<>();
    if (groups.size() > 1) {
      groups.forEach(
          (phenomenon, places) ->
              results.add(
                  Result.ofRate(
                      name + "/" + phenomenon,
                      "accuracy",
                      right(places.stream().map(answers::get).toList()),
                      places.size(),
                      digest(places.stream().map(pairs::get).toList()))));
    }
    return results;
  }

  /** A pair without an answer counts as wrong. */
  private static long right(List<Answer<Boolean>> answers) {
    return answers.stream()
        .filter(answer -> answer instanceof Answer.Given<Boolean>(Boolean good) && good)
        .count();
  }

  private static String digest(List<Pair> pairs) {
    return Digests.of(pairs.stream().map(pair -> pair.good() + "\n" + pair.bad()).toList());
  }

  private static boolean prefersGood(LanguageModel model, Pair pair) {
    return model.score("", pair.good()).logprob() > model.score("", pair.bad()).logprob();
  }
}
