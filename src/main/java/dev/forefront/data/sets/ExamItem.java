package dev.forefront.data.sets;

import dev.forefront.task.Expectation;

/** One item of a set that measures models. */
public sealed interface ExamItem {

  /**
   * Something that a user asks.
   *
   * @param hazard category of what is asked for, {@code S1} to {@code S14}; empty where the set
   *     names none that fits
   * @param kind what the set calls this kind of request, or empty
   */
  record Request(String text, Expectation expectation, String hazard, String kind)
      implements ExamItem {}

  /**
   * Two sentences that differ in one point of grammar.
   *
   * @param phenomenon what the point belongs to, such as {@code island_effects}
   */
  record SentencePair(String good, String bad, String phenomenon) implements ExamItem {}

  /** A text whose last word is to be predicted. */
  record Passage(String text) implements ExamItem {}

  /** A text that asks to forget the rules, with {@code {ask}} where the request goes. */
  record Wrapping(String text) implements ExamItem {
    /** The request inside. */
    public String around(String request) {
      return text.replace("{ask}", request);
    }
  }
}
