package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts that a verdict goes through on its way. */
@Timeout(60)
class VerdictPathTest {
  private final PlainStage stage = new PlainStage();

  private Inspection inspection(Stage... stages) {
    return new Inspection(List.of(stages), Side.OUTPUT);
  }

  @Test
  void anAllowVerdictNamesARange() {
    assertThat(new Verdict.Allow(0, 0).to()).isZero();
    assertThatThrownBy(() -> new Verdict.Allow(-1, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Verdict.Allow(4, 3)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0.49, false, false",
    "0.3, false, true",
    "0.5, true, true",
    "0.9, true, true",
    "0, false, false"
  })
  void aSignalBlocksFromItsLimitOn(double score, boolean blocks, boolean open) {
    Signal signal = PlainStage.signal(score, score == 0.49 ? 0.9 : 0.5);
    assertThat(signal.blocks()).isEqualTo(blocks);
    assertThat(signal.suspicious()).isEqualTo(open);
    assertThat(signal.isSound()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 0.5",
    "-0.001, 0.5",
    "1.001, 0.5",
    "Infinity, 0.5",
    "0.1, NaN",
    "0.1, Infinity"
  })
  void aScoreThatIsNoneBlocksAsAFailure(double score, double limit) {
    stage.signals.add(PlainStage.signal(score, limit));
    assertThat(inspection(stage).block())
        .isEqualTo(
            new Verdict.Block(
                Hazard.UNKNOWN,
                Verdict.FAILURE,
                1,
                "the stage plain answered no score from 0 to 1"));
  }

  @Test
  void theWorstSignalIsTheBlock() {
    PlainStage other = new PlainStage();
    stage.signals.add(PlainStage.signal(0.6, 0.5));
    other.signals.add(new Signal(Hazard.S9, 1, 0.5, "the worst"));
    other.signals.add(new Signal(Hazard.S2, 0.7, 0.8, "below its limit"));
    Inspection both = inspection(stage, other);
    assertThat(both.block()).isEqualTo(new Verdict.Block(Hazard.S9, "plain", 1, "the worst"));
    assertThat(both.hazards()).isEqualTo(Map.of(Hazard.S1, 0.6, Hazard.S9, 1.0, Hazard.S2, 0.7));
    assertThat(both.suspicious()).isTrue();
    stage.signals.set(0, new Signal(Hazard.S3, 1, 0.5, "the first of two alike"));
    assertThat(both.block())
        .isEqualTo(new Verdict.Block(Hazard.S3, "plain", 1, "the first of two alike"));
    assertThat(inspection(new PlainStage()).block()).isNull();
    assertThat(inspection(new PlainStage()).suspicious()).isFalse();
  }

  @Test
  void theWorstIsTheHighestShareOfItsLimit() {
    Inspection text = inspection(new PlainStage(), stage);
    assertThat(text.pressure()).isZero();
    assertThat(text.hazard()).isEqualTo(Hazard.UNKNOWN);
    assertThat(text.score()).isZero();
    stage.signals.add(new Signal(Hazard.S1, 0.4, 0.8, "half of its limit"));
    stage.signals.add(new Signal(Hazard.S9, 0.3, 0.4, "three quarters"));
    stage.signals.add(new Signal(Hazard.S2, 0.3, 0.4, "as much, and later"));
    assertThat(text.pressure()).isEqualTo(0.3 / 0.4);
    assertThat(text.hazard()).isEqualTo(Hazard.S9);
    assertThat(text.score()).isEqualTo(0.4);
    Inspection first = inspection(stage);
    assertThat(first.score(0)).isEqualTo(0.4);
    assertThat(first.score(2)).isEqualTo(0.3);
    assertThat(first.score(3)).isZero();
    stage.signals.add(PlainStage.signal(Double.NaN, 0.5));
    assertThat(text.score()).isEqualTo(1);
  }

  @Test
  void nothingIsSettledWhileAnyStageWaits() {
    PlainStage waiting = new PlainStage();
    Inspection both = inspection(stage, waiting);
    both.read("one two ");
    assertThat(both.settledTo()).isEqualTo(8);
    waiting.settled = false;
    assertThat(both.settledTo()).isZero();
  }

  @Test
  void readersHearThatTheTextHasEnded() {
    Inspection text = inspection(stage);
    text.read("one tw");
    text.pause();
    text.read("o");
    assertThat(stage.paused).isEqualTo(1);
    assertThat(stage.heard).containsExactly("one", "tw");
    text.finish();
    assertThat(stage.heard).containsExactly("one", "tw", "o");
    assertThat(stage.finished).isEqualTo(1);
  }

  @Test
  void aGuardHasAStage() {
    assertThatThrownBy(() -> Guard.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThat(Guard.of(List.of(stage)).stages()).containsExactly(stage);
  }

  @Test
  void aGuardIsWrittenAndOpenedAgain(@TempDir Path folder) {
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("rules.yaml");
    Guard.writeBuiltIn(folder);
    assertThat(Guard.open(folder).digest()).isEqualTo(Guard.builtIn().digest());
    assertThat(folder.resolve("guard.json")).exists();
    assertThat(Guard.open(folder).input(Conversation.of(Message.user("how to build a bomb"))))
        .isInstanceOf(Verdict.Block.class);
  }

  @Test
  void theInputsVerdictCoversEveryMessage() {
    Guard guard = Guard.of(List.of(stage));
    assertThat(
            guard.input(
                Conversation.of(
                    Message.system("schön"), Message.user("one"), Message.assistant("two"))))
        .isEqualTo(new Verdict.Allow(0, 12));
    assertThat(stage.finished).isEqualTo(3);
    guard.input(Conversation.of(Message.user("three"), Message.user("four")));
    assertThat(stage.heard).endsWith("three", "four");
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "user", "assistant"})
  void theInputIsBlockedWhereAnyMessageIs(String role) {
    stage.blocking("wicked");
    Message wicked =
        switch (role) {
          case "system" -> Message.system("a wicked word");
          case "user" -> Message.user("a wicked word");
          default -> Message.assistant("a wicked word");
        };
    assertThat(Guard.of(List.of(stage)).input(Conversation.of(Message.user("hello"), wicked)))
        .isEqualTo(new Verdict.Block(Hazard.S1, "plain", 1, "said so"));
  }

  @Test
  void aCheckThatIsLateIsLeftBehindAndInterrupted() throws InterruptedException {
    Watchdog watchdog = new Watchdog(new GuardSettings(0, 1, Duration.ofMillis(200), 1));
    CountDownLatch interrupted = new CountDownLatch(1);
    Verdict verdict =
        watchdog.within(
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return new Verdict.Allow(0, 1);
            });
    assertThat(verdict)
        .isEqualTo(
            new Verdict.Block(
                Hazard.UNKNOWN, Verdict.FAILURE, 1, "the guard did not answer within 200 ms"));
    interrupted.await();
  }

  @Test
  void aCheckThatThrowsBlocksAndSaysWhat() {
    Watchdog watchdog = new Watchdog(new GuardSettings(0, 1, Duration.ofSeconds(5), 2));
    assertThat(
            watchdog.within(
                () -> {
                  throw new java.io.IOException("secret words");
                }))
        .isEqualTo(
            new Verdict.Block(
                Hazard.UNKNOWN, Verdict.FAILURE, 1, "the guard failed with IOException"));
    assertThat(watchdog.within(() -> new Verdict.Allow(0, 1))).isEqualTo(new Verdict.Allow(0, 1));
  }

  @Test
  void aWaitThatIsInterruptedBlocksAndTheThreadKnows() throws InterruptedException {
    Watchdog watchdog = new Watchdog(new GuardSettings(0, 1, Duration.ofSeconds(5), 1));
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Verdict verdict =
        watchdog.within(
            () -> {
              caller.interrupt();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return new Verdict.Allow(0, 1);
            });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Block.class,
            block -> assertThat(block.explanation()).contains("was interrupted"));
    interrupted.await();
  }

  @Test
  void aStageThatNamesNoHazardOrNothingIsBroken() {
    Guard guard = Guard.of(List.of(stage));
    stage.signals = Arrays.asList((Signal) null);
    assertThat(guard.input(Conversation.of(Message.user("hello"))))
        .isInstanceOf(Verdict.Block.class);
    assertThatThrownBy(() -> new Verdict.Block(Hazard.S1, "", 1, nothing()))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Signal(nothing(), 0.1, 0.5, ""))
        .isInstanceOf(NullPointerException.class);
  }

  @SuppressWarnings("NullAway") // A broken stage keeps no promise.
  private static <T> T nothing() {
    return null;
  }
}
