package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import dev.forefront.data.TextFiles;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.sets.DataSet;
import dev.forefront.data.world.World;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The sets that a recipe brings itself, by name. */
final class OwnSets {
  private final Map<String, Recipe.Own> sets = new LinkedHashMap<>();

  /**
   * @throws BadInputException where a name is taken, or nothing lies where the recipe says
   */
  OwnSets(List<Recipe.Own> own, Catalogue catalogue) {
    for (Recipe.Own one : own) {
      if (one.name().equals(World.SOURCE)
          || catalogue.sets().stream().map(DataSet::name).anyMatch(one.name()::equals)
          || sets.put(one.name(), one) != null) {
        throw new BadInputException(
            "data.own: the name %s is taken, by another set; give yours another one"
                .formatted(one.name()));
      }
      if (!Files.exists(Path.of(one.file()))) {
        throw new BadInputException(
            "data.own: there is nothing at %s, which should be the set %s"
                .formatted(one.file(), one.name()));
      }
    }
  }

  boolean has(String name) {
    return sets.containsKey(name);
  }

  private Recipe.Own own(String name) {
    Recipe.Own own = sets.get(name);
    if (own == null) {
      throw new IllegalArgumentException("there is no own set " + name);
    }
    return own;
  }

  /** Its texts; a dialogue is none. */
  DocumentSource text(String name) {
    return documents(name, Document.Prose.class, "a \"text\", to be read as plain text");
  }

  DocumentSource dialogues(String name) {
    return documents(name, Document.Dialogue.class, "\"messages\", to be learnt as a dialogue");
  }

  private DocumentSource documents(String name, Class<? extends Document> kind, String wanted) {
    Recipe.Own own = own(name);
    DocumentSource files = TextFiles.of(Path.of(own.file()), own.licence());
    boolean several = Files.isDirectory(Path.of(own.file()));
    return new DocumentSource(
        name,
        () -> {
          // Files of one folder may number their lines alike.
          AtomicLong count = new AtomicLong();
          return files
              .documents()
              .get()
              .map(
                  document -> {
                    if (!kind.isInstance(document)) {
                      throw new BadInputException(
                          "data.own %s: document %s of %s does not have %s"
                              .formatted(name, document.id(), own.file(), wanted));
                    }
                    String id =
                        several
                            ? "%d:%s".formatted(count.incrementAndGet(), document.id())
                            : document.id();
                    return named(document, id, own);
                  });
        });
  }

  private static Document named(Document document, String id, Recipe.Own own) {
    return switch (document) {
      case Document.Prose prose -> new Document.Prose(id, prose.text(), own.name(), own.licence());
      case Document.Dialogue dialogue ->
          new Document.Dialogue(id, dialogue.conversation(), own.name(), own.licence());
    };
  }

  List<Preference> pairs(String name) {
    return PreferenceFile.read(Path.of(own(name).file())).pairs();
  }

  List<Judged> judged(String name) {
    return PreferenceFile.read(Path.of(own(name).file())).judged();
  }

  /** Of all files of a set. */
  static String digest(Recipe.Own own) {
    Path path = Path.of(own.file());
    if (Files.isRegularFile(path)) {
      return "sha256:" + Sha256.hex(path);
    }
    StringBuilder lines = new StringBuilder();
    FolderDigest.lines(path, lines);
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What is read, by name and digest. */
  Stream<String> digests() {
    return sets.values().stream().map(own -> own.name() + " " + digest(own));
  }
}
