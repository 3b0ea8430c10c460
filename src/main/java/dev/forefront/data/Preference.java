package dev.forefront.data;

import dev.forefront.conversation.Conversation;

/**
 * Two replies to one conversation, one better than the other.
 *
 * @param id names the pair in logs
 * @param prompt ends with the user's turn
 * @param margin by how much it is better, where a reward model is to learn that; else 0
 */
public record Preference(
    String id, Conversation prompt, String chosen, String rejected, double margin) {

  /** Nobody says by how much. */
  public Preference(String id, Conversation prompt, String chosen, String rejected) {
    this(id, prompt, chosen, rejected, 0);
  }

  public Preference {
    if (!(margin >= 0) || Double.isInfinite(margin)) {
      throw new IllegalArgumentException("a margin is 0 or above, not " + margin);
    }
    if (chosen.equals(rejected)) {
      throw new IllegalArgumentException("pair " + id + " prefers a reply to itself");
    }
  }
}
