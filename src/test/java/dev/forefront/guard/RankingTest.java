package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankingTest {

  @Test
  void isOneWhereEveryHarmfulTextStandsAbove() {
    Ranking ranking =
        Ranking.of(new double[] {0.9, 0.8, 0.3, 0.1}, new boolean[] {true, true, false, false});
    assertThat(ranking).isEqualTo(new Ranking(1, 1, 2, 2));
  }

  @Test
  void countsPairsAndPrecisionAsByHand() {
    // In order: harmful, harmless, harmful, harmless. Three of four pairs are right; precision is
    // 1/1 at the first harmful text and 2/3 at the second.
    Ranking ranking =
        Ranking.of(new double[] {0.1, 0.9, 0.5, 0.7}, new boolean[] {false, true, true, false});
    assertThat(ranking.auroc()).isEqualTo(0.75);
    assertThat(ranking.auprc()).isEqualTo((1 + 2 / 3.0) / 2, within(1e-12));
  }

  @Test
  void takesTiesForHalf() {
    Ranking ranking =
        Ranking.of(new double[] {0.5, 0.5, 0.5, 0.5}, new boolean[] {false, true, false, true});
    assertThat(ranking.auroc()).isEqualTo(0.5);
    assertThat(ranking.auprc()).isEqualTo(0.5);
  }

  @Test
  void saysNothingWhereOneKindIsMissing() {
    Ranking ranking = Ranking.of(new double[] {0.5, 0.6}, new boolean[] {false, false});
    assertThat(ranking.auroc()).isNaN();
    assertThat(ranking.auprc()).isNaN();
    assertThat(ranking.negatives()).isEqualTo(2);
  }
}
