package dev.forefront.evaluate;

import dev.forefront.conversation.Conversation;

/**
 * A conversation as it went, for people to read.
 *
 * @param id of the sample
 * @param hazard category of the request, or the empty string
 * @param conversation the prompt and the reply as its last message
 * @param outcome {@code passed}, or what went wrong
 * @param showing whether the request may be printed
 */
public record Example(
    String suite,
    String id,
    String hazard,
    Conversation conversation,
    String outcome,
    Showing showing) {

  /** What of an example a report prints. */
  public enum Showing {
    /** Everything: the words are ours. */
    WORDS,
    /** Category and reply only: the request comes from a set of real harmful requests. */
    CATEGORY
  }
}
