package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.release.Standing;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may wake the thread that writes a reply, and when. */
class PresenceTest {
  private static final Standing.Stopped ORDER = new Standing.Stopped("a test", "ann");

  private final AtomicBoolean connected = new AtomicBoolean(true);
  private final Presence presence = Presence.watch(connected::get, () -> {});

  @AfterEach
  void close() {
    presence.close();
    Thread.interrupted();
  }

  @Test
  void anOrderWakesWhoWaits() {
    presence.stop(ORDER);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(presence.stopped()).contains(ORDER);
    assertThat(presence.isEnding()).isTrue();
    assertThat(presence.isGone()).isFalse();
  }

  @Test
  void anOrderWaitsForWhatIsBeingTold() {
    presence.tell(
        () -> {
          presence.stop(ORDER);
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          assertThat(presence.isEnding()).isTrue();
        });
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatIsToldAfterAnOrderIsNotTornAndStillWoken() {
    presence.stop(ORDER);
    presence.tell(() -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aWakingByAnyoneElseIsKeptForAfterwards() {
    Thread.currentThread().interrupt();
    presence.tell(() -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
    assertThat(Thread.interrupted()).isTrue();
    presence.tell(() -> {});
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whoTakesNothingAfterAnOrderIsCutOff() {
    CountDownLatch never = new CountDownLatch(1);
    presence.tell(
        () -> {
          presence.stop(ORDER);
          assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class);
        });
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  @Timeout(30)
  void whoTakesNothingForLongIsCutOff() {
    CountDownLatch never = new CountDownLatch(1);
    try (Presence hurried = Presence.watch(connected::get, () -> {}, Duration.ofMillis(50))) {
      hurried.tell(() -> assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class));
      assertThat(hurried.isGone()).isTrue();
    }
  }

  @Test
  @Timeout(30)
  void anOrderComesThroughWhileThePulseWaitsForACaller() {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch beats = new CountDownLatch(1);
    Runnable stuck =
        () -> {
          beats.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (Presence watched = Presence.watch(connected::get, stuck)) {
      watched.tell(
          () -> {
            assertThatCode(beats::await).doesNotThrowAnyException();
            watched.stop(ORDER);
            assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class);
          });
    }
    never.countDown();
    Thread.interrupted();
  }

  /** What keeps a caller awake must not hang on one that takes nothing. */
  @Test
  @Timeout(30)
  void aPulseDoesNotWaitForWhoTakesNothing() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    EventStream stream =
        new EventStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                begun.countDown();
                try {
                  never.await();
                } catch (InterruptedException cut) {
                  throw new IOException(cut);
                }
              }
            });
    Thread writer =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> stream.send("word"))
                        .isInstanceOf(UncheckedIOException.class));
    begun.await();
    stream.keepAlive(": still here\n\n");
    writer.interrupt();
    writer.join();
  }

  @Test
  void aCallerThatLeavesWakesAlsoWhoTells() {
    CountDownLatch never = new CountDownLatch(1);
    presence.tell(
        () -> {
          connected.set(false);
          assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class);
        });
    assertThat(presence.isGone()).isTrue();
    assertThat(presence.stopped()).isEmpty();
  }

  @Test
  void whatBreaksWhileItIsToldIsHeardOfAndEndsTheTelling() {
    assertThatThrownBy(
            () ->
                presence.tell(
                    () -> {
                      throw new UncheckedIOException(new IOException("gone"));
                    }))
        .isInstanceOf(UncheckedIOException.class);
    presence.stop(ORDER);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void afterTheReplyNobodyWakesTheThread() {
    presence.close();
    presence.stop(ORDER);
    presence.leave();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void whatWasMeantForTheReplyIsOverWithIt() {
    presence.stop(ORDER);
    presence.close();
    assertThat(Thread.interrupted()).isFalse();
  }
}
