package dev.forefront.data.sets;

import dev.forefront.conversation.Role;
import dev.forefront.data.Document;
import dev.forefront.data.sets.SetReader.Documents;
import dev.forefront.data.sets.SetReader.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Readers of conversations between people, or between a person and an assistant. */
final class Dialogues {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Pattern SPEAKER = Pattern.compile("(?m)^User ([12]): ?");

  private Dialogues() {}

  /**
   * Small talk: {@code # ? phrasing}, {@code - phrasing} lines, filters, which nobody says, the
   * answer in a fenced block.
   */
  static List<Document> smallTalk(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    List<String> questions = new ArrayList<>();
    StringBuilder answer = new StringBuilder();
    boolean answering = false;
    boolean filters = false;
    for (String line : file.text().split("\n")) {
      if (line.startsWith("```")) {
        if (answering) {
          questions.forEach(
              question -> documents.dialogue(Turns.exchange(question, answer.toString())));
          questions.clear();
          answer.setLength(0);
        }
        answering = !answering;
      } else if (answering) {
        answer.append(line).append('\n');
      } else if (line.startsWith("# ? ")) {
        questions.clear();
        questions.add(line.substring(4));
        filters = false;
      } else if (line.startsWith("**Filters")) {
        filters = true;
      } else if (line.startsWith("- ") && !questions.isEmpty() && !filters) {
        questions.add(line.substring(2));
      }
    }
    return documents.list();
  }

  /** A table with the turns in its columns, those whose names hold {@code sentence}. */
  static List<Document> sentenceColumns(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (Map<String, String> row : Csv.read(file.text())) {
      List<String> turns = new ArrayList<>();
      row.forEach(
          (name, cell) -> {
            if (name.contains("sentence") && !cell.isBlank()) {
              turns.add(cell);
            }
          });
      documents.dialogue(Turns.alternating(turns));
    }
    return documents.list();
  }

  /** Conversations by id; the first to speak is the user. */
  static List<Document> agents(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (JsonNode conversation : file.json()) {
      Turns turns = new Turns();
      String first = conversation.path("content").path(0).path("agent").asString("");
      for (JsonNode message : conversation.path("content")) {
        turns.add(
            message.path("agent").asString("").equals(first) ? Role.USER : Role.ASSISTANT,
            message.path("message").asString(""));
      }
      documents.dialogue(turns.conversation());
    }
    return documents.list();
  }

  /** A table with whole conversations of {@code User 1:} and {@code User 2:} in one column. */
  static List<Document> twoUsers(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (Map<String, String> row : Csv.read(file.text())) {
      String text = row.getOrDefault("Best Generated Conversation", "");
      if (text.contains("[user ")) {
        continue; // a form that nobody filled in
      }
      Turns turns = new Turns();
      Matcher speaker = SPEAKER.matcher(text);
      int from = -1;
      Role role = Role.USER;
      while (speaker.find()) {
        if (from >= 0) {
          turns.add(role, text.substring(from, speaker.start()));
        }
        from = speaker.end();
        role = speaker.group(1).equals("1") ? Role.USER : Role.ASSISTANT;
      }
      if (from >= 0) {
        turns.add(role, text.substring(from));
      }
      documents.dialogue(turns.conversation());
    }
    return documents.list();
  }

  /** Task dialogues: {@code utterances} with {@code speaker} and {@code text}. */
  static List<Document> utterances(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (JsonNode conversation : file.json()) {
      Turns turns = new Turns();
      for (JsonNode utterance : conversation.path("utterances")) {
        turns.add(
            utterance.path("speaker").asString("").equalsIgnoreCase("user")
                ? Role.USER
                : Role.ASSISTANT,
            utterance.path("text").asString(""));
      }
      documents.dialogue(turns.conversation());
    }
    return documents.list();
  }

  /** YAML: {@code conversations}, lists of turns; a file that is none gives nothing. */
  static List<Document> turnLists(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    try {
      for (JsonNode conversation : YAML.readTree(file.text()).path("conversations")) {
        List<String> turns = new ArrayList<>();
        conversation.forEach(turn -> turns.add(turn.asString("")));
        documents.dialogue(Turns.alternating(turns));
      }
    } catch (JacksonException e) {
      return List.of();
    }
    return documents.list();
  }
}
