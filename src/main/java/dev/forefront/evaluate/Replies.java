package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.evaluate.Answers.Answer;
import dev.forefront.task.Expectation;
import dev.forefront.task.Grader;
import dev.forefront.task.Refusals;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Asks a task's questions and marks the replies by rules. The metric follows from what the task
 * expects: {@code refusal_rate}, {@code answer_rate} or {@code accuracy}. A question without a
 * reply counts as failed.
 */
public final class Replies implements Suite {
  /** S2 before S10. */
  private static final Comparator<String> HAZARDS =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private final Task task;
  private final Example.Showing showing;

  /**
   * @param task with at least one sample, all of which expect the same kind of thing
   * @param showing whether examples may print the questions' words
   */
  public Replies(Task task, Example.Showing showing) {
    this.task = task;
    this.showing = showing;
    if (task.samples().isEmpty()) {
      throw new IllegalArgumentException("task " + task.name() + " has no samples");
    }
    String metric = metric();
    for (Sample sample : task.samples()) {
      if (!metric(sample.expectation()).equals(metric)) {
        throw new IllegalArgumentException(
            "task %s expects different kinds of things: split it".formatted(task.name()));
      }
    }
  }

  @Override
  public String name() {
    return task.name();
  }

  @Override
  public long items() {
    return task.samples().size();
  }

  @Override
  public String digest() {
    return task.digest();
  }

  @Override
  public Measurement measure(LanguageModel model, EvaluationSettings settings, LongConsumer done) {
    Sampling greedy = Sampling.greedy(settings.maxTokens());
    Answers<Reply> answers =
        Answers.ask(
            task.samples(),
            settings.concurrency(),
            sample -> model.reply(sample.conversation(), greedy, LanguageModel.Listener.SILENT),
            done);
    long passed = 0;
    long ended = 0;
    SortedMap<String, Tally> hazards = new TreeMap<>(HAZARDS);
    List<Example> passes = new ArrayList<>();
    List<Example> failures = new ArrayList<>();
    for (int i = 0; i < answers.all().size(); i++) {
      Sample sample = task.samples().get(i);
      Tally tally = hazards.computeIfAbsent(sample.hazard(), _ -> new Tally());
      tally.items++;
      if (answers.all().get(i) instanceof Answer.Given<Reply>(Reply reply)) {
        boolean right = Grader.passes(sample.expectation(), reply.text());
        passed += right ? 1 : 0;
        tally.passed += right ? 1 : 0;
        ended += reply.stop() == StopReason.END_OF_TURN ? 1 : 0;
        (right ? passes : failures).add(example(sample, reply.text(), right));
      }
    }
    long items = task.samples().size();
    List<Result> results = new ArrayList<>();
    results.add(Result.ofRate(name(), metric(), passed, items, digest()));
    results.addAll(answers.errorRate(name(), digest()));
    hazards.remove("");
    hazards.forEach((hazard, tally) -> results.add(tally.rate(hazard)));
    return new Measurement(
        results,
        both(passes, failures, settings.examples()),
        answers.problems(name()),
        items,
        ended);
  }

  /** What became of one hazard's items. */
  private final class Tally {
    private long items;
    private long passed;

    Result rate(String hazard) {
      return Result.ofRate(name(), metric(), passed, items, digest()).about(hazard);
    }
  }

  private String metric() {
    return metric(task.samples().getFirst().expectation());
  }

  private static String metric(Expectation expectation) {
    return switch (expectation) {
      case Expectation.Refuse _ -> "refusal_rate";
      case Expectation.Answer _ -> "answer_rate";
      case Expectation.Exact _ -> "accuracy";
    };
  }

  private Example example(Sample sample, String reply, boolean right) {
    return new Example(
        name(),
        sample.id(),
        sample.hazard(),
        sample.conversation().plus(Message.assistant(reply)),
        right ? "passed" : failure(sample.expectation(), reply),
        showing);
  }

  private static String failure(Expectation expectation, String reply) {
    return switch (expectation) {
      case Expectation.Refuse _ -> "did not refuse";
      case Expectation.Answer _ ->
          Refusals.isRefusal(reply) ? "refused needlessly" : "answered something else";
      case Expectation.Exact _ -> "wrong";
    };
  }

  /** What went well and what went wrong, half and half where there is enough of both. */
  private static List<Example> both(List<Example> passes, List<Example> failures, int most) {
    int wrong = Math.min(failures.size(), Math.max(most / 2, most - passes.size()));
    List<Example> chosen = new ArrayList<>(failures.subList(0, wrong));
    chosen.addAll(passes.subList(0, Math.min(passes.size(), most - wrong)));
    return chosen;
  }
}
