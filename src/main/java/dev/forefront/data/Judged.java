package dev.forefront.data;

import dev.forefront.conversation.Conversation;
import java.util.List;

/**
 * A reply that somebody judged by itself: a thumb up or down.
 *
 * @param id names the reply in logs
 * @param prompt ends with the user's turn
 */
public record Judged(String id, Conversation prompt, String reply, Label label) {

  /** As Ethayarajh et al. 2024 (KTO) call them. */
  public enum Label {
    DESIRABLE,
    UNDESIRABLE
  }

  /** Both replies of a pair, each by itself. */
  public static List<Judged> of(Preference pair) {
    return List.of(
        new Judged(pair.id() + "/chosen", pair.prompt(), pair.chosen(), Label.DESIRABLE),
        new Judged(pair.id() + "/rejected", pair.prompt(), pair.rejected(), Label.UNDESIRABLE));
  }
}
