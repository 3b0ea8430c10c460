package dev.forefront.data.sets;

import dev.forefront.data.Document;
import dev.forefront.data.sets.SetReader.Documents;
import dev.forefront.data.sets.SetReader.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Readers of plain text in its various wrappings. */
final class Prose {
  private static final Pattern LICENCE = Pattern.compile("(?m)^\\* Licen[sc]e: \\[?([^\\]\n]+)");
  private static final Pattern AUTHOR = Pattern.compile("(?m)^\\* Text: (.+)$");
  private static final Pattern LEVEL =
      Pattern.compile("^(?:Elementary|Intermediate|Advanced|ELEMENTARY|INTERMEDIATE|ADVANCED) *\n");

  private Prose() {}

  /** One document a file; a first line that names the reading level goes. */
  static List<Document> plain(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    String text = LEVEL.matcher(file.text()).replaceFirst("");
    documents.prose(
        text.lines()
            .map(String::strip)
            .collect(Collectors.joining("\n"))
            .replaceAll("\n{3,}", "\n\n"));
    return documents.list();
  }

  /** Stories with an empty line between paragraphs and none between two stories. */
  static List<Document> storyLines(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    StringBuilder story = new StringBuilder();
    boolean afterBlank = true;
    for (String line : file.text().split("\n")) {
      if (line.isBlank()) {
        afterBlank = true;
        continue;
      }
      if (!afterBlank) {
        documents.prose(story.toString());
        story.setLength(0);
      }
      story.append(story.isEmpty() ? "" : "\n\n").append(line.strip());
      afterBlank = false;
    }
    documents.prose(story.toString());
    return documents.list();
  }

  /**
   * Picture books in Markdown: a title, pages after {@code ##}, credits at the end. The licence is
   * each book's own, and the author stays with it, as the licence asks.
   */
  static List<Document> pictureBook(SetFile file, Origin origin) {
    String text = file.text();
    String licence = first(LICENCE, text, origin.licence());
    String author = first(AUTHOR, text, "unknown");
    String pages =
        text.lines()
            .filter(line -> !line.startsWith("* "))
            .map(line -> line.startsWith("# ") ? line.substring(2) + "\n" : line)
            .map(line -> line.startsWith("##") ? "" : line)
            .collect(Collectors.joining("\n"));
    String story =
        Arrays.stream(pages.strip().split("\n\\s*\n"))
            .map(page -> page.replaceAll("\\s+", " ").strip())
            .filter(page -> !page.isEmpty())
            .collect(Collectors.joining("\n\n"));
    return story.isEmpty()
        ? List.of()
        : List.of(
            new Document.Prose(
                "%s by %s".formatted(file.name(), author), story, origin.source(), licence));
  }

  /** A table of a story's sections ({@code section,text}); files without texts give nothing. */
  static List<Document> sections(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    List<String> sections = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file.text())) {
      if (row.containsKey("section") && row.containsKey("text")) {
        sections.add(Paragraphs.unwrap(row.getOrDefault("text", "")));
      }
    }
    documents.prose(String.join("\n\n", sections));
    return documents.list();
  }

  /** A dictionary's entries as sentences. */
  static List<Document> dictionary(SetFile file, Origin origin) {
    Documents documents = new Documents(file, origin);
    for (JsonNode entry : file.json()) {
      String word = entry.path("word").asString("");
      List<String> sentences = new ArrayList<>();
      for (JsonNode meaning : entry.path("meanings")) {
        String definition = meaning.path("def").asString("").strip();
        if (!definition.isEmpty()) {
          sentences.add(
              "%s (%s): %s."
                  .formatted(word, meaning.path("speech_part").asString("word"), definition));
          String example = meaning.path("example").asString("").strip();
          if (!example.isEmpty()) {
            sentences.add("For example: %s.".formatted(example.replaceAll("[.!?]+$", "")));
          }
        }
      }
      documents.prose(String.join(" ", sentences));
    }
    return documents.list();
  }

  private static String first(Pattern pattern, String text, String otherwise) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1).strip() : otherwise;
  }
}
