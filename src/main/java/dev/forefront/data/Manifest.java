package dev.forefront.data;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a corpus is made of: licences, what was dropped and why, and the digest of every file. The
 * same input gives the same bytes.
 *
 * @param format {@link #FORMAT}
 * @param sources by name
 * @param redacted replacements by kind
 * @param files SHA-256 in hex, by name
 */
public record Manifest(
    String format,
    Cleaning cleaning,
    Map<String, Source> sources,
    Map<String, Long> redacted,
    Map<String, String> files) {
  public static final String FORMAT = "forefront-corpus-1";
  public static final String FILE = "manifest.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  public Manifest {
    sources = new TreeMap<>(sources);
    redacted = new TreeMap<>(redacted);
    files = new TreeMap<>(files);
  }

  /**
   * One set's part.
   *
   * @param licence as the source states it
   * @param read documents seen
   * @param kept documents in the corpus
   * @param keptCharacters UTF-16 units of their texts
   * @param dropped by reason
   */
  public record Source(
      String licence, long read, long kept, long keptCharacters, Map<String, Long> dropped) {
    public Source {
      dropped = new TreeMap<>(dropped);
    }
  }

  public long read() {
    return sources.values().stream().mapToLong(Source::read).sum();
  }

  public long kept() {
    return sources.values().stream().mapToLong(Source::kept).sum();
  }

  /** Dropped documents by reason, over all sources. */
  public Map<String, Long> dropped() {
    Map<String, Long> all = new TreeMap<>();
    sources
        .values()
        .forEach(source -> source.dropped().forEach((k, n) -> all.merge(k, n, Long::sum)));
    return all;
  }

  /** One line for people. */
  public String summary() {
    return "%,d of %,d documents kept; dropped: %s; redacted: %s"
        .formatted(kept(), read(), counts(dropped()), counts(redacted));
  }

  private static String counts(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(entry -> "%s %,d".formatted(entry.getKey().replace('_', ' '), entry.getValue()))
            .collect(java.util.stream.Collectors.joining(", "));
  }

  public String toJson() {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
  }

  public void write(Path folder) {
    AtomicFile.write(folder.resolve(FILE), toJson());
  }

  /**
   * @throws BadInputException where the folder is no corpus
   */
  public static Manifest read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          folder + " is no corpus: it has no manifest.json; ./forefront data build makes one");
    }
    try {
      return JSON.readValue(Files.readString(file), Manifest.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new BadInputException(file + " cannot be read: " + e.getOriginalMessage(), e);
    }
  }
}
