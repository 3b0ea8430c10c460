package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form;
import dev.forefront.token.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The forms that replies of one model were bound to last. The vocabulary is laid out when the first
 * one asks. For any thread.
 */
final class Forms {
  private static final int MOST = 16;

  private final Tokenizer tokenizer;
  private final Map<Bound, FormMasks> known = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable TokenTrie trie;

  /** A form, and the control tokens that are text of its replies. */
  private record Bound(Form form, Map<Integer, String> marks) {}

  Forms(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * @throws BadInputException where no reply can be bound to a form
   */
  void check() {
    if (!tokenizer.knowsBytes()) {
      throw new BadInputException(
          "the tokens of this model have no bytes of their own, so that no reply can be bound to a"
              + " form");
    }
  }

  /**
   * Begins a reply.
   *
   * @param marks spellings of control tokens that are text of it
   */
  synchronized Following follow(Form form, Map<Integer, String> marks) {
    check();
    if (trie == null) {
      trie = new TokenTrie(tokenizer);
    }
    Bound bound = new Bound(form, marks);
    FormMasks masks = known.get(bound);
    if (masks == null) {
      masks = new FormMasks(form, trie, marks, tokenizer.vocabularySize());
      known.put(bound, masks);
      if (known.size() > MOST) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return new Following(masks);
  }
}
