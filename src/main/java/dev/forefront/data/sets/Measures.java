package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sets that lie in a folder, as exams. Sets that are learnt from are refused, as {@link Sets}
 * refuses these.
 */
public final class Measures {
  private final Catalogue catalogue;
  private final Path root;

  /**
   * @param root holds a folder for each set, as {@link Pull} makes them
   */
  public Measures(Catalogue catalogue, Path root) {
    this.catalogue = catalogue;
    this.root = root;
  }

  /** What users ask. */
  public List<ExamItem.Request> requests(String set) {
    return items(set, ExamItem.Request.class, "requests");
  }

  /** Sentences, grammatical and not. */
  public List<ExamItem.SentencePair> sentencePairs(String set) {
    return items(set, ExamItem.SentencePair.class, "pairs of sentences");
  }

  /** Texts whose last word is to be predicted. */
  public List<ExamItem.Passage> passages(String set) {
    return items(set, ExamItem.Passage.class, "passages");
  }

  /** Texts to put around a request. */
  public List<ExamItem.Wrapping> wrappings(String set) {
    return items(set, ExamItem.Wrapping.class, "wrappings");
  }

  /** Exams that lie in the folder. */
  public List<String> pulled() {
    return catalogue.sets().stream()
        .filter(set -> set.use() == DataSet.Use.MEASURE && set.examFormat().isPresent())
        .map(DataSet::name)
        .filter(set -> Files.isDirectory(root.resolve(set)))
        .toList();
  }

  /** Everything of a set that no model may have read, for decontamination. */
  public List<String> heldOut(String set) {
    return items(set).stream()
        .flatMap(
            item ->
                switch (item) {
                  case ExamItem.Request request -> Stream.of(request.text());
                  case ExamItem.SentencePair pair -> Stream.of(pair.good(), pair.bad());
                  case ExamItem.Passage passage -> Stream.of(passage.text());
                  case ExamItem.Wrapping wrapping -> Stream.of(wrapping.text());
                })
        .toList();
  }

  /**
   * @throws BadInputException where the set was not pulled; nothing of it is read
   */
  public void requirePulled(String set) {
    SetFiles.requirePulled(root.resolve(set));
  }

  private <I extends ExamItem> List<I> items(String set, Class<I> kind, String what) {
    List<I> items = items(set).stream().filter(kind::isInstance).map(kind::cast).toList();
    if (items.isEmpty()) {
      throw new BadInputException("set %s has no %s to measure with".formatted(set, what));
    }
    return items;
  }

  private List<? extends ExamItem> items(String name) {
    DataSet set = catalogue.set(name);
    Exams.Reader reader =
        set.examFormat()
            .filter(format -> set.use() == DataSet.Use.MEASURE)
            .orElseThrow(
                () -> new BadInputException("set %s is no exam that is read here".formatted(name)))
            .reader();
    try (Stream<SetFile> files = SetFiles.of(root.resolve(set.name()))) {
      return files.flatMap(file -> reader.read(file).stream()).toList();
    }
  }
}
