package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.Preference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sets that lie in a folder, as documents and pairs to learn from. Sets that measure are
 * refused: the exam is not the syllabus.
 */
public final class Sets {
  private final Catalogue catalogue;
  private final Path root;

  /**
   * @param root holds a folder for each set, as {@link Pull} makes them
   */
  public Sets(Catalogue catalogue, Path root) {
    this.catalogue = catalogue;
    this.root = root;
  }

  /** A set's texts, or its conversations where it has no texts. */
  public DocumentSource forPretraining(String name) {
    DataSet set = training(name);
    return source(
        set,
        set.proseFormat()
            .or(set::dialogueFormat)
            .orElseThrow(() -> lacks(set, "texts nor conversations")));
  }

  /** A set's conversations. */
  public DocumentSource dialogues(String name) {
    DataSet set = training(name);
    return source(set, set.dialogueFormat().orElseThrow(() -> lacks(set, "conversations")));
  }

  /** A set's conversations without their provenance; for small sets. */
  public List<Conversation> conversations(String name) {
    try (Stream<? extends Document> documents = dialogues(name).documents().get()) {
      return documents
          .flatMap(
              document ->
                  document instanceof Document.Dialogue dialogue
                      ? Stream.of(dialogue.conversation())
                      : Stream.empty())
          .toList();
    }
  }

  /** A set's preference pairs. */
  public List<Preference> preferences(String name) {
    DataSet set = training(name);
    Pairs.Reader reader =
        set.preferenceFormat().orElseThrow(() -> lacks(set, "preference pairs")).reader();
    try (Stream<SetFile> files = SetFiles.of(folder(set))) {
      return files.flatMap(file -> reader.read(file).stream()).toList();
    }
  }

  private DocumentSource source(DataSet set, Format format) {
    SetReader.Origin origin = new SetReader.Origin(set.name(), set.licence());
    Path folder = folder(set);
    return new DocumentSource(
        set.name(), () -> format.reader().readAll(SetFiles.of(folder), origin));
  }

  private DataSet training(String name) {
    DataSet set = catalogue.set(name);
    if (set.use() == DataSet.Use.MEASURE) {
      throw new BadInputException(
          "set %s measures models and is never trained on: take it out of the recipe's data"
              .formatted(name));
    }
    return set;
  }

  private Path folder(DataSet set) {
    Path folder = root.resolve(set.name());
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(
          "%s does not exist: fetch the set with ./forefront data pull %s"
              .formatted(folder, set.name()));
    }
    return folder;
  }

  private static BadInputException lacks(DataSet set, String what) {
    return new BadInputException("set %s has no %s".formatted(set.name(), what));
  }
}
