package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a corpus holds.
 *
 * @param documents of any kind
 * @param dialogues those of them that are conversations
 * @param characters UTF-16 units of all texts
 * @param words runs of letters and digits
 * @param longest characters of the longest document
 * @param sources documents by source
 * @param licences documents by licence
 */
public record Inspection(
    long documents,
    long dialogues,
    long characters,
    long words,
    long longest,
    Map<String, Long> sources,
    Map<String, Long> licences) {

  public Inspection {
    sources = new TreeMap<>(sources);
    licences = new TreeMap<>(licences);
  }

  /**
   * Reads all documents of a source.
   *
   * @throws BadInputException where there is none
   */
  public static Inspection of(DocumentSource source) {
    Tally tally = new Tally();
    try (Stream<? extends Document> documents = source.documents().get()) {
      documents.forEach(tally::add);
    }
    if (tally.documents == 0) {
      throw new BadInputException(source.name() + " is empty: it holds no document");
    }
    return new Inspection(
        tally.documents,
        tally.dialogues,
        tally.characters,
        tally.words,
        tally.longest,
        tally.sources,
        tally.licences);
  }

  private static final class Tally {
    private long documents;
    private long dialogues;
    private long characters;
    private long words;
    private long longest;
    private final Map<String, Long> sources = new TreeMap<>();
    private final Map<String, Long> licences = new TreeMap<>();

    void add(Document document) {
      String text = document.wholeText();
      documents++;
      dialogues += document instanceof Document.Dialogue ? 1 : 0;
      characters += text.length();
      words += Words.of(text).count();
      longest = Math.max(longest, text.length());
      sources.merge(document.source(), 1L, Long::sum);
      licences.merge(document.licence(), 1L, Long::sum);
    }
  }
}
