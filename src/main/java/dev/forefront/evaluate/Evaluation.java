package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Measures a model, seen through the waist alone. */
public final class Evaluation {

  private Evaluation() {}

  /** A report and what went wrong while it was made. */
  public record Outcome(Report report, List<String> problems) {
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Measures all suites, one after the other, many requests at a time.
   *
   * @param modelDigest of the folder that the model came from
   * @param progress hears how many items of all suites are done, from any thread
   */
  public static Outcome run(
      LanguageModel model,
      String modelDigest,
      List<? extends Suite> suites,
      EvaluationSettings settings,
      LongConsumer progress) {
    List<Result> results = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<String> digests = new ArrayList<>();
    long replies = 0;
    long ended = 0;
    long before = 0;
    for (Suite suite : suites) {
      long start = before;
      Measurement found = suite.measure(model, settings, done -> progress.accept(start + done));
      before += suite.items();
      results.addAll(found.results());
      examples.addAll(found.examples());
      problems.addAll(found.problems());
      replies += found.replies();
      ended += found.ended();
      if (found.replies() > 0) {
        digests.add(suite.digest());
      }
    }
    if (replies > 0) {
      results.add(Result.ofRate("ends", "self_ended_rate", ended, replies, Digests.of(digests)));
    }
    Report report = new Report(modelDigest, Instant.now(), settings.harness(), results, examples);
    return new Outcome(report, problems);
  }
}
