package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class TeamTest {

  @Test
  void runsEachPartOnceHoweverManyThreadsThereAre() {
    for (int size : new int[] {1, 2, 5}) {
      try (Team team = new Team("test-team", size)) {
        for (int parts : new int[] {0, 1, 2, 3, 100}) {
          AtomicIntegerArray runs = new AtomicIntegerArray(parts);
          team.run(parts, Long.MAX_VALUE, (part, member) -> runs.incrementAndGet(part));
          for (int part = 0; part < parts; part++) {
            assertThat(runs.get(part)).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void givesEachThreadANumberOfItsOwn() {
    try (Team team = new Team("test-team", 3)) {
      AtomicIntegerArray inside = new AtomicIntegerArray(3);
      AtomicInteger shared = new AtomicInteger();
      team.run(
          1_000,
          Long.MAX_VALUE,
          (part, member) -> {
            if (inside.incrementAndGet(member) > 1) {
              shared.incrementAndGet();
            }
            Thread.onSpinWait();
            inside.decrementAndGet(member);
          });
      assertThat(shared).hasValue(0);
    }
  }

  @Test
  void tellsTheCallerWhatFailedAndGoesOn() {
    try (Team team = new Team("test-team", 2)) {
      AtomicInteger others = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  team.run(
                      50,
                      Long.MAX_VALUE,
                      (part, member) -> {
                        if (part == 20) {
                          throw new IllegalStateException("part 20");
                        }
                        others.incrementAndGet();
                      }))
          .hasMessage("part 20");
      assertThat(others).hasValue(49);
      team.run(10, Long.MAX_VALUE, (part, member) -> others.incrementAndGet());
      assertThat(others).hasValue(59);
    }
  }

  @Test
  void wakesThreadsThatHaveGoneToSleep() throws InterruptedException {
    try (Team team = new Team("test-team", 2)) {
      for (int round = 0; round < 5; round++) {
        Thread.sleep(20);
        AtomicInteger helped = new AtomicInteger();
        while (helped.get() == 0) {
          team.run(
              4,
              Long.MAX_VALUE,
              (part, member) -> {
                if (member == 1) {
                  helped.incrementAndGet();
                }
              });
        }
      }
    }
  }
}
