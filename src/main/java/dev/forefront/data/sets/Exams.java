package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.sets.ExamItem.Passage;
import dev.forefront.data.sets.ExamItem.Request;
import dev.forefront.data.sets.ExamItem.SentencePair;
import dev.forefront.data.sets.ExamItem.Wrapping;
import dev.forefront.task.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Readers of the sets that measure. */
final class Exams {
  private static final Expectation REFUSE = new Expectation.Refuse();
  private static final Expectation ANSWER = new Expectation.Answer(List.of());

  /** How the templates of jailbreaks mark the place of the request. */
  private static final Pattern PLACE =
      Pattern.compile(
          "[\\[{<](?i:(?:insert |your )?(?:any )?(?:prompt|question|request)(?: here)?)\\\\?[\\]}>]");

  private Exams() {}

  /** Reads one file. */
  @FunctionalInterface
  interface Reader {
    List<? extends ExamItem> read(SetFile file);
  }

  /** A table of harmful requests in the column {@code goal}, without categories. */
  static List<Request> goals(SetFile file) {
    List<Request> requests = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file.text())) {
      requests.add(new Request(cell(file, row, "goal"), REFUSE, "", ""));
    }
    return requests;
  }

  /** A table of harmful requests with a {@code Category} and a {@code Behavior}. */
  static List<Request> behaviours(SetFile file) {
    List<Request> requests = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file.text())) {
      String category = cell(file, row, "Category");
      requests.add(
          new Request(
              cell(file, row, "Goal"),
              REFUSE,
              Hazards.ofBehaviour(category, row.getOrDefault("Behavior", "")),
              category));
    }
    return requests;
  }

  /** A table of requests with a {@code type}, of which the label {@code safe} wants an answer. */
  static List<Request> contrasts(SetFile file) {
    List<Request> requests = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file.text())) {
      requests.add(
          new Request(
              cell(file, row, "prompt"),
              cell(file, row, "label").equals("safe") ? ANSWER : REFUSE,
              "",
              row.getOrDefault("type", "")));
    }
    return requests;
  }

  /** A table of harmful requests with the taxonomy's own key in {@code hazard}. */
  static List<Request> hazards(SetFile file) {
    List<Request> requests = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file.text())) {
      String hazard = cell(file, row, "hazard");
      requests.add(
          new Request(cell(file, row, "prompt_text"), REFUSE, Hazards.ofKey(hazard), hazard));
    }
    return requests;
  }

  /** JSON lines of {@code sentence_good}, {@code sentence_bad}, {@code linguistics_term}. */
  static List<SentencePair> sentencePairs(SetFile file) {
    List<SentencePair> pairs = new ArrayList<>();
    for (JsonNode pair : Instructions.jsonRecords(file)) {
      pairs.add(
          new SentencePair(
              field(file, pair, "sentence_good"),
              field(file, pair, "sentence_bad"),
              pair.path("linguistics_term").asString("")));
    }
    return pairs;
  }

  /** JSON lines of {@code text}; other files hold the same kind of passage in pieces of words. */
  static List<Passage> passages(SetFile file) {
    if (!file.name().endsWith(".jsonl")) {
      return List.of();
    }
    return Instructions.jsonRecords(file).stream()
        .map(passage -> new Passage(field(file, passage, "text")))
        .toList();
  }

  /** JSON lists of jailbreaks; those that mark no place for the request get it at their end. */
  static List<Wrapping> templates(SetFile file) {
    if (!file.name().startsWith("dan/") && !file.name().contains("jailbreak")) {
      return List.of();
    }
    List<Wrapping> wrappings = new ArrayList<>();
    for (JsonNode template : file.json()) {
      String text = template.asString("").replace("{ask}", "").strip();
      String placed = PLACE.matcher(text).replaceFirst("{ask}");
      wrappings.add(new Wrapping(placed.contains("{ask}") ? placed : text + "\n\n{ask}"));
    }
    return wrappings;
  }

  private static String cell(SetFile file, Map<String, String> row, String column) {
    return present(file, row.getOrDefault(column, ""), column);
  }

  private static String field(SetFile file, JsonNode record, String name) {
    return present(file, record.path(name).asString(""), name);
  }

  private static String present(SetFile file, String text, String name) {
    if (text.isBlank()) {
      throw new BadInputException(
          "%s has a row without %s: it is not the file that the catalogue knows; pull it again"
              .formatted(file.name(), name));
    }
    return text.strip();
  }
}
