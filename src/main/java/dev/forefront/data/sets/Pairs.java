package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Preference;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Readers of preference pairs. */
final class Pairs {
  private Pairs() {}

  /** Reads one file. */
  @FunctionalInterface
  interface Reader {
    List<Preference> read(SetFile file);
  }

  private static final class Collected {
    private final List<Preference> pairs = new ArrayList<>();
    private final SetFile file;

    Collected(SetFile file) {
      this.file = file;
    }

    /** Pairs without a question at the end, or without a difference, teach nothing. */
    void add(List<Message> prompt, String chosen, String rejected) {
      boolean asked = !prompt.isEmpty() && prompt.getLast().role() == Role.USER;
      if (asked && !chosen.isBlank() && !rejected.isBlank() && !chosen.equals(rejected)) {
        pairs.add(
            new Preference(
                file.name() + "#" + (pairs.size() + 1),
                new Conversation(prompt),
                chosen,
                rejected));
      }
    }
  }

  /** Whole conversations, marked, that differ in the last turn. */
  static List<Preference> marked(SetFile file) {
    Collected collected = new Collected(file);
    for (JsonNode pair : Instructions.jsonRecords(file)) {
      List<Message> chosen = Instructions.marked(pair.path("chosen").asString("")).messages();
      List<Message> rejected = Instructions.marked(pair.path("rejected").asString("")).messages();
      int last = chosen.size() - 1;
      if (last > 0
          && chosen.size() == rejected.size()
          && chosen.subList(0, last).equals(rejected.subList(0, last))) {
        collected.add(
            chosen.subList(0, last), chosen.get(last).content(), rejected.get(last).content());
      }
    }
    return collected.pairs;
  }

  /** {@code instruction}, {@code input}, {@code chosen}, {@code rejected}. */
  static List<Preference> records(SetFile file) {
    Collected collected = new Collected(file);
    for (JsonNode record : Instructions.jsonRecords(file)) {
      collected.add(
          question(record),
          record.path("chosen").asString("").strip(),
          record.path("rejected").asString("").strip());
    }
    return collected.pairs;
  }

  /** Two responses and three judges; pairs on which most agree. */
  static List<Preference> judged(SetFile file) {
    Collected collected = new Collected(file);
    for (JsonNode record : Instructions.jsonRecords(file)) {
      int first = 0;
      int second = 0;
      for (int judge = 1; judge <= 3; judge++) {
        int vote = record.path("annotator" + judge).asInt(0);
        first += vote == 1 ? 1 : 0;
        second += vote == 2 ? 1 : 0;
      }
      String one = record.path("response1").asString("").strip();
      String two = record.path("response2").asString("").strip();
      if (first >= 2) {
        collected.add(question(record), one, two);
      } else if (second >= 2) {
        collected.add(question(record), two, one);
      }
    }
    return collected.pairs;
  }

  /** Trees of messages: each reply of the assistant against the one ranked just below. */
  static List<Preference> trees(SetFile file) {
    Collected collected = new Collected(file);
    for (JsonNode tree : Instructions.jsonRecords(file)) {
      descend(tree.path("prompt"), List.of(), collected);
    }
    return collected.pairs;
  }

  private static void descend(JsonNode message, List<Message> before, Collected collected) {
    List<Message> path = new ArrayList<>(before);
    path.add(new Message(Instructions.role(message), message.path("text").asString("").strip()));
    List<JsonNode> replies = Instructions.ranked(message);
    for (int i = 0; i < replies.size(); i++) {
      JsonNode reply = replies.get(i);
      boolean better =
          i + 1 < replies.size()
              && Instructions.role(reply) == Role.ASSISTANT
              && reply.path("rank").isInt()
              && replies.get(i + 1).path("rank").isInt();
      if (better) {
        collected.add(
            path,
            reply.path("text").asString("").strip(),
            replies.get(i + 1).path("text").asString("").strip());
      }
      descend(reply, path, collected);
    }
  }

  private static List<Message> question(JsonNode record) {
    String prompt =
        Instructions.prompt(
            record.path("instruction").asString(""), record.path("input").asString(""));
    return prompt.isBlank() ? List.of() : List.of(Message.user(prompt));
  }
}
