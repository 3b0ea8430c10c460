package dev.forefront.data.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.sets.Labelled;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RequestsTest {

  @Test
  void writesTheSameTextsForTheSameSeedAndOthersForAnother() {
    List<Labelled> texts = Requests.builtIn().write(200, 1);
    assertThat(Requests.builtIn().write(200, 1)).isEqualTo(texts);
    assertThat(Requests.builtIn().write(200, 2)).isNotEqualTo(texts);
  }

  @Test
  void writesAsManyHarmfulOnesAsHarmlessOnesAndNoneTwice() {
    List<Labelled> texts = Requests.builtIn().write(3_000, 1);
    assertThat(texts.stream().filter(Labelled::harmful)).hasSize(3_000);
    assertThat(texts.stream().filter(one -> !one.harmful())).hasSize(3_000);
    Set<String> seen = new HashSet<>();
    texts.forEach(one -> assertThat(seen.add(one.text())).as(one.text()).isTrue());
  }

  @Test
  void leavesNoPhraseUnfilled() {
    for (Labelled one : Requests.builtIn().write(5_000, 3)) {
      assertThat(one.text()).doesNotContain("{", "}", "[", "]", "|", "  ");
    }
  }

  @Test
  void coversEveryHazardButChildrenWithBothKinds() {
    List<Labelled> texts = Requests.builtIn().write(6_000, 1);
    Set<String> harmful =
        texts.stream()
            .filter(Labelled::harmful)
            .map(one -> one.category().substring(0, one.category().indexOf('/')))
            .collect(Collectors.toSet());
    Set<String> harmless =
        texts.stream()
            .filter(one -> !one.harmful())
            .map(one -> one.category().substring(0, one.category().indexOf('/')))
            .collect(Collectors.toSet());
    assertThat(harmful)
        .containsExactlyInAnyOrder(
            "S1", "S2", "S3", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S14");
    assertThat(harmless).containsAll(harmful).contains("ordinary").hasSize(14);
  }

  @Test
  void namesOneHazardOfAHarmfulRequestAndNoneOfAHarmlessOne() {
    for (Labelled one : Requests.builtIn().write(500, 5)) {
      double sum = one.hazards().values().stream().mapToDouble(Double::doubleValue).sum();
      assertThat(sum).isEqualTo(one.harmful() ? 1 : 0);
      assertThat(one.hazards()).hasSize(14);
    }
  }

  @Test
  void writesSubtleOnesOfBothKindsForEachOfTheirHazards() {
    List<Labelled> texts = Requests.of(Requests.SUBTLE_SET).write(4_000, 1);
    assertThat(Requests.of(Requests.SUBTLE_SET).write(4_000, 1)).isEqualTo(texts);
    assertSound(
        texts, Requests.SUBTLE_SET, List.of("S1", "S2", "S7", "S8", "S9", "S10", "S12"), 400);
  }

  @Test
  void writesBluntOnesOfBothKindsForEachOfTheirHazards() {
    List<Labelled> texts = Requests.of(Requests.BLUNT_SET).write(4_000, 1);
    assertThat(Requests.of(Requests.BLUNT_SET).write(4_000, 1)).isEqualTo(texts);
    assertSound(
        texts, Requests.BLUNT_SET, List.of("S1", "S2", "S5", "S6", "S7", "S10", "S11", "S12"), 200);
  }

  @Test
  void writesHarmlessOnesAloneForWork() {
    List<Labelled> texts = Requests.of(Requests.WORK_SET).write(4_000, 1);
    assertThat(Requests.of(Requests.WORK_SET).write(4_000, 1)).isEqualTo(texts);
    assertThat(texts).hasSize(4_000);
    assertThat(texts).noneMatch(Labelled::harmful);
    assertThat(texts).extracting(Labelled::text).doesNotHaveDuplicates();
    for (Labelled one : texts) {
      assertThat(one.set()).isEqualTo(Requests.WORK_SET);
      assertThat(one.hazards().values()).containsOnly(0.0);
      assertThat(one.text()).doesNotContain("{", "}", "[", "]", "|", "  ");
    }
  }

  /** And no phrase with long lists drowns the others. */
  private static void assertSound(
      List<Labelled> texts, String set, List<String> hazards, long mostOfOnePhrase) {
    assertThat(texts).hasSize(8_000);
    for (boolean harmful : List.of(true, false)) {
      assertThat(
              texts.stream()
                  .filter(one -> one.harmful() == harmful)
                  .map(one -> one.category().substring(0, one.category().indexOf('/'))))
          .containsOnly(hazards.toArray(String[]::new));
    }
    Set<String> seen = new HashSet<>();
    for (Labelled one : texts) {
      assertThat(one.set()).isEqualTo(set);
      assertThat(one.text()).doesNotContain("{", "}", "[", "]", "|", "  ");
      assertThat(seen.add(one.text())).as(one.text()).isTrue();
    }
    texts.stream()
        .collect(Collectors.groupingBy(Labelled::group, Collectors.counting()))
        .forEach((phrase, count) -> assertThat(count).as(phrase).isLessThan(mostOfOnePhrase));
  }

  @Test
  void turnsActsIntoDoings() {
    assertThat(Phrases.doing("steal a car")).isEqualTo("stealing a car");
    assertThat(Phrases.doing("make money")).isEqualTo("making money");
    assertThat(Phrases.doing("rob a bank")).isEqualTo("robbing a bank");
    assertThat(Phrases.doing("lie to people")).isEqualTo("lying to people");
    assertThat(Phrases.doing("cook")).isEqualTo("cooking");
  }
}
