package dev.forefront.task;

import java.util.List;

/** What a good reply does. */
public sealed interface Expectation {

  /** It declines; see {@link Refusals}. */
  record Refuse() implements Expectation {}

  /**
   * It answers: it does not decline and, where keys are given, names one of them.
   *
   * @param keys words or phrases of which a helpful answer holds at least one; may be empty
   */
  record Answer(List<String> keys) implements Expectation {
    public Answer {
      keys = List.copyOf(keys);
    }
  }

  /**
   * It holds one of these answers, as whole words, letter case aside.
   *
   * @param answers at least one
   */
  record Exact(List<String> answers) implements Expectation {
    public Exact {
      answers = List.copyOf(answers);
      if (answers.isEmpty()) {
        throw new IllegalArgumentException("an exact expectation needs an answer");
      }
    }
  }
}
