package dev.forefront.align;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Judged;
import dev.forefront.token.ChatTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Judged replies rendered for training: of each conversation only its last reply counts.
 *
 * @param replies short enough for a row
 * @param dropped replies that are too long with their prompts
 */
record JudgedReplies(List<Reply> replies, int dropped) {
  JudgedReplies {
    replies = List.copyOf(replies);
  }

  /**
   * One of them.
   *
   * @param sequences the reply, and where it is {@link #mismatched} its prompt with the reply to
   *     another one
   */
  record Reply(Judged.Label label, List<Sequence> sequences) implements Example {
    Reply {
      sequences = List.copyOf(sequences);
    }

    Sequence own() {
      return sequences.getFirst();
    }
  }

  /**
   * @param length places of a row
   * @throws BadInputException where a prompt does not end with a turn of the user
   */
  static JudgedReplies render(ChatTemplate template, List<Judged> judged, int length) {
    List<Reply> replies = new ArrayList<>();
    int dropped = 0;
    for (Judged one : judged) {
      Sequence sequence =
          RenderedReply.of(template, "reply " + one.id(), one.prompt(), one.reply());
      if (sequence.places() > length) {
        dropped++;
      } else {
        replies.add(new Reply(one.label(), List.of(sequence)));
      }
    }
    return new JudgedReplies(replies, dropped);
  }

  long count(Judged.Label label) {
    return replies.stream().filter(reply -> reply.label() == label).count();
  }

  /**
   * Gives each prompt a reply to another one beside its own, drawn once: by how much likelier than
   * the start model the policy finds such pairs, KTO estimates how far it has gone (Ethayarajh et
   * al. 2024). A reply that would be too long is cut.
   *
   * @throws BadInputException where all have the same prompt
   */
  JudgedReplies mismatched(int length, long seed) {
    int all = replies.size();
    List<Integer> order = new ArrayList<>(IntStream.range(0, all).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    // For each place of the order, walked twice around: the next one with another prompt.
    int[] next = new int[2 * all];
    next[2 * all - 1] = -1;
    for (int i = 2 * all - 2; i >= 0; i--) {
      next[i] = samePrompt(order.get(i % all), order.get((i + 1) % all)) ? next[i + 1] : i + 1;
    }
    if (next[0] < 0) {
      throw new BadInputException(
          "there is one prompt alone, and loss kto compares with replies to others: bring more, or"
              + " choose apo_zero_unpaired");
    }
    Reply[] paired = new Reply[all];
    for (int i = 0; i < all; i++) {
      Reply reply = replies.get(order.get(i));
      Sequence other = replies.get(order.get(next[i] % all)).own();
      Sequence mixed = reply.own().withReplyOf(other, length);
      paired[order.get(i)] = new Reply(reply.label(), List.of(reply.own(), mixed));
    }
    return new JudgedReplies(Arrays.asList(paired), dropped);
  }

  private boolean samePrompt(int a, int b) {
    return Arrays.equals(replies.get(a).own().prompt(), replies.get(b).own().prompt());
  }
}
