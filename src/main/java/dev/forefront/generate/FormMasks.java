package dev.forefront.generate;

import dev.forefront.conversation.Form;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
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
  // Bytes of the control tokens that are text here.
  private final Map<Integer, byte[]> marks = new HashMap<>();
  private final int most;
  private final Map<Form.State, BitSet> known = new LinkedHashMap<>(64, 0.75f, true);

  FormMasks(Form form, TokenTrie trie, Map<Integer, String> marks, int vocabulary) {
    this.form = form;
    this.trie = trie;
    marks.forEach((id, mark) -> this.marks.put(id, mark.getBytes(StandardCharsets.UTF_8)));
    most = Math.clamp(8L * MOST_BYTES / Math.max(1, vocabulary), 16, 4_096);
  }

  Form.State begin() {
    return form.begin();
  }

  byte[] bytes(int id) {
    byte[] mark = marks.get(id);
    return mark == null ? trie.bytes(id) : mark;
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
    marks.forEach((id, bytes) -> mask.set(id, goesOn(state, bytes)));
    synchronized (known) {
      known.put(state, mask);
      if (known.size() > most) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return mask;
  }

  private static boolean goesOn(Form.State state, byte[] bytes) {
    Form.State now = state;
    for (int at = 0; at < bytes.length && now != null; at++) {
      now = now.next(bytes[at] & 0xff);
    }
    return now != null;
  }
}
