package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A file of JSON lines, each with the update ({@code step}) that it is about. */
final class StepLines implements AutoCloseable {
  private final Path file;
  private final Writer out;

  private StepLines(Path file, Writer out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Opens the file for appending.
   *
   * @param step updates that a resumed run has done; later lines are from the life before and go
   */
  static StepLines open(Path file, int step) {
    try {
      AtomicFile.write(
          file,
          step == 0
              ? ""
              : read(file).stream()
                  .filter(line -> line.path("step").asInt() < step)
                  .map(line -> line + "\n")
                  .collect(Collectors.joining()));
      return new StepLines(
          file, Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines that nobody reads. */
  static StepLines unread() {
    return new StepLines(Path.of("unread"), Writer.nullWriter());
  }

  /** All lines; none where there is no file. A line torn by a kill is left out. */
  static List<JsonNode> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.map(StepLines::parse).flatMap(Optional::stream).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<JsonNode> parse(String line) {
    try {
      JsonNode node = JsonMapper.shared().readTree(line);
      return node.path("step").isInt() ? Optional.of(node) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  void write(ObjectNode line) {
    try {
      out.write(line + "\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(
              "%s was not written: %s".formatted(file.getFileName(), e.getMessage()), e));
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
