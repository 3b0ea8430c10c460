package dev.forefront.data.sets;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts texts that share a template, or a long run of words at either end, or turns of a
 * conversation into one group. Two texts with the same words have the same group in every set,
 * unless they were made from a template or have other neighbours.
 */
final class Groups {
  private static final int LONG = 16;
  private static final int RUN = 12;

  /** A turn of fewer words is said in many conversations. */
  private static final int TURN = 8;

  private static final int TURNS = 6;

  private final int[] parents;
  private final Map<String, Integer> firsts = new HashMap<>();

  private Groups(int size) {
    parents = new int[size];
    for (int i = 0; i < size; i++) {
      parents[i] = i;
    }
  }

  /**
   * @param texts of one set; what they have as their group is their template, or empty
   */
  static List<Labelled> of(List<Labelled> texts) {
    Groups groups = new Groups(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      for (String key : keys(texts.get(i))) {
        Integer first = groups.firsts.putIfAbsent(key, i);
        if (first != null) {
          groups.join(first, i);
        }
      }
    }
    List<Labelled> grouped = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      grouped.add(texts.get(i).inGroup(name(texts.get(groups.root(i)))));
    }
    return grouped;
  }

  private static String name(Labelled root) {
    if (!root.group().isEmpty()) {
      return root.set() + ":" + root.group();
    }
    return Sha256.hex(whole(root).getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  /** The text itself, or for a reply the conversation that it ends. */
  private static String whole(Labelled text) {
    if (text.kind() != Labelled.Kind.REPLY || text.context().messages().isEmpty()) {
      return PlainWords.key(text.text());
    }
    StringBuilder said = new StringBuilder();
    for (Message message : text.context().messages()) {
      said.append(said.isEmpty() ? "" : " / ").append(PlainWords.key(message.content()));
    }
    return said.toString();
  }

  private static List<String> keys(Labelled text) {
    if (!text.group().isEmpty()) {
      return List.of("template " + text.set() + ":" + text.group());
    }
    List<String> keys = new ArrayList<>();
    keys.add(whole(text));
    if (text.kind() != Labelled.Kind.REPLY) {
      ends(PlainWords.of(text.text()), keys);
    }
    turns(text.context().messages(), keys);
    return keys;
  }

  private static void ends(List<String> words, List<String> keys) {
    if (words.size() >= LONG) {
      keys.add("begins " + String.join(" ", words.subList(0, RUN)));
      keys.add("ends " + String.join(" ", words.subList(words.size() - RUN, words.size())));
    }
  }

  private static void turns(List<Message> context, List<String> keys) {
    List<String> before = List.of();
    for (Message message : context) {
      List<String> words = PlainWords.of(message.content());
      if (message.role() == Role.USER && words.size() >= TURN) {
        keys.add(String.join(" ", words));
        ends(words, keys);
      }
      if (!before.isEmpty() && before.size() + words.size() >= TURNS) {
        keys.add(String.join(" ", before) + " / " + String.join(" ", words));
      }
      before = words;
    }
  }

  private int root(int of) {
    int root = of;
    while (parents[root] != root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }

  /** The earlier text stays the root, so that a group's name does not hang on what follows. */
  private void join(int one, int other) {
    int first = Math.min(root(one), root(other));
    int second = Math.max(root(one), root(other));
    parents[second] = first;
  }
}
