package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Samples of what people ordinarily ask an assistant: one to count a guard's false alarms, and one
 * to teach it what is harmless. No source and no text is in both. Groups are those of the sample.
 */
public final class Ordinary {
  private Ordinary() {}

  /**
   * Prompts to count false alarms with, from the ordinary sets that no guard is trained on. Each
   * source gives in turn, so that small ones are taken whole and large ones do not drown them; a
   * text comes once, and none that an ordinary training set asks too.
   *
   * @param dataFolder holds a folder for each set
   * @param seed another seed, another sample; the same, the same
   * @throws BadInputException where a set is missing or the sources have fewer than {@code count}
   */
  public static List<Labelled> prompts(Path dataFolder, long seed, int count) {
    return sample(Catalogue.builtIn(), dataFolder, DataSet.Use.MEASURE, seed, count);
  }

  /** The same from the ordinary sets that a guard may be trained on. */
  public static List<Labelled> trainingPrompts(Path dataFolder, long seed, int count) {
    return sample(Catalogue.builtIn(), dataFolder, DataSet.Use.TRAIN, seed, count);
  }

  /** Names of the ordinary sets of one use, sorted. */
  public static List<String> sources(DataSet.Use use) {
    return sources(Catalogue.builtIn(), use);
  }

  private static List<String> sources(Catalogue catalogue, DataSet.Use use) {
    return catalogue.sets().stream()
        .filter(set -> set.guardUse().filter(use::equals).isPresent())
        .filter(
            set ->
                set.labelFormat()
                    .filter(labels -> labels.judge() == OfLabels.Judge.NOBODY)
                    .isPresent())
        .map(DataSet::name)
        .sorted()
        .toList();
  }

  static List<Labelled> sample(
      Catalogue catalogue, Path dataFolder, DataSet.Use use, long seed, int count) {
    Set<String> known = new HashSet<>();
    if (use == DataSet.Use.MEASURE) {
      for (String set : sources(catalogue, DataSet.Use.TRAIN)) {
        requests(catalogue, dataFolder, set, DataSet.Use.TRAIN)
            .forEach(prompt -> known.add(PlainWords.key(prompt.text())));
      }
    }
    List<List<Labelled>> sources = new ArrayList<>();
    for (String set : sources(catalogue, use)) {
      List<Labelled> fresh = new ArrayList<>();
      for (Labelled prompt : requests(catalogue, dataFolder, set, use)) {
        if (known.add(PlainWords.key(prompt.text()))) {
          fresh.add(prompt);
        }
      }
      Collections.shuffle(fresh, new Random(31 * seed + set.hashCode()));
      sources.add(fresh);
    }
    return inTurn(sources, count);
  }

  private static List<Labelled> requests(
      Catalogue catalogue, Path dataFolder, String set, DataSet.Use use) {
    return Labelled.ungrouped(catalogue, dataFolder, set, use).stream()
        .filter(text -> text.kind() == Labelled.Kind.REQUEST)
        .toList();
  }

  private static List<Labelled> inTurn(List<List<Labelled>> sources, int count) {
    int all = sources.stream().mapToInt(List::size).sum();
    if (all < count) {
      throw new BadInputException(
          "there are only %,d ordinary prompts, and %,d were asked for: ask for fewer"
              .formatted(all, count));
    }
    int rounds = sources.stream().mapToInt(List::size).max().orElse(0);
    List<Labelled> taken = new ArrayList<>(count);
    for (int round = 0; round < rounds; round++) {
      for (List<Labelled> source : sources) {
        if (round < source.size() && taken.size() < count) {
          taken.add(source.get(round));
        }
      }
    }
    taken.sort(Comparator.comparing(Labelled::set).thenComparing(Labelled::id));
    return Groups.of(taken);
  }
}
