package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Tenant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");
  private static final Tenant EVE = new Tenant("eve");

  private static Sequence of(Tenant tenant) {
    return Sequence.reading(new int[1]).askedBy(tenant);
  }

  private static List<Sequence> all(Waiting waiting) {
    List<Sequence> order = new ArrayList<>();
    for (Sequence next = waiting.poll(who -> true);
        next != null;
        next = waiting.poll(who -> true)) {
      order.add(next);
    }
    return order;
  }

  @Test
  void tenantsTakeTurnsAndEachOnesComeInOrder() throws InterruptedException {
    Waiting waiting = new Waiting(100);
    List<Sequence> anns = List.of(of(ANN), of(ANN), of(ANN), of(ANN));
    List<Sequence> bobs = List.of(of(BOB), of(BOB));
    Sequence eves = of(EVE);
    for (Sequence one : anns) {
      waiting.put(one);
    }
    for (Sequence one : bobs) {
      waiting.put(one);
    }
    assertThat(waiting.take()).isSameAs(anns.get(0));
    waiting.put(eves);
    assertThat(all(waiting))
        .containsExactly(bobs.get(0), anns.get(1), eves, bobs.get(1), anns.get(2), anns.get(3));
  }

  @Test
  void whoMayNotGoKeepsTheTurn() throws InterruptedException {
    Waiting waiting = new Waiting(100);
    Sequence ann = of(ANN);
    Sequence bob = of(BOB);
    Sequence bobsSecond = of(BOB);
    waiting.put(ann);
    waiting.put(bob);
    waiting.put(bobsSecond);
    assertThat(waiting.poll(who -> !who.equals(ANN))).isSameAs(bob);
    assertThat(waiting.poll(who -> who.equals(EVE))).isNull();
    assertThat(all(waiting)).containsExactly(ann, bobsSecond);
  }

  @Test
  void oneTenantLeavesPlacesForOthersAndWaitsForItsOwn() throws InterruptedException {
    Waiting waiting = new Waiting(8);
    for (int i = 0; i < 4; i++) {
      waiting.put(of(ANN));
    }
    Sequence fifth = of(ANN);
    Thread late =
        Thread.ofPlatform()
            .name("test-late")
            .start(
                () -> {
                  try {
                    waiting.put(fifth);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    while (late.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Sequence bob = of(BOB);
    waiting.put(bob);
    waiting.put(of(EVE));
    List<Sequence> gone = new ArrayList<>(List.of(waiting.take(), waiting.take()));
    late.join();
    gone.addAll(all(waiting));
    assertThat(gone).hasSize(7).contains(bob).endsWith(fifth);
  }

  @Test
  void sharesGoToThoseWhoNeedThem() {
    assertThat(Shares.of(12, new int[] {100, 100, 100})).containsExactly(4, 4, 4);
    assertThat(Shares.of(12, new int[] {100, 1, 3})).containsExactly(8, 1, 3);
    assertThat(Shares.of(2, new int[] {5, 5, 5})).containsExactly(0, 1, 1);
    assertThat(Shares.of(50, new int[] {0, 5, 7})).containsExactly(0, 5, 7);
    assertThat(Shares.of(5, new int[0])).isEmpty();
  }
}
