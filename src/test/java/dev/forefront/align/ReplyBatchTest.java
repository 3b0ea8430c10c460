package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyBatchTest {

  @Test
  void aRowHoldsWholeSequencesWhosePositionsRestart() {
    Row row = new Row(8);
    row.add(sequence(new int[] {1, 2, 3, 4}, 2, 3));
    row.add(sequence(new int[] {5, 6, 7}, 2));
    TokenBatch batch = Row.batch(List.of(row), 8);
    assertThat(batch.ids()[0]).containsExactly(1, 2, 3, 5, 6, 0, 0, 0);
    assertThat(batch.positions()[0]).containsExactly(0, 1, 2, 0, 1, 0, 0, 0);
    assertThat(batch.documents()[0]).containsExactly(0, 0, 0, 1, 1, -1, -1, -1);
    assertThat(batch.labels()[0]).containsExactly(-100, 3, 4, -100, 7, -100, -100, -100);
  }

  @Test
  void nothingAfterTheLastCountedTokenTakesRoom() {
    assertThat(sequence(new int[] {1, 2, 3, 4, 5}, 2).places()).isEqualTo(2);
    assertThat(sequence(new int[] {1, 2}).places()).isZero();
  }

  @Test
  void pairsKnowWhereTheirRepliesStand() {
    Sequence chosen = sequence(new int[] {1, 2, 30, 31}, 2, 3);
    Sequence rejected = sequence(new int[] {1, 2, 40}, 2);
    Sequence longer = sequence(new int[] {1, 2, 3, 4, 5, 50, 51}, 5, 6);
    ReplyBatch batch =
        ReplyBatch.of(
            List.of(
                new Pairs.Pair("a", chosen, rejected, 0), new Pairs.Pair("b", longer, rejected, 0)),
            32);
    assertThat(batch.tokens().length()).isEqualTo(16);
    Map<Integer, List<Integer>> labels = new HashMap<>();
    for (int i = 0; i < batch.places().length; i++) {
      int row = (int) (batch.places()[i] / batch.tokens().length());
      int column = (int) (batch.places()[i] % batch.tokens().length());
      labels
          .computeIfAbsent(batch.owners()[i], owner -> new ArrayList<>())
          .add(batch.tokens().labels()[row][column]);
    }
    assertThat(batch.counted()).containsExactly(2, 2, 1, 1);
    assertThat(batch.prompts()).hasSize(1 + 4);
    assertThat(labels)
        .isEqualTo(Map.of(0, List.of(30, 31), 1, List.of(50, 51), 2, List.of(40), 3, List.of(40)));
  }

  @Test
  void onlyTheLastRunOfCountedTokensIsAReply() {
    Sequence sequence = sequence(new int[] {1, 2, 3, 4, 5, 6}, 1, 3, 4);
    assertThat(sequence.lastRunOnly().counted())
        .containsExactly(false, false, false, true, true, false);
  }

  private static Sequence sequence(int[] ids, int... counted) {
    boolean[] mask = new boolean[ids.length];
    for (int place : counted) {
      mask[place] = true;
    }
    return new Sequence(ids, mask);
  }
}
