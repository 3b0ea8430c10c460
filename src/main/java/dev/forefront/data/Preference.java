package dev.forefront.data;

import dev.forefront.conversation.Conversation;

/**
 * Two replies to one conversation, one better than the other.
 *
 * @param id names the pair in logs
 * @param prompt ends with the user's turn
 */
public record Preference(String id, Conversation prompt, String chosen, String rejected) {
  public Preference {
    if (chosen.equals(rejected)) {
      throw new IllegalArgumentException("pair " + id + " prefers a reply to itself");
    }
  }
}
