package dev.forefront.data;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents as JSON lines: {@code {"id", "text", "source", "licence"}}, or with {@code "messages":
 * [{"role", "content"}]} in the place of the text.
 */
public final class Corpus {
  public static final String FILE = "corpus.jsonl";
  private static final JsonMapper JSON = JsonMapper.shared();

  private Corpus() {}

  /**
   * Reads line by line; close the stream.
   *
   * @throws BadInputException from the stream, naming file and line, where a line is no document
   */
  public static Stream<Document> open(Path file) {
    Stream<Utf8Lines.Line> lines = Utf8Lines.open(file);
    return lines
        .filter(line -> !line.text().isBlank())
        .map(line -> parse(line.text(), file, line.number()));
  }

  /** Writes all documents, atomically; returns how many. */
  public static long write(Path file, Iterable<? extends Document> documents) {
    return write(file, documents::forEach);
  }

  /**
   * Writes what a producer hands out, atomically; returns how many. Where the producer throws, the
   * old file stays.
   */
  static long write(Path file, Consumer<Consumer<Document>> producer) {
    long[] count = new long[1];
    AtomicFile.write(
        file,
        channel -> {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
          producer.accept(
              document -> {
                writeLine(out, document);
                count[0]++;
              });
          out.flush();
        });
    return count[0];
  }

  private static void writeLine(OutputStream out, Document document) {
    try {
      out.write(line(document).getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String line(Document document) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("id", document.id());
    switch (document) {
      case Document.Prose prose -> line.put("text", prose.text());
      case Document.Dialogue dialogue -> {
        ArrayNode messages = line.putArray("messages");
        for (Message message : dialogue.conversation().messages()) {
          messages
              .addObject()
              .put("role", message.role().wireName())
              .put("content", message.content());
        }
      }
    }
    line.put("source", document.source());
    line.put("licence", document.licence());
    return JSON.writeValueAsString(line);
  }

  private static Document parse(String text, Path file, long number) {
    try {
      JsonNode line = JSON.readTree(text);
      String id = line.path("id").asString(Long.toString(number));
      String source = line.path("source").asString(String.valueOf(file.getFileName()));
      String licence = line.path("licence").asString("unknown");
      if (line.path("text").isString()) {
        return new Document.Prose(id, line.path("text").asString(), source, licence);
      }
      if (line.path("messages").isArray()) {
        return new Document.Dialogue(id, conversation(line.path("messages")), source, licence);
      }
      throw new BadInputException(
          "%s, line %d: a document has a \"text\" or \"messages\"".formatted(file, number));
    } catch (JacksonException e) {
      throw new BadInputException(
          "%s, line %d is no JSON: %s".formatted(file, number, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("%s, line %d: %s".formatted(file, number, e.getMessage()), e);
    }
  }

  /**
   * @throws IllegalArgumentException where a role is unknown or a message has no content
   */
  static Conversation conversation(JsonNode messages) {
    List<Message> turns = new ArrayList<>();
    for (JsonNode message : messages) {
      if (!message.path("content").isString()) {
        throw new IllegalArgumentException("a message has a text \"content\"");
      }
      turns.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString()));
    }
    return new Conversation(turns);
  }

  /** All documents of a file; for small ones. */
  public static List<Document> read(Path file) {
    try (Stream<Document> documents = open(file)) {
      return documents.toList();
    }
  }
}
