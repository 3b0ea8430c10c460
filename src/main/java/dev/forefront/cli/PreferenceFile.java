package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Preference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Pairs as JSON lines: {@code {"id", "prompt": [{"role", "content"}], "chosen", "rejected"}}. */
final class PreferenceFile {

  private PreferenceFile() {}

  static void write(Path file, List<Preference> pairs) {
    StringBuilder lines = new StringBuilder();
    for (Preference pair : pairs) {
      ObjectNode line = JsonMapper.shared().createObjectNode();
      line.put("id", pair.id());
      ArrayNode prompt = line.putArray("prompt");
      for (Message message : pair.prompt().messages()) {
        prompt.addObject().put("role", message.role().wireName()).put("content", message.content());
      }
      line.put("chosen", pair.chosen());
      line.put("rejected", pair.rejected());
      lines.append(line).append('\n');
    }
    AtomicFile.write(file, lines.toString());
  }

  /**
   * @throws BadInputException naming file and line, where a line is no pair
   */
  static List<Preference> read(Path file) {
    List<Preference> pairs = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        pairs.add(pair(line));
      }
      return pairs;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new BadInputException(
          "%s line %d is no pair: %s".formatted(file, pairs.size() + 1, e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Preference pair(String line) {
    JsonNode node = JsonMapper.shared().readTree(line);
    List<Message> prompt = new ArrayList<>();
    for (JsonNode message : node.path("prompt")) {
      prompt.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString("")));
    }
    return new Preference(
        node.path("id").asString(""),
        new Conversation(prompt),
        node.path("chosen").asString(""),
        node.path("rejected").asString(""));
  }
}
