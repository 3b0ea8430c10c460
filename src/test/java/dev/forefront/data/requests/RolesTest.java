package dev.forefront.data.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.sets.Labelled;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RolesTest {

  @Test
  void writesTheSameTextsForTheSameSeedAndOthersForAnother() {
    List<Labelled> texts = Roles.builtIn().write(200, 1);
    assertThat(Roles.builtIn().write(200, 1)).isEqualTo(texts);
    assertThat(Roles.builtIn().write(200, 2)).isNotEqualTo(texts);
  }

  @Test
  void writesAFifthAsManyHarmfulTextsAndNoneTwice() {
    List<Labelled> texts = Roles.builtIn().write(3_000, 1);
    assertThat(texts.stream().filter(one -> !one.harmful())).hasSize(3_000);
    assertThat(texts.stream().filter(Labelled::harmful)).hasSize(600);
    Set<String> seen = new HashSet<>();
    texts.forEach(one -> assertThat(seen.add(one.text())).as(one.text()).isTrue());
    assertThat(texts).extracting(Labelled::set).containsOnly("roles-by-rule");
  }

  @Test
  void asksSixInTenOfARoleAndThreeInTenAboutWhatIsBad() {
    List<Labelled> texts = Roles.builtIn().write(1_000, 4);
    assertThat(texts.stream().filter(one -> one.category().equals("protecting"))).hasSize(300);
    assertThat(texts.stream().filter(one -> one.category().equals("short"))).hasSize(100);
    assertThat(texts.stream().filter(one -> one.category().startsWith("role/"))).hasSize(525);
  }

  @Test
  void leavesNoPhraseUnfilledAndNoSpaceBeforeAStop() {
    for (Labelled one : Roles.builtIn().write(5_000, 3)) {
      assertThat(one.text()).doesNotContain("{", "}", "[", "]", "|", "@", "  ", " ,", " .", " ?");
    }
  }

  @Test
  void namesOneHazardOfAHarmfulTextAndNoneOfAHarmlessOne() {
    for (Labelled one : Roles.builtIn().write(500, 5)) {
      double sum = one.hazards().values().stream().mapToDouble(Double::doubleValue).sum();
      assertThat(sum).isEqualTo(one.harmful() ? 1 : 0);
      assertThat(one.hazards()).hasSize(14);
    }
  }

  @Test
  void beginsAndEndsHarmlessTextsInManyWays() {
    List<List<String>> texts =
        Roles.builtIn().write(4_000, 1).stream()
            .filter(one -> !one.harmful())
            .map(one -> Arrays.asList(one.text().split(" ")))
            .toList();
    assertThat(distinct(texts, words -> words.subList(0, Math.min(8, words.size()))))
        .isGreaterThan(3_700);
    assertThat(distinct(texts, words -> words.subList(Math.max(0, words.size() - 6), words.size())))
        .isGreaterThan(3_100);
  }

  private static long distinct(List<List<String>> texts, UnaryOperator<List<String>> part) {
    return texts.stream().map(part).distinct().count();
  }
}
