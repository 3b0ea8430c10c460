package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A text that somebody judged, to train a guard or to measure one. What each set's own labels mean
 * here stands in docs/reference/data.md.
 *
 * @param set the set's name
 * @param id unique within the set: the file, a number, and a word where an entry gives several
 * @param kind who speaks to whom
 * @param context what was said before, or empty
 * @param text what is judged, never blank
 * @param harm 0 harmless to 1 harmful, the share of raters where a set has them; NaN where nobody
 *     says
 * @param hazards 0 to 1 for each of {@code S1} to {@code S14} that was looked for; what is absent
 *     is unknown, also where {@code harm} is 0
 * @param category what the set itself calls it, or empty
 * @param group texts of one template or with nearly the same words have one group: a split that
 *     cuts through none measures what was not seen
 */
public record Labelled(
    String set,
    String id,
    Kind kind,
    Conversation context,
    String text,
    double harm,
    Map<String, Double> hazards,
    String category,
    String group) {

  public Labelled {
    hazards = Map.copyOf(hazards);
    if (text.isBlank()) {
      throw new IllegalArgumentException("a labelled text is blank");
    }
    if (harm < 0 || harm > 1) {
      throw new IllegalArgumentException("harm " + harm + " is not in 0..1");
    }
    hazards.forEach(
        (hazard, degree) -> {
          if (!Hazards.all().contains(hazard) || !(degree >= 0 && degree <= 1)) {
            throw new IllegalArgumentException(hazard + " " + degree + " is no hazard in 0..1");
          }
        });
  }

  /** Who speaks to whom. */
  public enum Kind {
    /** A person to an assistant. */
    REQUEST,
    /** An assistant to a person; the context is what it answers. */
    REPLY,
    /** A person to the public. */
    POST
  }

  /** Whether anybody says how harmful the text is. */
  public boolean judged() {
    return !Double.isNaN(harm);
  }

  /** Whether it counts as harmful: 0.5 and above. */
  public boolean harmful() {
    return harm >= 0.5;
  }

  /** The degree of one hazard, or empty where nobody looked for it. */
  public OptionalDouble hazard(String id) {
    Double degree = hazards.get(id);
    return degree == null ? OptionalDouble.empty() : OptionalDouble.of(degree);
  }

  /**
   * The labelled texts of a set of the built-in catalogue, in the order of its files.
   *
   * @param dataFolder holds a folder for each set, as {@link Pull} makes them
   * @throws BadInputException where the set has no labels, may not be used so, was not pulled, or
   *     has a row that is not as the catalogue knows it
   */
  public static List<Labelled> read(Path dataFolder, String set, DataSet.Use use) {
    return read(Catalogue.builtIn(), dataFolder, set, use);
  }

  static List<Labelled> read(Catalogue catalogue, Path dataFolder, String set, DataSet.Use use) {
    return Groups.of(ungrouped(catalogue, dataFolder, set, use));
  }

  /** The same with templates, or nothing, for groups. */
  static List<Labelled> ungrouped(
      Catalogue catalogue, Path dataFolder, String name, DataSet.Use use) {
    DataSet set = catalogue.set(name);
    OfLabels labels =
        set.labelFormat()
            .orElseThrow(
                () -> new BadInputException("set %s has no labelled texts".formatted(name)));
    if (use == DataSet.Use.TRAIN && set.guardUse().filter(DataSet.Use.TRAIN::equals).isEmpty()) {
      throw refusal(set);
    }
    try (Stream<SetFile> files = SetFiles.of(dataFolder.resolve(name))) {
      return files.flatMap(file -> labels.reader().read(file, set).stream()).toList();
    }
  }

  private static BadInputException refusal(DataSet set) {
    String why =
        set.nonCommercial()
            ? "its licence %s forbids commercial use".formatted(set.licence())
            : "what it measures must not have been learnt";
    return new BadInputException(
        "set %s measures guards and never trains one, for %s: take it out of the training sets"
            .formatted(set.name(), why));
  }

  Labelled inGroup(String name) {
    return new Labelled(set, id, kind, context, text, harm, hazards, category, name);
  }
}
