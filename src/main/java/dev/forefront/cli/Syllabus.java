package dev.forefront.cli;

import dev.forefront.data.DocumentSource;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import java.util.Collection;
import java.util.List;

/** What a recipe may learn from: the built-in world and the sets that the catalogue names. */
interface Syllabus {

  /**
   * What a model of text reads.
   *
   * @throws dev.forefront.conversation.BadInputException where there is no such set
   */
  DocumentSource text(String set);

  /** Dialogues to learn answering from. */
  DocumentSource dialogues(String set);

  /** Replies of which one is better. */
  List<Preference> pairs(String set);

  /** Replies that were judged one by one. */
  default List<Judged> judged(String set) {
    return List.of();
  }

  /** Every text of every held-out task: nothing of it may be learnt. */
  Collection<String> heldOut();

  /** Of everything above, as far as it is not decided by the recipe and the code. */
  String digest();
}
