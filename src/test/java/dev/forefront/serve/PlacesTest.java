package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  /** Waits for a place on a thread of its own; returns once it waits. */
  private Thread waiting(Places places, Tenant tenant) {
    Thread thread =
        Thread.ofPlatform()
            .name("test-" + tenant.id())
            .start(
                () -> {
                  try {
                    if (places.take(tenant, LONG)) {
                      order.add(tenant.id());
                      places.leave();
                    }
                  } catch (InterruptedException e) {
                    order.add("interrupted");
                  }
                });
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  @Test
  void whoeverComesLaterDoesNotWaitForAllOfAnother() throws InterruptedException {
    Places places = new Places(1);
    assertThat(places.take(ANN, LONG)).isTrue();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      threads.add(waiting(places, ANN));
    }
    threads.add(waiting(places, BOB));
    places.leave();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order.subList(0, 2)).containsExactly("ann", "bob");
    assertThat(order).hasSize(11);
    assertThat(places.areLeft(Duration.ZERO)).isTrue();
  }

  @Test
  void aPlaceThatNobodyWaitsForIsNotLost() throws InterruptedException {
    Places places = new Places(2);
    assertThat(places.take(ANN, LONG)).isTrue();
    assertThat(places.take(ANN, LONG)).isTrue();
    assertThat(places.take(BOB, Duration.ofMillis(1))).isFalse();
    Thread late = waiting(places, BOB);
    late.interrupt();
    late.join();
    assertThat(order).containsExactly("interrupted");
    assertThat(places.areLeft(Duration.ofMillis(1))).isFalse();
    places.leave();
    places.leave();
    assertThat(places.areLeft(Duration.ZERO)).isTrue();
    assertThat(places.take(BOB, Duration.ZERO)).isTrue();
  }
}
