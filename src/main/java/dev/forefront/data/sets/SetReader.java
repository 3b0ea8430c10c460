package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.data.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one format; see {@link Format}. */
@FunctionalInterface
interface SetReader {
  /** The documents of one file; the parts of their ids are the file's name and a number. */
  List<Document> read(SetFile file, Origin origin);

  /** Where documents come from. */
  record Origin(String source, String licence) {}

  /** Collects a file's documents and numbers them. */
  final class Documents {
    private final List<Document> documents = new ArrayList<>();
    private final SetFile file;
    private final Origin origin;

    Documents(SetFile file, Origin origin) {
      this.file = file;
      this.origin = origin;
    }

    void prose(String text) {
      if (!text.isBlank()) {
        documents.add(new Document.Prose(id(), text.strip(), origin.source(), origin.licence()));
      }
    }

    void dialogue(Optional<Conversation> conversation) {
      conversation.ifPresent(
          turns ->
              documents.add(new Document.Dialogue(id(), turns, origin.source(), origin.licence())));
    }

    List<Document> list() {
      return documents;
    }

    private String id() {
      return file.name() + "#" + (documents.size() + 1);
    }
  }

  /** All documents of a set's files. */
  default Stream<Document> readAll(Stream<SetFile> files, Origin origin) {
    return files.flatMap(file -> read(file, origin).stream());
  }
}
