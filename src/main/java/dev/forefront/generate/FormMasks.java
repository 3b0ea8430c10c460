package dev.forefront.generate;

import dev.forefront.conversation.Form;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which tokens may follow the states of one form, remembered for the states that came up last. For
 * any thread.
 */
final class FormMasks {
  private static final int MOST_BYTES = 8 << 20;

  private final Form form;
  private final TokenTrie trie;
  private final int most;
  private final Map<Form.State, BitSet> known = new LinkedHashMap<>(64, 0.75f, true);

  FormMasks(Form form, TokenTrie trie, int vocabulary) {
    this.form = form;
    this.trie = trie;
    most = Math.clamp(8L * MOST_BYTES / Math.max(1, vocabulary), 16, 4_096);
  }

  Form.State begin() {
    return form.begin();
  }

  byte[] bytes(int id) {
    return trie.bytes(id);
  }

  /** Not to be changed. */
  BitSet after(Form.State state) {
    synchronized (known) {
      BitSet mask = known.get(state);
      if (mask != null) {
        return mask;
      }
    }
    BitSet mask = trie.after(state);
    synchronized (known) {
      known.put(state, mask);
      if (known.size() > most) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return mask;
  }
}
