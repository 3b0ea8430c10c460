package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Document;
import dev.forefront.data.sets.SetReader.Documents;
import dev.forefront.data.sets.SetReader.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Readers of questions and tasks with their answers. */
final class Instructions {
  private Instructions() {}

  /**
   * Records of {@code instruction}, {@code input}, {@code output}: a JSON array, JSON lines with
   * {@code instances}, or a table with {@code context} and {@code response}.
   */
  static List<Document> records(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    if (file.name().endsWith(".csv")) {
      for (Map<String, String> row : Csv.read(file.text())) {
        documents.dialogue(
            Turns.exchange(
                prompt(row.getOrDefault("instruction", ""), row.getOrDefault("context", "")),
                row.getOrDefault("response", "")));
      }
      return documents.list();
    }
    for (JsonNode record : jsonRecords(file)) {
      String instruction = record.path("instruction").asString("");
      JsonNode instances = record.path("instances");
      for (JsonNode instance : instances.isArray() ? instances : List.of(record)) {
        documents.dialogue(
            Turns.exchange(
                prompt(instruction, instance.path("input").asString("")),
                instance.path("output").asString("")));
      }
    }
    return documents.list();
  }

  /** A JSON array's elements, or the values of JSON lines. */
  static List<JsonNode> jsonRecords(SetFile file) {
    List<JsonNode> records = new ArrayList<>();
    if (file.text().stripLeading().startsWith("[")) {
      file.json().forEach(records::add);
    } else {
      for (String line : file.text().split("\n")) {
        if (!line.isBlank()) {
          records.add(file.parse(line));
        }
      }
    }
    return records;
  }

  static String prompt(String instruction, String input) {
    return input.isBlank() ? instruction.strip() : instruction.strip() + "\n\n" + input.strip();
  }

  /** Trees of messages: from each, the path of the best-ranked replies. */
  static List<Document> trees(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (JsonNode tree : jsonRecords(file)) {
      Turns turns = new Turns();
      Optional<JsonNode> message = Optional.of(tree.path("prompt"));
      while (message.isPresent()) {
        JsonNode said = message.get();
        turns.add(role(said), said.path("text").asString(""));
        message = ranked(said).stream().findFirst();
      }
      documents.dialogue(turns.conversation());
    }
    return documents.list();
  }

  /** Replies to a message, the best first; unranked ones last. */
  static List<JsonNode> ranked(JsonNode message) {
    List<JsonNode> replies = new ArrayList<>();
    message.path("replies").forEach(replies::add);
    replies.sort(Comparator.comparingInt(reply -> reply.path("rank").asInt(Integer.MAX_VALUE)));
    return replies;
  }

  static Role role(JsonNode message) {
    return message.path("role").asString("").equals("assistant") ? Role.ASSISTANT : Role.USER;
  }

  /** {@code #Q question}, {@code ^ answer}, then choices. */
  static List<Document> trivia(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    StringBuilder question = new StringBuilder();
    boolean asking = false;
    for (String line : file.text().split("\n")) {
      if (line.startsWith("#Q ")) {
        question.setLength(0);
        question.append(line.substring(3).strip());
        asking = true;
      } else if (line.startsWith("^ ")) {
        // "Which of these" has no answer without the choices; the rest stands alone.
        if (!question.toString().matches("(?is).*\\b(?:these|following|above|below)\\b.*")) {
          documents.dialogue(Turns.exchange(question.toString(), sentence(line.substring(2))));
        }
        asking = false;
      } else if (asking && !line.isBlank()) {
        question.append(' ').append(line.strip());
      }
    }
    return documents.list();
  }

  private static String sentence(String answer) {
    String text = answer.strip();
    return text.isEmpty() || text.matches(".*[.!?]") ? text : text + ".";
  }

  /** Conversations marked {@code \n\nHuman:} and {@code \n\nAssistant:}. */
  static Conversation marked(String text) {
    List<Message> messages = new ArrayList<>();
    for (String part : text.split("\n\n(?=Human:|Assistant:)")) {
      String said = part.strip();
      if (said.startsWith("Human:")) {
        messages.add(Message.user(said.substring(6).strip()));
      } else if (said.startsWith("Assistant:")) {
        messages.add(Message.assistant(said.substring(10).strip()));
      }
    }
    return new Conversation(messages);
  }

  /** The preferred side of marked pairs. */
  static List<Document> chosenSides(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (JsonNode pair : jsonRecords(file)) {
      Turns turns = new Turns();
      marked(pair.path("chosen").asString(""))
          .messages()
          .forEach(message -> turns.add(message.role(), message.content()));
      documents.dialogue(turns.conversation());
    }
    return documents.list();
  }
}
