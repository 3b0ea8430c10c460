package dev.forefront.align;

import dev.forefront.data.Preference;
import dev.forefront.token.ChatTemplate;
import java.util.ArrayList;
import java.util.List;

/**
 * Preference pairs rendered for training: of each conversation only its last reply counts.
 *
 * @param pairs both replies short enough for a row
 * @param dropped pairs of which one is too long
 */
record Pairs(List<Pair> pairs, int dropped) {
  Pairs {
    pairs = List.copyOf(pairs);
  }

  /**
   * Two replies to the same prompt.
   *
   * @param margin by how much the chosen one is better, where that is known; else 0
   */
  record Pair(String id, Sequence chosen, Sequence rejected, double margin) implements Example {

    @Override
    public List<Sequence> sequences() {
      return List.of(chosen, rejected);
    }
  }

  /**
   * @param length places of a row
   * @throws dev.forefront.conversation.BadInputException where a prompt does not end with a turn of
   *     the user
   */
  static Pairs render(ChatTemplate template, List<Preference> preferences, int length) {
    List<Pair> pairs = new ArrayList<>();
    int dropped = 0;
    for (Preference preference : preferences) {
      Sequence chosen = sequence(template, preference, preference.chosen());
      Sequence rejected = sequence(template, preference, preference.rejected());
      if (chosen.places() > length || rejected.places() > length) {
        dropped++;
      } else {
        pairs.add(new Pair(preference.id(), chosen, rejected, preference.margin()));
      }
    }
    return new Pairs(pairs, dropped);
  }

  private static Sequence sequence(ChatTemplate template, Preference preference, String reply) {
    return RenderedReply.of(template, "pair " + preference.id(), preference.prompt(), reply);
  }
}
