package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.guard.GuardedReply.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a guarded reply ends where model, guard, sink or thread do the unexpected. */
@Timeout(60)
class GuardedReplyEndsTest {
  private static final Conversation HELLO = Conversation.of(Message.user("hello my friend"));
  private static final Sampling SHORT = Sampling.greedy(10);

  private static final Redacted NONE = new Redacted(Map.of(), Map.of());

  private final PlainStage stage = new PlainStage();
  private final List<Verdict.Allow> verdicts = new ArrayList<>();
  private final StringBuilder told = new StringBuilder();

  private Guard guard(Duration deadline, int threads) {
    return Guard.of(List.of(stage)).with(new GuardSettings(0, 1, deadline, threads));
  }

  private Guard guard() {
    return guard(Duration.ofSeconds(5), 8);
  }

  private Next hear(Verdict.Allow verdict, String text) {
    verdicts.add(verdict);
    told.append(text);
    return Next.CONTINUE;
  }

  private Outcome write(Speech speech) {
    return write(speech, guard());
  }

  private Outcome write(Speech speech, Guard guard) {
    return new GuardedReply(new Speaking(speech), guard).write(HELLO, SHORT, this::hear);
  }

  /** What a model does. */
  @FunctionalInterface
  private interface Speech {
    Reply speak(Listener listener) throws Exception;
  }

  private static final class Speaking extends ScriptedModel {
    private final Speech speech;

    Speaking(Speech speech) {
      super("");
      this.speech = speech;
    }

    @Override
    public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
      try {
        return speech.speak(listener);
      } catch (Exception thrown) {
        throw any(thrown);
      }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> RuntimeException any(Throwable thrown) throws T {
      throw (T) thrown;
    }
  }

  private static Reply ended(int tokens) {
    return new Reply("not what was said", StopReason.STOP_TEXT, 7, tokens, "###");
  }

  @Test
  void tellsWhatWasJudgedAndNotWhatTheModelSaysThatItSaid() {
    Outcome outcome =
        write(
            listener -> {
              listener.piece("one ", 1);
              listener.piece("two", 2);
              return ended(2);
            });
    assertThat(outcome)
        .isEqualTo(
            new Outcome.Finished(new Reply("one two", StopReason.STOP_TEXT, 7, 2, "###"), NONE));
    assertThat(outcome.delivered()).isEqualTo("one two");
    assertThat(verdicts.getLast().to()).isEqualTo(7);
  }

  @Test
  void aBlockNamesSideTokensAndWhatHadLeft() {
    stage.blocking("wicked");
    AtomicReference<Next> after = new AtomicReference<>();
    Outcome outcome =
        write(
            listener -> {
              assertThat(listener.piece("one ", 1)).isEqualTo(Next.CONTINUE);
              assertThat(listener.piece("wicked ", 2)).isEqualTo(Next.STOP);
              after.set(listener.piece("two ", 3));
              return ended(3);
            });
    assertThat(outcome)
        .isEqualTo(
            new Outcome.Refused(
                new Verdict.Block(Hazard.S1, "plain", 1, "said so"),
                Side.OUTPUT,
                "one ",
                3,
                2,
                NONE));
    assertThat(told.toString()).isEqualTo("one ");
    assertThat(stage.heard).doesNotContain("two");
  }

  @Test
  void refusesWhereNoGuardThreadIsFree() {
    CountDownLatch end = new CountDownLatch(1);
    Guard busy = guard(Duration.ofSeconds(5), 1);
    GuardedReply other = new GuardedReply(new Speaking(listener -> ended(0)), busy);
    Outcome outcome =
        write(
            listener -> {
              listener.piece("one ", 1);
              AtomicReference<Outcome> refused = new AtomicReference<>();
              Thread caller =
                  Thread.ofPlatform()
                      .start(() -> refused.set(other.write(HELLO, SHORT, this::hear)));
              caller.join();
              assertThat(refused.get())
                  .isEqualTo(new Outcome.Refused(Watchdog.noThread(), Side.INPUT, "", 3, 0, NONE));
              end.countDown();
              return ended(1);
            },
            busy);
    assertThat(outcome).isInstanceOf(Outcome.Finished.class);
    assertThat(end.getCount()).isZero();
  }

  @Test
  void leavesAGuardBehindThatIsLateAndInterruptsIt() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    stage.reaction =
        word -> {
          if (word.equals("two")) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    Guard guard = guard(Duration.ofMillis(400), 8);
    Outcome outcome =
        write(
            listener -> {
              listener.piece("one ", 1);
              listener.piece("two ", 2);
              listener.piece("three ", 3);
              return ended(3);
            },
            guard);
    assertThat(outcome)
        .isEqualTo(new Outcome.Refused(guard.watchdog().late(), Side.OUTPUT, "one ", 3, 2, NONE));
    interrupted.await();
    assertThat(told.toString()).isEqualTo("one ");
  }

  @Test
  void anAnswerThatComesAfterTheDeadlineIsNone() {
    stage.reaction =
        word -> {
          long until = System.nanoTime() + Duration.ofMillis(150).toNanos();
          while (word.equals("hello") && System.nanoTime() < until) {
            Thread.onSpinWait();
          }
        };
    Guard guard = guard(Duration.ofMillis(100), 8);
    assertThat(write(listener -> ended(0), guard))
        .isEqualTo(new Outcome.Refused(guard.watchdog().late(), Side.INPUT, "", 3, 0, NONE));
  }

  @Test
  void aModelMayPauseForLongerThanTheGuardsDeadline() {
    Outcome outcome =
        write(
            listener -> {
              Thread.sleep(400);
              listener.piece("one ", 1);
              return ended(1);
            },
            guard(Duration.ofMillis(250), 8));
    assertThat(outcome.delivered()).isEqualTo("one ");
  }

  @Test
  void waitsForAGuardThatTakesItsTime() {
    stage.reaction =
        word -> {
          try {
            Thread.sleep(60);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Outcome outcome =
        write(
            listener -> {
              listener.piece("one ", 1);
              return ended(1);
            });
    assertThat(outcome.delivered()).isEqualTo("one ");
  }

  @Test
  void cutsAModelOffThatWritesMorePiecesThanItMay() throws InterruptedException {
    int most = 10 + 8;
    Outcome outcome =
        write(
            listener -> {
              for (int piece = 1; piece <= most; piece++) {
                assertThat(listener.piece("x", piece)).isEqualTo(Next.CONTINUE);
              }
              return ended(most);
            });
    assertThat(outcome.delivered()).hasSize(most);
    AtomicReference<Next> last = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                write(
                    listener -> {
                      for (int piece = 1; piece <= most + 1; piece++) {
                        last.set(listener.piece("", piece));
                      }
                      return ended(most);
                    }))
        .hasMessage("the model wrote too much");
    // The caller hears of it first; the model's thread is told as it comes back.
    for (int tries = 0; last.get() != Next.STOP && tries < 500; tries++) {
      Thread.sleep(10);
    }
    assertThat(last).hasValue(Next.STOP);
  }

  @Test
  void passesOnWhatTheModelThrowsWhateverItIs() {
    assertThatThrownBy(
            () ->
                write(
                    listener -> {
                      throw new IOException("no disk");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("no disk");
    assertThatThrownBy(
            () ->
                write(
                    listener -> {
                      throw new AssertionError("an error");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("an error");
    assertThatThrownBy(() -> write(listener -> nothing())).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> write(listener -> new Reply("", nothing(), 1, 1, "")))
        .hasMessage("a reply says why it ended");
  }

  @SuppressWarnings("NullAway") // A broken model keeps no promise.
  private static <T> T nothing() {
    return null;
  }

  @Test
  void aSinkThatWantsNoMoreStopsTheModelAndWakesIt() throws InterruptedException {
    CountDownLatch woken = new CountDownLatch(1);
    Outcome outcome =
        new GuardedReply(
                new Speaking(
                    listener -> {
                      listener.piece("one ", 1);
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        woken.countDown();
                      }
                      assertThat(listener.piece("two ", 2)).isEqualTo(Next.STOP);
                      return ended(2);
                    }),
                guard())
            .write(HELLO, SHORT, (verdict, text) -> Next.STOP);
    assertThat(outcome)
        .isEqualTo(new Outcome.Finished(new Reply("one ", StopReason.CANCELLED, 3, 1, ""), NONE));
    woken.await();
  }

  @Test
  void aCallerThatIsInterruptedHearsWhatHadLeftAndStaysInterrupted() {
    Thread caller = Thread.currentThread();
    Outcome outcome =
        new GuardedReply(
                new Speaking(
                    listener -> {
                      listener.piece("one ", 1);
                      while (told.isEmpty()) {
                        Thread.sleep(1);
                      }
                      caller.interrupt();
                      new CountDownLatch(1).await();
                      return ended(1);
                    }),
                guard())
            .write(
                HELLO,
                SHORT,
                (verdict, text) -> {
                  told.append(text);
                  return Next.CONTINUE;
                });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome)
        .isEqualTo(new Outcome.Finished(new Reply("one ", StopReason.CANCELLED, 3, 1, ""), NONE));
  }

  @Test
  void whatASlowSinkHasNotHeardYetComesUnderOneVerdict() {
    CountDownLatch said = new CountDownLatch(1);
    Outcome outcome =
        new GuardedReply(
                new Speaking(
                    listener -> {
                      for (int piece = 1; piece <= 5; piece++) {
                        listener.piece("word ", piece);
                      }
                      said.countDown();
                      return ended(5);
                    }),
                guard())
            .write(
                HELLO,
                SHORT,
                (verdict, text) -> {
                  await(said);
                  return hear(verdict, text);
                });
    assertThat(outcome.delivered()).isEqualTo("word ".repeat(5));
    assertThat(verdicts.size()).isBetween(1, 2);
    assertThat(verdicts.getLast().to()).isEqualTo(25);
    assertThat(verdicts.getFirst().from()).isZero();
  }

  @Test
  void aSinkThatHearsNothingForLongHoldsUpNoModelThatSaysAllItMay() {
    int most = 10 + 8;
    CountDownLatch said = new CountDownLatch(1);
    Outcome outcome =
        new GuardedReply(
                new Speaking(
                    listener -> {
                      for (int piece = 1; piece <= most; piece++) {
                        if (listener.piece("word ", piece) == Next.STOP) {
                          break;
                        }
                      }
                      said.countDown();
                      return ended(most);
                    }),
                guard())
            .write(
                HELLO,
                SHORT,
                (verdict, text) -> {
                  await(said);
                  return hear(verdict, text);
                });
    assertThat(outcome).isInstanceOf(Outcome.Finished.class);
    assertThat(outcome.delivered()).isEqualTo("word ".repeat(most));
  }

  @Test
  void whatTheModelCannotDoIsRefusedBeforeAnythingIsRead() {
    ScriptedModel model = new ScriptedModel("one two");
    assertThatThrownBy(
            () -> new GuardedReply(model, guard()).write(HELLO, SHORT.withLogprobs(2), this::hear))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tells no log-probabilities");
    assertThat(model.asked).hasValue(0);
    assertThat(stage.heard).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void aRequestThatIsBlockedIsARefusalOfTheInputAndAsksNoModel() {
    stage.blocking("friend");
    ScriptedModel model = new ScriptedModel("one two");
    assertThat(new GuardedReply(model, guard()).write(HELLO, SHORT, this::hear))
        .isEqualTo(
            new Outcome.Refused(
                new Verdict.Block(Hazard.S1, "plain", 1, "said so"), Side.INPUT, "", 3, 0, NONE));
    assertThat(model.asked).hasValue(0);
  }

  @Test
  void noMoreThanABoundedTextComesUnderOneVerdict() {
    String huge = "word ".repeat(10_000);
    CountDownLatch said = new CountDownLatch(1);
    List<Integer> lengths = new ArrayList<>();
    new GuardedReply(
            new Speaking(
                listener -> {
                  for (int piece = 1; piece <= 6; piece++) {
                    listener.piece(huge, piece);
                  }
                  said.countDown();
                  return ended(6);
                }),
            guard())
        .write(
            HELLO,
            SHORT,
            (verdict, text) -> {
              await(said);
              lengths.add(text.length());
              return hear(verdict, text);
            });
    assertThat(told.length()).isEqualTo(300_000);
    assertThat(lengths).allMatch(length -> length <= 100_000).contains(100_000);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void hearsNothingAfterTheEnd() throws InterruptedException {
    AtomicReference<Listener> kept = new AtomicReference<>();
    Outcome outcome =
        write(
            listener -> {
              kept.set(listener);
              listener.piece("one ", 1);
              return ended(1);
            });
    assertThat(Objects.requireNonNull(kept.get()).piece("afterwards ", 2)).isEqualTo(Next.STOP);
    assertThat(outcome.delivered()).isEqualTo("one ");
    assertThat(told.toString()).isEqualTo("one ");
    assertThat(stage.heard).doesNotContain("afterwards");
  }

  @Test
  void keepsRangesInOrderWhereAModelSpeaksOnTwoThreads() {
    AtomicInteger token = new AtomicInteger();
    Outcome outcome =
        write(
            listener -> {
              Runnable speak =
                  () -> {
                    for (int piece = 0; piece < 8; piece++) {
                      listener.piece("word ", token.incrementAndGet());
                    }
                  };
              Thread other = Thread.ofPlatform().start(speak);
              speak.run();
              other.join();
              return ended(16);
            });
    assertThat(outcome.delivered()).isEqualTo("word ".repeat(16));
    long next = 0;
    for (Verdict.Allow verdict : verdicts) {
      assertThat(verdict.from()).isEqualTo(next);
      next = verdict.to();
    }
    assertThat(next).isEqualTo(80);
  }

  @Test
  void readsAReplyTogetherWithTheMessageThatItContinues() {
    stage.blocking("forbidden");
    Conversation begun =
        Conversation.of(Message.user("hello"), Message.assistant("I tell you the for"));
    Outcome outcome =
        new GuardedReply(
                new Speaking(
                    listener -> {
                      listener.piece("bidden ", 1);
                      return ended(1);
                    }),
                guard())
            .write(begun, SHORT, this::hear);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(told).isEmpty();
    stage.signals.clear();
    assertThat(
            new GuardedReply(
                    new Speaking(
                        listener -> {
                          listener.piece("bidden ", 1);
                          return ended(1);
                        }),
                    guard())
                .write(Conversation.of(Message.user("you say for")), SHORT, this::hear))
        .isInstanceOf(Outcome.Finished.class);
  }
}
