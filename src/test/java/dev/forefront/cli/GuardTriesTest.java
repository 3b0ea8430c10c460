package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.cli.GuardTries.Kept;
import dev.forefront.cli.GuardTries.Try;
import dev.forefront.guard.Allowance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which of several trainings is kept; a guard here is the set of what it blocks. */
class GuardTriesTest {
  private static final List<String> ASKED = List.of("a", "b", "c", "d");

  private final List<Long> trained = new ArrayList<>();

  private Kept<Set<String>> keep(long first, List<String> asked, List<Set<String>> guards) {
    return GuardTries.keep(
        first,
        guards.size(),
        asked,
        seed -> {
          trained.add(seed);
          return guards.get((int) (seed - first));
        },
        guard -> guard::contains,
        blocks -> !blocks.test("harmless"));
  }

  @Test
  void whatRulesBlockTakesFromWhatMayBeBlocked() {
    List<String> texts = IntStream.range(0, 1_000).mapToObj(String::valueOf).toList();
    Allowance allowance =
        GuardCandidate.besideRules(texts, 0.005, text -> text.equals("3") || text.equals("7"));
    assertThat(allowance.texts()).hasSize(998).doesNotContain("3", "7");
    assertThat(Math.floor(allowance.share() * 998)).isEqualTo(3);
    // Where rules alone block more, a limit still needs a text to stand on.
    Allowance least = GuardCandidate.besideRules(texts, 0.005, text -> text.startsWith("1"));
    assertThat(Math.floor(least.share() * least.texts().size())).isEqualTo(1);
  }

  @Test
  void keepsTheOneThatBlocksMost() {
    Kept<Set<String>> kept =
        keep(4, ASKED, List.of(Set.of("a"), Set.of("b", "c", "d"), Set.of("a", "b", "x", "y")));
    assertThat(kept.guard()).isEqualTo(Set.of("b", "c", "d"));
    assertThat(kept.tries().seed()).isEqualTo(5);
    assertThat(kept.tries().all())
        .containsExactly(new Try(4, 1, true), new Try(5, 3, true), new Try(6, 2, true));
    assertThat(kept.tries().asked()).isEqualTo(4);
    assertThat(trained).containsExactly(4L, 5L, 6L);
    assertThat(kept.tries().said())
        .startsWith("Seed 5, which of 3 blocked the most of 4 first requests")
        .endsWith("4 25.0%, 5 75.0%, 6 50.0%.");
  }

  @Test
  void keepsTheFirstOfSeveralThatBlockAsMany() {
    Kept<Set<String>> kept =
        keep(9, ASKED, List.of(Set.of(), Set.of("a", "b"), Set.of("c", "d"), Set.of("a")));
    assertThat(kept.tries().seed()).isEqualTo(10);
    assertThat(kept.guard()).isEqualTo(Set.of("a", "b"));
  }

  @Test
  void keepsNoneThatBlocksHarmlessOnesWhereAnotherDoesNot() {
    Set<String> harsh = Set.of("a", "b", "c", "harmless");
    Kept<Set<String>> kept =
        keep(4, ASKED, List.of(harsh, Set.of("a"), Set.of("a", "b"), Set.of("c", "harmless")));
    assertThat(kept.tries().seed()).isEqualTo(6);
    assertThat(kept.tries().said())
        .contains("4 75.0% (and too many harmless ones), 5 25.0%, 6 50.0%, 7 25.0% (and");
    assertThat(keep(4, ASKED, List.of(Set.of("a", "harmless"), harsh)).tries().seed()).isEqualTo(5);
  }

  @Test
  void triesTheFirstAloneWhereNothingIsAskedOrOneIsEnough() {
    assertThat(keep(4, List.of(), List.of(Set.of(), Set.of("a"))).tries())
        .isEqualTo(new GuardTries(4, List.of(), List.of(), 0));
    assertThat(keep(7, ASKED, List.of(Set.of("a"))).tries().said())
        .isEqualTo("Seed 7, the only one tried.");
    assertThat(trained).containsExactly(4L, 7L);
  }

  private Kept<Set<String>> decide(Kept<Set<String>> round, Map<Long, Set<String>> whole) {
    return GuardTries.decide(
        round,
        one -> Objects.requireNonNull(whole.get(one.seed()), "seed " + one.seed()),
        ASKED,
        guard -> guard::contains,
        blocks -> !blocks.test("harmless"));
  }

  @Test
  void theTwoBestAreMadeWholeAndTheBetterOneIsKept() {
    Kept<Set<String>> round =
        keep(4, ASKED, List.of(Set.of("a"), Set.of("b", "c", "d"), Set.of("a", "b"), Set.of()));
    Kept<Set<String>> kept = decide(round, Map.of(5L, Set.of("a"), 6L, Set.of("a", "b", "c", "d")));
    assertThat(kept.tries().seed()).isEqualTo(6);
    assertThat(kept.guard()).hasSize(4);
    assertThat(kept.tries().finals()).containsExactly(new Try(5, 1, true), new Try(6, 4, true));
    assertThat(kept.tries().said())
        .startsWith("Seed 6. Of 4 first requests")
        .endsWith("blocked with it: 5 25.0%, 6 100.0%.");
    assertThat(
            decide(round, Map.of(5L, Set.of("a"), 6L, Set.of("a", "b", "harmless"))).tries().seed())
        .isEqualTo(5);
  }

  @Test
  void whereOneWasTriedItIsMadeWholeAndKept() {
    Kept<Set<String>> kept =
        decide(keep(7, ASKED, List.of(Set.of("a"))), Map.of(7L, Set.of("a", "b")));
    assertThat(kept.guard()).isEqualTo(Set.of("a", "b"));
    assertThat(kept.tries().said()).isEqualTo("Seed 7, the only one tried.");
  }
}
