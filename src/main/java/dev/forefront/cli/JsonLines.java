package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of JSON objects, one a line. */
final class JsonLines {

  private JsonLines() {}

  /** One line's object, and where it stands. */
  record Line(Path file, long number, JsonNode object) {

    /** Says what is wrong with this line. */
    BadInputException bad(String what) {
      return new BadInputException("%s, line %d: %s".formatted(file, number, what));
    }
  }

  /**
   * Hands out one line after the other; empty ones are passed over.
   *
   * @throws BadInputException naming file and line, where one is no JSON object
   */
  static void read(Path file, Consumer<Line> each) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " does not exist or is no file");
    }
    long number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          each.accept(new Line(file, number, object(file, number, line)));
        }
      }
    } catch (CharacterCodingException e) {
      throw new BadInputException(
          "%s is not UTF-8 text after line %d: convert it first, for example with iconv -t UTF-8"
              .formatted(file, number),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The {@code text} of each line.
   *
   * @throws BadInputException likewise, and where a line has none
   */
  static List<String> texts(Path file) {
    List<String> texts = new ArrayList<>();
    read(
        file,
        line -> {
          String text = line.object().path("text").asString("");
          if (text.isBlank()) {
            throw line.bad("it has no \"text\": write {\"text\": \"...\"}");
          }
          texts.add(text);
        });
    return texts;
  }

  private static JsonNode object(Path file, long number, String line) {
    try {
      JsonNode node = JsonMapper.shared().readTree(line);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new BadInputException(
          "%s, line %d is no JSON: %s".formatted(file, number, e.getOriginalMessage()), e);
    }
    throw new BadInputException("%s, line %d is no JSON object".formatted(file, number));
  }
}
