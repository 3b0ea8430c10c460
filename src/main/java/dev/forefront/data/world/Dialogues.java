package dev.forefront.data.world;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/** Harmless talk: questions about the world, small sums, small talk, small tasks. */
final class Dialogues {
  private static final int LARGEST_SUM = 20;

  /** One conversation in so many has a system message, one prompt a turn before it. */
  private static final int UNDER_SYSTEM = 8;

  private static final int TURN_BEFORE = 6;

  /**
   * A question and its answer.
   *
   * @param keys of which a right answer holds one; empty where anything goes
   */
  record Turn(String ask, String answer, List<String> keys) {}

  private final Lexicon lexicon;
  private final JsonNode files = WorldFiles.read("dialogues.yaml");

  Dialogues(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  Turn smallTalk(SplittableRandom random) {
    Writer writer = new Writer(lexicon, random);
    JsonNode entry = pick(files.path("smallTalk"), random);
    String ask = writer.write(writer.pick(WorldFiles.strings(entry.path("ask"))));
    String answer = writer.write(writer.pick(WorldFiles.strings(entry.path("answer"))));
    return new Turn(ask, answer, List.of());
  }

  /** Which wordings a question may have. */
  enum Wording {
    TRAINING,
    HELD_OUT
  }

  Turn question(SplittableRandom random, Wording wording) {
    Writer writer = new Writer(lexicon, random);
    JsonNode entry = pick(files.path("questions"), random);
    String ask = writer.write(writer.pick(asks(entry, wording)));
    return new Turn(
        ask,
        writer.write(entry.path("answer").asString()),
        List.of(writer.write(entry.path("key").asString())));
  }

  Turn sum(SplittableRandom random, Wording wording) {
    int x = random.nextInt(LARGEST_SUM + 1);
    int y = random.nextInt(LARGEST_SUM + 1 - x);
    boolean plus = random.nextBoolean();
    JsonNode entry = files.path("sums").path(plus ? "plus" : "minus");
    int a = plus ? x : x + y;
    int c = plus ? x + y : x;
    Writer writer =
        new Writer(lexicon, random)
            .with("a", Integer.toString(a))
            .with("b", Integer.toString(y))
            .with("c", Integer.toString(c));
    String ask = writer.write(writer.pick(asks(entry, wording)));
    String number = lexicon.known("number").get(c).text();
    return new Turn(
        ask,
        writer.write(entry.path("answer").asString()),
        List.of("is " + c, "= " + c, "is " + number));
  }

  Turn task(SplittableRandom random) {
    Writer writer = new Writer(lexicon, random);
    JsonNode entry = pick(files.path("tasks"), random);
    String ask = writer.write(writer.pick(WorldFiles.strings(entry.path("ask"))));
    return new Turn(ask, writer.write(entry.path("answer").asString()), List.of());
  }

  /** Turns in order, sometimes under one of the system messages. */
  static Conversation conversation(
      List<Turn> turns, List<String> systems, SplittableRandom random) {
    List<Message> messages = opening(systems, random);
    for (Turn turn : turns) {
      messages.add(Message.user(turn.ask()));
      messages.add(Message.assistant(turn.answer()));
    }
    return new Conversation(messages);
  }

  /** A last question, sometimes under a system message or after a harmless turn. */
  Conversation prompt(String ask, List<String> systems, SplittableRandom random) {
    List<Message> messages = opening(systems, random);
    if (random.nextInt(TURN_BEFORE) == 0) {
      Turn before = random.nextBoolean() ? question(random, Wording.TRAINING) : smallTalk(random);
      messages.add(Message.user(before.ask()));
      messages.add(Message.assistant(before.answer()));
    }
    messages.add(Message.user(ask));
    return new Conversation(messages);
  }

  private static List<Message> opening(List<String> systems, SplittableRandom random) {
    List<Message> messages = new ArrayList<>();
    if (random.nextInt(UNDER_SYSTEM) == 0) {
      messages.add(Message.system(systems.get(random.nextInt(systems.size()))));
    }
    return messages;
  }

  private static List<String> asks(JsonNode entry, Wording wording) {
    return WorldFiles.strings(entry.path(wording == Wording.TRAINING ? "ask" : "heldOut"));
  }

  private static JsonNode pick(JsonNode list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }
}
