package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in when, beside what is kept. */
class LaneTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");
  private static final int PAGE = KeyValueCache.PAGE;

  @TempDir Path folder;

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 0, 100).toArray();
  }

  private static Sequence writing(int[] prompt, int most, Tenant tenant) {
    Sampler sampler = new Sampler(Sampling.greedy(most), prompt, id -> false, null);
    return Sequence.writing(prompt, most, sampler, id -> false).askedBy(tenant);
  }

  private static List<Integer> end(Sequence sequence) throws InterruptedException {
    List<Integer> ids = new ArrayList<>();
    while (true) {
      switch (sequence.events().take()) {
        case Sequence.Token token -> ids.add(token.id());
        case Sequence.Rows _ -> {}
        case Sequence.Done done -> {
          assertThat(done.reason()).isEqualTo(StopReason.MAX_TOKENS);
          return ids;
        }
        case Sequence.Failed failed -> throw new AssertionError(failed.cause());
      }
    }
  }

  @Test
  void whatIsKeptMakesRoomForWhoeverComes() throws InterruptedException {
    Weights weights = Passes.load(RandomModel.write(folder, 1_024));
    Waiting waiting = new Waiting(8);
    long four = KeyValueCache.bytes(weights.config(), 4 * PAGE) + 4L * PagePrefix.Tokens.BYTES;
    Lane lane = new Lane("test-lane", weights, new Team("test-team", 1), waiting, four);
    lane.start();
    try {
      int[] anns = prompt(PAGE + 3, 1);
      Sequence first = writing(anns, 5, ANN);
      waiting.put(first);
      List<Integer> written = end(first);
      Sequence again = writing(anns, 5, ANN);
      waiting.put(again);
      assertThat(end(again)).isEqualTo(written);
      assertThat(again.reused()).isEqualTo(PAGE);
      // As many positions as there is memory for, by whoever: none is left for what was kept.
      for (Tenant tenant : List.of(BOB, Tenant.NOBODY)) {
        Sequence large = writing(prompt(4 * PAGE - 10, 2), 10, tenant);
        waiting.put(large);
        assertThat(end(large)).hasSize(10);
      }
      Sequence last = writing(anns, 5, ANN);
      waiting.put(last);
      assertThat(end(last)).isEqualTo(written);
      assertThat(last.reused()).isZero();
    } finally {
      lane.close();
      lane.join();
    }
  }

  @Test
  void oneRequestDoesNotWaitForAllThatAnotherTenantSentBefore() throws InterruptedException {
    Weights weights = Passes.load(RandomModel.write(folder, 1_024));
    Waiting waiting = new Waiting(256);
    Lane lane =
        new Lane("test-lane", weights, new Team("test-team", 1), waiting, Long.MAX_VALUE / 2);
    List<String> begun = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch allAreThere = new CountDownLatch(1);
    lane.start();
    try {
      List<Sequence> all = new ArrayList<>();
      waiting.put(holding(allAreThere).askedBy(ANN));
      for (int i = 0; i < 100; i++) {
        all.add(telling("ann", ANN, begun));
      }
      all.add(telling("bob", BOB, begun));
      all.add(telling("bob", BOB, begun));
      for (Sequence one : all) {
        waiting.put(one);
      }
      allAreThere.countDown();
      for (Sequence one : all) {
        end(one);
      }
      assertThat(begun).hasSize(102);
      assertThat(begun.subList(0, Lane.SLOTS_OF_ONE + 2)).contains("bob", "bob");
      assertThat(begun.subList(Lane.SLOTS_OF_ONE + 2, 102)).containsOnly("ann");
    } finally {
      lane.close();
      lane.join();
    }
  }

  /** Keeps the lane busy until all that are to wait do so. */
  private static Sequence holding(CountDownLatch until) {
    return Sequence.reading(prompt(1, 0))
        .shownTo(
            new Shown(
                Set.of(0),
                (layer, place, residual) -> {
                  try {
                    until.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private static Sequence telling(String name, Tenant tenant, List<String> begun) {
    return writing(prompt(3, 1), 4, tenant)
        .shownTo(
            new Shown(
                Set.of(0),
                (layer, place, residual) -> {
                  if (place == 0) {
                    begun.add(name);
                  }
                }));
  }

  @Test
  void aLongPromptOfOneAndManyOfAnotherAreReadSideBySide() throws InterruptedException {
    Weights weights = Passes.load(RandomModel.write(folder, 1_024));
    Waiting waiting = new Waiting(256);
    Lane lane =
        new Lane("test-lane", weights, new Team("test-team", 1), waiting, Long.MAX_VALUE / 2);
    List<String> read = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch allAreThere = new CountDownLatch(1);
    lane.start();
    try {
      waiting.put(holding(allAreThere));
      List<Sequence> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(reading("ann", 900, ANN, read));
      }
      all.add(reading("bob", 500, BOB, read));
      for (Sequence one : all) {
        waiting.put(one);
      }
      allAreThere.countDown();
      for (Sequence one : all) {
        end(one);
      }
      // Half of each step is Bob's, rounded by the row that everyone has.
      int bobsLast = read.lastIndexOf("bob");
      long anns = read.subList(0, bobsLast).stream().filter("ann"::equals).count();
      assertThat(anns).isBetween(400L, 700L);
      assertThat(read).hasSize(10 * 900 + 500);
    } finally {
      lane.close();
      lane.join();
    }
  }

  private static Sequence reading(String name, int length, Tenant tenant, List<String> read) {
    return Sequence.reading(prompt(length, 1))
        .askedBy(tenant)
        .shownTo(new Shown(Set.of(0), (layer, place, residual) -> read.add(name)));
  }

  @Test
  void aTenantWhoseRepliesTakeLongLeavesPlacesForOthers() throws InterruptedException {
    Weights weights = Passes.load(RandomModel.write(folder, 4_096));
    Waiting waiting = new Waiting(256);
    Lane lane =
        new Lane("test-lane", weights, new Team("test-team", 1), waiting, Long.MAX_VALUE / 2);
    lane.start();
    List<Sequence> long_ = new ArrayList<>();
    try {
      for (int i = 0; i < Lane.SLOTS_OF_ONE + 10; i++) {
        Sequence one = writing(prompt(2, i), 4_000, ANN);
        long_.add(one);
        waiting.put(one);
      }
      // All places of this tenant are taken once its last one writes.
      long_.get(Lane.SLOTS_OF_ONE - 1).events().take();
      Sequence bobs = writing(prompt(2, 1), 3, BOB);
      waiting.put(bobs);
      assertThat(end(bobs)).hasSize(3);
      assertThat(long_.get(Lane.SLOTS_OF_ONE).events()).isEmpty();
    } finally {
      long_.forEach(Sequence::cancel);
      lane.close();
      lane.join();
    }
  }
}
