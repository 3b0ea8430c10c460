package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What people prefer, as JSON lines. A pair is {@code {"id", "prompt": [{"role", "content"}],
 * "chosen", "rejected"}}, a judged reply {@code {"id", "prompt", "completion", "label": true}}. A
 * prompt may be one text, and a reply a list of one message, as others write them; {@code messages}
 * may stand for {@code prompt}, and hold the completion as their last one.
 */
final class PreferenceFile {

  private PreferenceFile() {}

  /** What one file, or all files of a folder, hold. */
  record Lines(List<Preference> pairs, List<Judged> judged) {}

  static void write(Path file, List<Preference> pairs) {
    StringBuilder lines = new StringBuilder();
    for (Preference pair : pairs) {
      ObjectNode line = line(pair.id(), pair.prompt());
      line.put("chosen", pair.chosen());
      line.put("rejected", pair.rejected());
      if (pair.margin() != 0) {
        line.put("margin", pair.margin());
      }
      lines.append(line).append('\n');
    }
    AtomicFile.write(file, lines.toString());
  }

  static void writeJudged(Path file, List<Judged> judged) {
    StringBuilder lines = new StringBuilder();
    for (Judged one : judged) {
      ObjectNode line = line(one.id(), one.prompt());
      line.put("completion", one.reply());
      line.put("label", one.label() == Judged.Label.DESIRABLE);
      lines.append(line).append('\n');
    }
    AtomicFile.write(file, lines.toString());
  }

  private static ObjectNode line(String id, Conversation prompt) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("id", id);
    ArrayNode messages = line.putArray("prompt");
    for (Message message : prompt.messages()) {
      messages.addObject().put("role", message.role().wireName()).put("content", message.content());
    }
    return line;
  }

  /**
   * @param path a file, or a folder of files whose names end with {@code .jsonl}
   * @throws BadInputException naming file and line, where a line is neither pair nor judged reply
   */
  static Lines read(Path path) {
    Lines all = new Lines(new ArrayList<>(), new ArrayList<>());
    for (Path file : files(path)) {
      add(file, all);
    }
    return all;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> inside = Files.walk(path)) {
      List<Path> files =
          inside.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
      if (files.isEmpty()) {
        throw new BadInputException(
            path + " holds no .jsonl file: pairs and judged replies are JSON lines");
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(Path file, Lines all) {
    JsonLines.read(
        file,
        line -> {
          try {
            add(line.object(), Long.toString(line.number()), all);
          } catch (IllegalArgumentException e) {
            throw line.bad(String.valueOf(e.getMessage()));
          }
        });
  }

  private static void add(JsonNode line, String number, Lines all) {
    String id = line.path("id").asString(number);
    boolean pair = line.has("chosen") || line.has("rejected");
    boolean judged = line.has("completion") || line.has("label");
    if (pair == judged) {
      throw new IllegalArgumentException(
          "it must be either a pair, with \"chosen\" and \"rejected\", or a judged reply, with"
              + " \"completion\" and \"label\"");
    }
    if (pair) {
      all.pairs()
          .add(
              new Preference(
                  id,
                  prompt(messages(line)),
                  reply(line, "chosen"),
                  reply(line, "rejected"),
                  margin(line)));
    } else {
      all.judged().add(judged(id, line));
    }
  }

  private static double margin(JsonNode line) {
    if (line.has("margin") && !line.path("margin").isNumber()) {
      throw new IllegalArgumentException("\"margin\" must be a number");
    }
    return line.path("margin").asDouble(0);
  }

  private static Judged judged(String id, JsonNode line) {
    if (!line.path("label").isBoolean()) {
      throw new IllegalArgumentException(
          "\"label\" must be true, for a good reply, or false, for a bad one");
    }
    Judged.Label label =
        line.path("label").asBoolean() ? Judged.Label.DESIRABLE : Judged.Label.UNDESIRABLE;
    List<Message> messages = new ArrayList<>(replied(line).messages());
    String reply = messages.removeLast().content();
    return new Judged(id, new Conversation(messages), reply, label);
  }

  /**
   * A prompt and the reply to it: {@code completion}, or the last of {@code messages}.
   *
   * @throws IllegalArgumentException saying what is missing
   */
  static Conversation replied(JsonNode line) {
    List<Message> messages = messages(line);
    boolean within =
        !line.has("completion")
            && line.has("messages")
            && !messages.isEmpty()
            && messages.getLast().role() == Role.ASSISTANT;
    String reply = within ? messages.removeLast().content() : reply(line, "completion");
    return prompt(messages).plus(Message.assistant(reply));
  }

  private static List<Message> messages(JsonNode line) {
    JsonNode prompt = line.has("prompt") ? line.path("prompt") : line.path("messages");
    List<Message> messages = new ArrayList<>();
    if (prompt.isString()) {
      messages.add(Message.user(prompt.asString()));
    }
    for (JsonNode message : prompt) {
      if (!message.path("content").isString()) {
        throw new IllegalArgumentException("a message of its prompt has no text as \"content\"");
      }
      messages.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString()));
    }
    return messages;
  }

  private static Conversation prompt(List<Message> messages) {
    if (messages.isEmpty() || messages.getLast().role() != Role.USER) {
      throw new IllegalArgumentException("\"prompt\" must end with a turn of the user");
    }
    return new Conversation(messages);
  }

  private static String reply(JsonNode line, String which) {
    JsonNode node = line.path(which);
    JsonNode text = node.isArray() && node.size() == 1 ? node.path(0).path("content") : node;
    if (!text.isString() || text.asString().isBlank()) {
      throw new IllegalArgumentException("\"%s\" holds no reply".formatted(which));
    }
    return text.asString();
  }
}
