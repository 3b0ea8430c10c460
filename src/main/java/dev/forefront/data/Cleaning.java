package dev.forefront.data;

import dev.forefront.conversation.BadInputException;

/**
 * What is done to text before anyone learns from it.
 *
 * @param nearDuplicate Jaccard similarity from which a document is a copy of an earlier one, 0.5 to
 *     1; 1 drops exact copies only
 * @param redact whether mail addresses, telephone, account, card and network numbers are replaced
 * @param filter whether readable documents that are no prose are dropped
 */
public record Cleaning(double nearDuplicate, boolean redact, boolean filter) {
  /** All of it. */
  public static final Cleaning FULL = new Cleaning(0.8, true, true);

  public Cleaning {
    if (!(nearDuplicate >= 0.5 && nearDuplicate <= 1)) {
      throw new BadInputException("near_duplicate must be between 0.5 and 1, not " + nearDuplicate);
    }
  }
}
