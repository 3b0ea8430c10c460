package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Preference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pairs as JSON lines: {@code {"id", "prompt": [{"role", "content"}], "chosen", "rejected"}}. A
 * prompt may be one text, and a reply a list of one message, as others write them.
 */
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
        if (!line.isBlank()) {
          pairs.add(pair(line, pairs.size() + 1));
        }
      }
      return pairs;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new BadInputException(
          "%s line %d is no pair: %s".formatted(file, pairs.size() + 1, e.getMessage()), e);
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is no UTF-8 text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Preference pair(String line, int number) {
    JsonNode node = JsonMapper.shared().readTree(line);
    List<Message> prompt = new ArrayList<>();
    if (node.path("prompt").isString()) {
      prompt.add(new Message(Role.USER, node.path("prompt").asString()));
    }
    for (JsonNode message : node.path("prompt")) {
      prompt.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString("")));
    }
    return new Preference(
        node.path("id").asString(Integer.toString(number)),
        new Conversation(prompt),
        reply(node, "chosen"),
        reply(node, "rejected"));
  }

  private static String reply(JsonNode pair, String which) {
    JsonNode node = pair.path(which);
    JsonNode text = node.isArray() && node.size() == 1 ? node.path(0).path("content") : node;
    if (!text.isString() || text.asString().isBlank()) {
      throw new IllegalArgumentException("\"%s\" holds no reply".formatted(which));
    }
    return text.asString();
  }
}
