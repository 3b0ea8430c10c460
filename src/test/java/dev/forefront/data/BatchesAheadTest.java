package dev.forefront.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesAheadTest {

  @Test
  void everyStepHasItsOwnBatchInWhateverOrderTheyAreAskedFor() {
    try (BatchesAhead ahead = new BatchesAhead(BatchesAheadTest::batch)) {
      for (int step : new int[] {0, 1, 2, 7, 8, 3, 3, 4}) {
        assertThat(ahead.batch(step).ids()[0][0]).isEqualTo(step);
      }
    }
  }

  @Test
  void theNextOneIsPreparedOnAThreadOfItsOwn() {
    List<String> threads = Collections.synchronizedList(new ArrayList<>());
    BatchSource source =
        step -> {
          threads.add(Thread.currentThread().getName());
          return batch(step);
        };
    try (BatchesAhead ahead = new BatchesAhead(source)) {
      ahead.batch(0);
      ahead.batch(1);
    }
    assertThat(List.copyOf(threads).subList(0, 2))
        .containsExactly(Thread.currentThread().getName(), "forefront-batches");
  }

  @Test
  void whatGoesWrongIsSaidToWhoAsks() {
    BatchSource source =
        step -> {
          if (step == 2) {
            throw new BadInputException("the rows are gone");
          }
          return batch(step);
        };
    try (BatchesAhead ahead = new BatchesAhead(source)) {
      ahead.batch(0);
      ahead.batch(1);
      assertThatThrownBy(() -> ahead.batch(2))
          .isInstanceOf(BadInputException.class)
          .hasMessage("the rows are gone");
    }
  }

  private static TokenBatch batch(int step) {
    int[][] one = {{step}};
    return new TokenBatch(one, new int[][] {{0}}, new int[][] {{0}}, one);
  }
}
