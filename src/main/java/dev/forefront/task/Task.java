package dev.forefront.task;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A named set of samples; on disk one JSON object per line.
 *
 * @param name of the suite it makes: {@code harmful}, {@code benign}
 * @param samples with distinct ids
 */
public record Task(String name, List<Sample> samples) {

  public Task {
    samples = List.copyOf(samples);
    Set<String> ids = new HashSet<>();
    for (Sample sample : samples) {
      if (!ids.add(sample.id())) {
        throw new IllegalArgumentException(
            "task %s has two samples %s".formatted(name, sample.id()));
      }
    }
  }

  /** {@code sha256:<hex>} of the lines that {@link #write} writes: the identity of the exam. */
  public String digest() {
    return "sha256:" + Sha256.hex(lines().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes {@code <name>.jsonl} into the folder. */
  public void write(Path folder) {
    AtomicFile.write(folder.resolve(name + ".jsonl"), lines());
  }

  /**
   * Reads a file; its name without {@code .jsonl} is the task's.
   *
   * @throws BadInputException naming file and line
   */
  public static Task read(Path file) {
    List<Sample> samples = new ArrayList<>();
    int number = 0;
    try {
      for (String line : Files.readAllLines(file)) {
        number++;
        if (!line.isBlank()) {
          samples.add(sample(JsonMapper.shared().readTree(line)));
        }
      }
      return new Task(file.getFileName().toString().replaceFirst("\\.jsonl$", ""), samples);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new BadInputException(
          "%s, line %d is no sample: %s".formatted(file, number, e.getMessage()), e);
    }
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    for (Sample sample : samples) {
      ObjectNode line = JsonMapper.shared().createObjectNode();
      line.put("id", sample.id());
      ArrayNode messages = line.putArray("messages");
      for (Message message : sample.conversation().messages()) {
        messages
            .addObject()
            .put("role", message.role().wireName())
            .put("content", message.content());
      }
      write(sample.expectation(), line);
      line.put("hazard", sample.hazard());
      line.put("held_out", sample.heldOut());
      lines.append(line).append('\n');
    }
    return lines.toString();
  }

  private static void write(Expectation expectation, ObjectNode line) {
    switch (expectation) {
      case Expectation.Refuse _ -> line.put("expect", "refuse");
      case Expectation.Answer answer -> {
        line.put("expect", "answer");
        answer.keys().forEach(line.putArray("keys")::add);
      }
      case Expectation.Exact exact -> {
        line.put("expect", "exact");
        exact.answers().forEach(line.putArray("answers")::add);
      }
    }
  }

  private static Sample sample(JsonNode line) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : line.path("messages")) {
      messages.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString("")));
    }
    return new Sample(
        line.path("id").asString(""),
        new Conversation(messages),
        expectation(line),
        line.path("hazard").asString(""),
        line.path("held_out").asString(""));
  }

  private static Expectation expectation(JsonNode line) {
    String expect = line.path("expect").asString("");
    return switch (expect) {
      case "refuse" -> new Expectation.Refuse();
      case "answer" -> new Expectation.Answer(strings(line.path("keys")));
      case "exact" -> new Expectation.Exact(strings(line.path("answers")));
      default ->
          throw new IllegalArgumentException(
              "expect \"%s\" is none of refuse, answer, exact".formatted(expect));
    };
  }

  private static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asString("")));
    return strings;
  }
}
