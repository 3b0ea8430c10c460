package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackingTest {

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
  void everySequenceIsSeenOnceInAnEpoch() {
    List<Sequence> sequences = randomSequences(200);
    Packer packer = new Packer(sequences, 1, 64, 3);
    Map<Integer, Integer> seen = new HashMap<>();
    for (int step = 0; step < rowsOfFirstEpoch(sequences); step++) {
      for (int label : packer.batch(step).labels()[0]) {
        seen.merge(label, 1, Integer::sum);
      }
    }
    Map<Integer, Integer> expected = new HashMap<>();
    for (Sequence sequence : sequences) {
      for (int place = 0; place < sequence.places(); place++) {
        expected.merge(sequence.label(place), 1, Integer::sum);
      }
    }
    seen.remove(TokenBatch.IGNORED);
    expected.remove(TokenBatch.IGNORED);
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void aBatchDependsOnItsStepAloneSoThatARunMayResumeAnywhere() {
    List<Sequence> sequences = randomSequences(50);
    Packer straight = new Packer(sequences, 4, 64, 9);
    List<TokenBatch> inOrder = new ArrayList<>();
    for (int step = 0; step < 30; step++) {
      inOrder.add(straight.batch(step));
    }
    for (int step : new int[] {29, 3, 17, 0, 28}) {
      TokenBatch again = new Packer(sequences, 4, 64, 9).batch(step);
      assertThat(again.ids()).isDeepEqualTo(inOrder.get(step).ids());
      assertThat(straight.batch(step).labels()).isDeepEqualTo(inOrder.get(step).labels());
    }
  }

  @Test
  void anotherEpochHasAnotherOrder() {
    List<Sequence> sequences = randomSequences(200);
    Packer packer = new Packer(sequences, 1, 64, 3);
    assertThat(packer.batch(0).ids()[0])
        .isNotEqualTo(packer.batch(rowsOfFirstEpoch(sequences)).ids()[0]);
  }

  @Test
  void rowsAreWellFilled() {
    Packer packer = new Packer(randomSequences(500), 8, 64, 1);
    long filled = 0;
    for (int step = 0; step < 10; step++) {
      for (int[] row : packer.batch(step).documents()) {
        filled += Arrays.stream(row).filter(document -> document >= 0).count();
      }
    }
    assertThat(filled / (10.0 * 8 * 64)).isGreaterThan(0.9);
  }

  @Test
  void pairsKnowWhereTheirRepliesStand() {
    Sequence chosen = sequence(new int[] {1, 2, 30, 31}, 2, 3);
    Sequence rejected = sequence(new int[] {1, 2, 40}, 2);
    Sequence longer = sequence(new int[] {1, 2, 3, 4, 5, 50, 51}, 5, 6);
    PairBatch batch =
        PairBatch.of(
            List.of(new Pairs.Pair("a", chosen, rejected), new Pairs.Pair("b", longer, rejected)),
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
    assertThat(labels)
        .isEqualTo(Map.of(0, List.of(30, 31), 1, List.of(50, 51), 2, List.of(40), 3, List.of(40)));
  }

  @Test
  void onlyTheLastRunOfCountedTokensIsAReply() {
    Sequence sequence = sequence(new int[] {1, 2, 3, 4, 5, 6}, 1, 3, 4);
    assertThat(sequence.lastRunOnly().counted())
        .containsExactly(false, false, false, true, true, false);
  }

  private static int rowsOfFirstEpoch(List<Sequence> sequences) {
    long labels = sequences.stream().mapToInt(Sequence::labels).sum();
    Packer packer = new Packer(sequences, 1, 64, 3);
    int rows = 0;
    for (long seen = 0; seen < labels; rows++) {
      seen += packer.batch(rows).valid();
    }
    return rows;
  }

  private static List<Sequence> randomSequences(int count) {
    Random random = new Random(7);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = 5 + random.nextInt(40);
      int[] ids = new int[length];
      Arrays.setAll(ids, place -> 1 + random.nextInt(1000));
      sequences.add(sequence(ids, length - 3, length - 2, length - 1));
    }
    return sequences;
  }

  private static Sequence sequence(int[] ids, int... counted) {
    boolean[] mask = new boolean[ids.length];
    for (int place : counted) {
      mask[place] = true;
    }
    return new Sequence(ids, mask);
  }
}
