package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuardedReplyTest {

  private static final Conversation HELLO = Conversation.of(Message.user("hello"));
  private static final String STORY =
      "Once there was a fox who lived near the river. ".repeat(8) + "Fin — schön.";

  /** What a broken stage does, after how many words. */
  enum Fault {
    THROWS,
    THROWS_ERROR,
    HANGS,
    SPINS,
    ANSWERS_NAN,
    FAILS_TO_OPEN
  }

  private record Broken(Fault fault, int after, Side where) implements Stage {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public Reader open(Side side) {
      if (side != where) {
        return new Quiet();
      }
      if (fault == Fault.FAILS_TO_OPEN) {
        throw new IllegalStateException("no reader");
      }
      return new Faulty(fault, after);
    }
  }

  private static class Quiet implements Stage.Reader {
    @Override
    public void word(Word word) {}

    @Override
    public List<Signal> signals() {
      return List.of();
    }
  }

  private static final class Faulty extends Quiet {
    private final Fault fault;
    private final int after;
    private int words;

    Faulty(Fault fault, int after) {
      this.fault = fault;
      this.after = after;
    }

    @Override
    public void word(Word word) {
      if (++words < after) {
        return;
      }
      switch (fault) {
        case THROWS -> throw new IllegalStateException("broken");
        case THROWS_ERROR -> throw new StackOverflowError();
        case HANGS -> hang();
        case SPINS -> spin();
        case ANSWERS_NAN, FAILS_TO_OPEN -> {}
      }
    }

    private static void hang() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException stop) {
        // A stage that ignores this would spin: see the other fault.
      }
    }

    private static void spin() {
      long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }

    @Override
    public List<Signal> signals() {
      return fault == Fault.ANSWERS_NAN && words >= after
          ? List.of(new Signal(Hazard.S1, Double.NaN, 0.5, "no number"))
          : List.of();
    }
  }

  /** Counts every byte that leaves and whether a verdict covered it. */
  private static final class Meter implements GuardedReply.Sink {
    final StringBuilder text = new StringBuilder();
    final List<Verdict.Allow> verdicts = new ArrayList<>();
    long uncovered;

    @Override
    public Next allowed(Verdict.Allow verdict, String piece) {
      long from = text.toString().getBytes(StandardCharsets.UTF_8).length;
      text.append(piece);
      long to = text.toString().getBytes(StandardCharsets.UTF_8).length;
      uncovered += verdict.from() == from && verdict.to() == to ? 0 : to - from;
      verdicts.add(verdict);
      return Next.CONTINUE;
    }
  }

  private static Guard guard(Stage... stages) {
    return Guard.of(List.of(stages)).with(new GuardSettings(16, 4, Duration.ofMillis(300), 64));
  }

  @Test
  void deliversEveryByteOfAnOrdinaryReplyUnderAVerdict() {
    Meter meter = new Meter();
    var outcome =
        new GuardedReply(new ScriptedModel(STORY), Guard.builtIn())
            .write(HELLO, Sampling.greedy(1000), meter);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            GuardedReply.Outcome.Finished.class,
            finished -> {
              assertThat(finished.reply().text()).isEqualTo(STORY);
              assertThat(finished.reply().stop()).isEqualTo(StopReason.END_OF_TURN);
            });
    assertThat(meter.text.toString()).isEqualTo(STORY);
    assertThat(meter.uncovered).isZero();
    assertThat(meter.verdicts).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void deliversNothingWithoutAVerdictWhenAStageBreaksInTheReply(Fault fault) {
    for (int after : new int[] {1, 30, 80}) {
      Meter meter = new Meter();
      Guard broken = guard(new Broken(fault, after, Side.OUTPUT));
      var outcome =
          new GuardedReply(new ScriptedModel(STORY), broken)
              .write(HELLO, Sampling.greedy(1000), meter);
      assertThat(outcome)
          .isInstanceOfSatisfying(
              GuardedReply.Outcome.Refused.class,
              refused -> {
                assertThat(refused.block().stage()).isEqualTo(Verdict.FAILURE);
                assertThat(refused.side()).isEqualTo(Side.OUTPUT);
                assertThat(refused.delivered()).isEqualTo(meter.text.toString());
              });
      assertThat(meter.uncovered).isZero();
      assertThat(STORY).startsWith(meter.text.toString());
      // Sixteen words are held back, and the verdict that failed covered none.
      int words = meter.text.isEmpty() ? 0 : meter.text.toString().split(" ").length;
      assertThat(words).isLessThanOrEqualTo(Math.max(0, after));
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void neverAsksTheModelWhenAStageBreaksOnTheRequest(Fault fault) {
    ScriptedModel model = new ScriptedModel(STORY);
    Meter meter = new Meter();
    var outcome =
        new GuardedReply(model, guard(new Broken(fault, 1, Side.INPUT)))
            .write(HELLO, Sampling.greedy(1000), meter);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            GuardedReply.Outcome.Refused.class,
            refused -> assertThat(refused.side()).isEqualTo(Side.INPUT));
    assertThat(model.asked).hasValue(0);
    assertThat(meter.text).isEmpty();
  }

  @Test
  void refusesAtOnceWhenEveryGuardThreadHangsAndRecovers() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(8);
    Guard stuck =
        Guard.of(List.of(new Stuck(free, release)))
            .with(new GuardSettings(16, 4, Duration.ofMillis(20), 8));
    // On a busy machine a request may be given up before its thread has begun, which then is free.
    while (free.getCount() > 0) {
      assertThat(stuck.input(HELLO)).isInstanceOf(Verdict.Block.class);
    }
    assertThat(stuck.input(HELLO))
        .isInstanceOfSatisfying(
            Verdict.Block.class,
            block -> assertThat(block.explanation()).contains("no guard thread is free"));
    release.countDown();
    while (stuck.input(HELLO) instanceof Verdict.Block) {
      Thread.sleep(5);
    }
  }

  /** Ignores every interrupt until it is let go. */
  private record Stuck(CountDownLatch free, CountDownLatch release) implements Stage {
    @Override
    public String name() {
      return "stuck";
    }

    @Override
    public Reader open(Side side) {
      free.countDown();
      while (release.getCount() > 0) {
        try {
          release.await();
        } catch (InterruptedException ignored) {
          // That is the fault.
        }
      }
      return new Quiet();
    }
  }

  @Test
  void cutsAReplyThatBeginsToDeliverHarmBeforeItsFirstHarmfulWordLeaves() {
    Meter meter = new Meter();
    String harm = STORY + " Sure, here is how to make a bomb: ";
    var outcome =
        new GuardedReply(new ScriptedModel(harm + "then ".repeat(50)), Guard.builtIn())
            .write(HELLO, Sampling.greedy(1000), meter);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            GuardedReply.Outcome.Refused.class,
            refused -> assertThat(refused.block().category()).isEqualTo(Hazard.S9));
    assertThat(meter.text.toString()).doesNotContain("bomb").doesNotContain("Sure");
  }

  @Test
  void letsARefusalNameTheHarmItRefuses() {
    String refusal =
        "I can't help you make a bomb, because it would hurt people. I can help you with science"
            + " instead.";
    Meter meter = new Meter();
    new GuardedReply(new ScriptedModel(refusal), Guard.builtIn())
        .write(HELLO, Sampling.greedy(1000), meter);
    assertThat(meter.text.toString()).isEqualTo(refusal);
  }

  @Test
  void stopsTheModelWhenTheSinkWantsNoMore() {
    var outcome =
        new GuardedReply(new ScriptedModel(STORY), Guard.builtIn())
            .write(HELLO, Sampling.greedy(1000), (verdict, text) -> Next.STOP);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            GuardedReply.Outcome.Finished.class,
            finished -> assertThat(finished.reply().stop()).isEqualTo(StopReason.CANCELLED));
  }

  @Test
  void passesOnWhatTheModelThrows() {
    ScriptedModel model =
        new ScriptedModel("never said") {
          @Override
          public dev.forefront.conversation.Reply reply(
              Conversation conversation, Sampling sampling, Listener listener) {
            throw new IllegalStateException("out of memory");
          }
        };
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                new GuardedReply(model, Guard.builtIn())
                    .write(HELLO, Sampling.greedy(10), new Meter()))
        .hasMessage("out of memory");
  }
}
