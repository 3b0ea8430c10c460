package dev.forefront.data.sets;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Undoes the line breaks of a printed page. */
final class Paragraphs {
  /** Lines of verse end well before the margin. */
  private static final int VERSE = 45;

  private Paragraphs() {}

  /** Paragraphs with one empty line between them; a paragraph's lines are joined, verse is not. */
  static String unwrap(String text) {
    return Arrays.stream(text.strip().split("\n[ \t]*\n\\s*"))
        .map(Paragraphs::joined)
        .filter(paragraph -> !paragraph.isEmpty())
        .collect(Collectors.joining("\n\n"));
  }

  private static String joined(String paragraph) {
    String[] lines = paragraph.strip().split("\n");
    int longest = Arrays.stream(lines).mapToInt(line -> line.strip().length()).max().orElse(0);
    boolean verse = lines.length > 1 && longest < VERSE;
    return Arrays.stream(lines)
        .map(line -> line.strip().replaceAll("[ \t]+", " "))
        .collect(Collectors.joining(verse ? "\n" : " "))
        .strip();
  }
}
