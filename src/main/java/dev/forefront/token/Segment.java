package dev.forefront.token;

/** A stretch of a rendered conversation: words, which stay words, or one control token. */
sealed interface Segment {
  Speaker speaker();

  record Words(String text, Speaker speaker) implements Segment {}

  record Control(String spelling, Speaker speaker) implements Segment {}

  /** Who wrote a stretch: only the assistant's is learnt. */
  enum Speaker {
    ASSISTANT,
    OTHER
  }
}
