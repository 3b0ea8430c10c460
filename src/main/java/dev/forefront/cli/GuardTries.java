package dev.forefront.cli;

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
 * another does not. The requests must neither be learnt from by label nor measure the guard, or
 * what is kept would flatter it.
 *
 * @param seed the one that is kept
 * @param all in their order; empty where there was nothing to choose by, or nothing to choose
 * @param asked how many requests each was asked
 */
record GuardTries(long seed, List<Try> all, int asked) {
  /** Its first requests are what is chosen by. */
  static final String SET = "pref-hh-rlhf-harmless";

  GuardTries {
    all = List.copyOf(all);
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

  /** What was trained with the seed that is kept. */
  record Kept<G>(G guard, GuardTries tries) {}

  /**
   * Trains with one seed after the other and holds two guards at most.
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
    G kept = train.apply(first);
    if (tries <= 1 || asked.isEmpty()) {
      return new Kept<>(kept, new GuardTries(first, List.of(), 0));
    }
    List<Try> all = new ArrayList<>();
    Try best = tried(first, asked, blocks.apply(kept), mild);
    all.add(best);
    for (long seed = first + 1; seed < first + tries; seed++) {
      G other = train.apply(seed);
      Try one = tried(seed, asked, blocks.apply(other), mild);
      all.add(one);
      if (one.isBetterThan(best)) {
        best = one;
        kept = other;
      }
    }
    return new Kept<>(kept, new GuardTries(best.seed(), all, asked.size()));
  }

  private static Try tried(
      long seed, List<String> asked, Predicate<String> blocks, Predicate<Predicate<String>> mild) {
    return new Try(seed, (int) asked.stream().filter(blocks).count(), mild.test(blocks));
  }

  /** For the card. */
  String said() {
    if (all.isEmpty()) {
      return "Seed %d, the only one tried.".formatted(seed);
    }
    return "Seed %d, which of %d blocked the most of %,d first requests of %s (no label of theirs was read, and they measure nothing): %s."
        .formatted(
            seed,
            all.size(),
            asked,
            SET,
            all.stream()
                .map(
                    one ->
                        String.format(
                            Locale.ROOT,
                            "%d %.1f%%%s",
                            one.seed(),
                            100.0 * one.blocked() / asked,
                            one.mild() ? "" : " (and too many harmless ones)"))
                .collect(Collectors.joining(", ")));
  }
}
