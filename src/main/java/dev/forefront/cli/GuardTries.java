package dev.forefront.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Trainings that differ in their seed alone: that one is kept whose guard blocks the most of some
 * requests, of several such ones the first, but none that blocks too many harmless ones where
 * another does not. The requests must not be learnt from by label, and what they measure of the
 * guard that is kept flatters it. What takes long to train comes last, for the two best alone, and
 * decides between them.
 *
 * @param seed the one that is kept
 * @param all in their order; empty where there was nothing to choose by, or nothing to choose
 * @param finals of the best when they were whole, the best before first; empty where there was one
 * @param asked how many requests each was asked
 */
record GuardTries(long seed, List<Try> all, List<Try> finals, int asked) {
  /** Those of its first requests that are harmful are what is chosen by. */
  static final String SET = "pref-hh-rlhf-harmless";

  private static final int BEST = 2;

  /** Nobody can fetch the set, so it may be missing. */
  static boolean hasSet(Path data) {
    return Files.isDirectory(data.resolve(SET));
  }

  GuardTries {
    all = List.copyOf(all);
    finals = List.copyOf(finals);
  }

  /**
   * One training.
   *
   * @param blocked of the requests asked
   * @param mild whether it blocks few enough harmless ones
   */
  record Try(long seed, int blocked, boolean mild) {
    boolean isBetterThan(Try other) {
      return mild == other.mild ? blocked > other.blocked : mild;
    }
  }

  /** A guard and the seed that it was trained with. */
  record Trained<G>(long seed, G guard) {}

  /**
   * What was trained.
   *
   * @param best the one that is kept, and behind it the next where there were several
   */
  record Kept<G>(List<Trained<G>> best, GuardTries tries) {
    G guard() {
      return best.getFirst().guard();
    }
  }

  /** A guard that was tried. */
  private record Tried<G>(Trained<G> trained, Try result) {}

  /**
   * Trains with one seed after the other and holds three guards at most.
   *
   * @param first the next ones follow it
   * @param tries at least one
   * @param asked where it is empty, the first seed is kept and no other tried
   * @param blocks what a guard blocks
   * @param mild whether, of harmless ones, those are few enough; others are kept only where none is
   */
  static <G> Kept<G> keep(
      long first,
      int tries,
      List<String> asked,
      LongFunction<G> train,
      Function<G, Predicate<String>> blocks,
      Predicate<Predicate<String>> mild) {
    if (tries <= 1 || asked.isEmpty()) {
      return new Kept<>(
          List.of(new Trained<>(first, train.apply(first))),
          new GuardTries(first, List.of(), List.of(), 0));
    }
    List<Try> all = new ArrayList<>();
    List<Tried<G>> best = new ArrayList<>();
    for (long seed = first; seed < first + tries; seed++) {
      Trained<G> trained = new Trained<>(seed, train.apply(seed));
      Try one = tried(seed, asked, blocks.apply(trained.guard()), mild);
      all.add(one);
      insert(new Tried<>(trained, one), best);
    }
    return new Kept<>(
        best.stream().map(Tried::trained).toList(),
        new GuardTries(best.getFirst().trained().seed(), all, List.of(), asked.size()));
  }

  /**
   * Makes the best of a round whole, and keeps the better one.
   *
   * @param finish what becomes of a guard
   */
  static <G> Kept<G> decide(
      Kept<G> round,
      Function<Trained<G>, G> finish,
      List<String> asked,
      Function<G, Predicate<String>> blocks,
      Predicate<Predicate<String>> mild) {
    List<Try> finals = new ArrayList<>();
    List<Tried<G>> best = new ArrayList<>();
    for (Trained<G> one : round.best()) {
      Trained<G> whole = new Trained<>(one.seed(), finish.apply(one));
      if (round.best().size() == 1) {
        return new Kept<>(List.of(whole), round.tries());
      }
      Try result = tried(one.seed(), asked, blocks.apply(whole.guard()), mild);
      finals.add(result);
      insert(new Tried<>(whole, result), best);
    }
    Trained<G> kept = best.getFirst().trained();
    return new Kept<>(
        List.of(kept),
        new GuardTries(kept.seed(), round.tries().all(), finals, round.tries().asked()));
  }

  /** Of those that are equally good the first stays before. */
  private static <G> void insert(Tried<G> one, List<Tried<G>> best) {
    int at = 0;
    while (at < best.size() && !one.result().isBetterThan(best.get(at).result())) {
      at++;
    }
    best.add(at, one);
    if (best.size() > BEST) {
      best.removeLast();
    }
  }

  private static Try tried(
      long seed, List<String> asked, Predicate<String> blocks, Predicate<Predicate<String>> mild) {
    int blocked = (int) asked.parallelStream().filter(blocks).count();
    return new Try(seed, blocked, mild.test(blocks));
  }

  /** For the card. */
  String said() {
    if (all.isEmpty()) {
      return "Seed %d, the only one tried.".formatted(seed);
    }
    String about =
        "%,d first requests of %s that two readings call harmful (no label of theirs taught)"
            .formatted(asked, SET);
    return finals.isEmpty()
        ? "Seed %d, which of %d blocked the most of %s: %s."
            .formatted(seed, all.size(), about, shares(all))
        : "Seed %d. Of %s heads and phrases alone blocked, seed by seed: %s. The two best were taught an encoder, and blocked with it: %s."
            .formatted(seed, about, shares(all), shares(finals));
  }

  private String shares(List<Try> tries) {
    return tries.stream()
        .map(
            one ->
                String.format(
                    Locale.ROOT,
                    "%d %.1f%%%s",
                    one.seed(),
                    100.0 * one.blocked() / asked,
                    one.mild() ? "" : " (and too many harmless ones)"))
        .collect(Collectors.joining(", "));
  }
}
