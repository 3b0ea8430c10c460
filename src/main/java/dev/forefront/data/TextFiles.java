package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A person's own files as documents: JSON lines, or plain UTF-8 text, one document a file. */
public final class TextFiles {
  /** A larger file is no document; it belongs into JSON lines. */
  private static final long LARGEST = 256L << 20;

  private TextFiles() {}

  /**
   * @param path a {@code .jsonl} corpus, any other text file, or a folder with such files
   * @param licence of plain text; JSON lines carry their own
   * @throws BadInputException where there is nothing, or a file is no UTF-8 text
   */
  public static DocumentSource of(Path path, String licence) {
    String name = String.valueOf(path.getFileName());
    List<Path> files = files(path);
    return new DocumentSource(
        name, () -> files.stream().flatMap(file -> documents(file, path, name, licence)));
  }

  private static List<Path> files(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (!Files.isDirectory(path)) {
      throw new BadInputException(path + " does not exist");
    }
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      if (files.isEmpty()) {
        throw new BadInputException(path + " is an empty folder: there is no text in it");
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Document> documents(Path file, Path root, String name, String licence) {
    if (file.toString().endsWith(".jsonl")) {
      return Corpus.open(file);
    }
    try {
      if (Files.size(file) > LARGEST) {
        throw new BadInputException(
            "%s is larger than %d MB: split it into documents, as JSON lines with a \"text\" each"
                .formatted(file, LARGEST >> 20));
      }
      String text = Utf8Lines.decode(Files.readAllBytes(file), file.toString());
      String id = file.equals(root) ? name : root.relativize(file).toString();
      return Stream.of(new Document.Prose(id, text, name, licence));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
