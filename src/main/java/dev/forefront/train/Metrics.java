package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** metrics.jsonl: one line per update. */
final class Metrics implements AutoCloseable {
  private final Writer out;

  private Metrics(Writer out) {
    this.out = out;
  }

  /**
   * Opens the file for appending.
   *
   * @param step updates that a resumed run has done; later lines are from the life before and go
   */
  static Metrics open(Path file, int step) {
    try {
      AtomicFile.write(file, linesBefore(file, step));
      return new Metrics(
          Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String linesBefore(Path file, int step) throws IOException {
    if (step == 0 || !Files.exists(file)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> stepOf(line) < step)
          .map(line -> line + "\n")
          .collect(Collectors.joining());
    }
  }

  /** A line torn by a kill counts as late. */
  private static int stepOf(String line) {
    try {
      return JsonMapper.shared().readTree(line).path("step").asInt(Integer.MAX_VALUE);
    } catch (JacksonException e) {
      return Integer.MAX_VALUE;
    }
  }

  void write(Trainer.Update update) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("step", update.step());
    line.put("loss", update.loss());
    line.put("grad_norm", update.gradientNorm());
    line.put("lr", update.rate());
    line.put("tokens", update.tokens());
    line.put("seconds", Math.round(update.seconds() * 1e4) / 1e4);
    new TreeMap<>(update.watched()).forEach(line::put);
    try {
      out.write(line + "\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("metrics were not written: " + e.getMessage(), e));
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
