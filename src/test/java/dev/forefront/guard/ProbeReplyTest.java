package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.guard.WatchedModel.Telling;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reply of a model whose inside is read, with readings that the test makes up. */
class ProbeReplyTest {
  private static final Conversation HELLO =
      Conversation.of(Message.user("tell me of the fox and the river please"));
  private static final String STORY = "the fox went along the river ".repeat(10) + "home";

  private static final Stage NOTHING =
      new Stage() {
        @Override
        public String name() {
          return "nothing";
        }

        @Override
        public Reader open(Side side) {
          return new Reader() {
            @Override
            public void word(Word word) {}

            @Override
            public List<Signal> signals() {
              return List.of();
            }
          };
        }
      };

  private static Guard guard(int holdBack, Probes probes) {
    return Guard.of(List.of(NOTHING))
        .with(new GuardSettings(holdBack, 1, Duration.ofSeconds(2), 64, Personal.KEEP))
        .with(probes);
  }

  private static Outcome write(Guard guard, WatchedModel model, Conversation conversation) {
    return new GuardedReply(model, guard)
        .write(conversation, Sampling.greedy(1000), (verdict, text) -> Next.CONTINUE);
  }

  @Test
  void deliversAllOfAReplyThatTheProbeFindsHarmless() {
    for (int holdBack : new int[] {0, 16}) {
      assertThat(write(guard(holdBack, WatchedModel.probes()), WatchedModel.saying(STORY), HELLO))
          .isInstanceOfSatisfying(
              Outcome.Finished.class,
              finished -> assertThat(finished.reply().text()).isEqualTo(STORY));
    }
  }

  @Test
  void blocksInTheMiddleBeforeTheWordLeaves() {
    String text = STORY + " " + WatchedModel.BAD.repeat(3) + STORY;
    for (int holdBack : new int[] {0, 16}) {
      assertThat(write(guard(holdBack, WatchedModel.probes()), WatchedModel.saying(text), HELLO))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> {
                assertThat(refused.side()).isEqualTo(Side.OUTPUT);
                assertThat(refused.block().stage()).isEqualTo("probe");
                assertThat(refused.block().category()).isEqualTo(Hazard.S9);
                assertThat(refused.block().score()).isBetween(0.9, 1.0);
                assertThat(text).startsWith(refused.delivered());
                // One bad word does not reach the limit, the second does; without hold-back the
                // first has left by then, and with it none.
                String before = holdBack == 0 ? STORY + " " + WatchedModel.BAD : STORY;
                assertThat(refused.delivered().length()).isLessThanOrEqualTo(before.length());
              });
    }
  }

  @Test
  void letsNoWordLeaveThatWasNotReadEvenWithoutHoldBack() {
    // At its limit with the first bad word: not even that one leaves.
    String text = STORY + " " + WatchedModel.BAD + STORY;
    assertThat(write(guard(0, WatchedModel.probes(0)), WatchedModel.saying(text), HELLO))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.delivered()).doesNotContain("zorble"));
  }

  @Test
  void theFirstWordOfAReplyIsTheRepliesAndNotTheRequests() {
    assertThat(
            write(
                guard(0, WatchedModel.probes(0)),
                WatchedModel.saying(WatchedModel.BAD + STORY),
                HELLO))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.side()).isEqualTo(Side.OUTPUT);
              assertThat(refused.delivered()).isEmpty();
            });
  }

  @Test
  void readsTheVeryLastWordToo() {
    assertThat(
            write(
                guard(0, WatchedModel.probes(0)),
                WatchedModel.saying(STORY + " " + WatchedModel.BAD),
                HELLO))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.delivered()).doesNotContain("zorble"));
  }

  @Test
  void refusesARequestThatTheModelReadsAsHarmful() {
    Conversation bad = Conversation.of(Message.user("please " + WatchedModel.BAD.repeat(8)));
    WatchedModel model = WatchedModel.saying(STORY);
    assertThat(write(guard(0, WatchedModel.probes()), model, bad))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.side()).isEqualTo(Side.INPUT);
              assertThat(refused.block().category()).isEqualTo(Hazard.S1);
              assertThat(refused.delivered()).isEmpty();
              assertThat(refused.replyTokens()).isZero();
            });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AS_IT_SHOULD")
  void endsAReplyWhoseReadingsAreNotAsTheyShouldBe(Telling telling) {
    assertThat(write(guard(4, WatchedModel.probes()), new WatchedModel(STORY, telling), HELLO))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.block().stage()).isEqualTo(Verdict.FAILURE);
              assertThat(refused.block().category()).isEqualTo(Hazard.UNKNOWN);
              if (telling == Telling.NOT_AT_ALL || telling == Telling.NOT_THE_PROMPT) {
                assertThat(refused.delivered()).isEmpty();
              }
              assertThat(refused.delivered()).isNotEqualTo(STORY);
            });
  }

  @Test
  void holdsMoreBackWhileItIsSuspicious() {
    String odd = WatchedModel.ODD.repeat(30);
    StringBuilder calm = new StringBuilder();
    StringBuilder wary = new StringBuilder();
    for (StringBuilder heard : List.of(calm, wary)) {
      String text = (heard == calm ? STORY : odd) + " " + WatchedModel.BAD.repeat(30);
      new GuardedReply(WatchedModel.saying(text), guard(10, WatchedModel.probes()))
          .write(
              HELLO,
              Sampling.greedy(1000),
              (verdict, piece) -> {
                heard.append(piece);
                return Next.CONTINUE;
              });
    }
    assertThat(calm.toString()).isNotEmpty();
    assertThat(wary.toString()).isEmpty();
  }

  @Test
  void keepsTheStateOfTwoRepliesApart() {
    GuardedReply guarded =
        new GuardedReply(
            WatchedModel.saying(STORY + " " + WatchedModel.BAD + STORY),
            guard(4, WatchedModel.probes(3)));
    // One bad word is below the limit: added up over replies it would not be.
    List<Outcome> outcomes =
        IntStream.range(0, 12)
            .parallel()
            .mapToObj(
                i -> guarded.write(HELLO, Sampling.greedy(1000), (verdict, piece) -> Next.CONTINUE))
            .toList();
    assertThat(outcomes).hasOnlyElementsOfType(Outcome.Finished.class);
  }

  @Test
  void endsWhereTheHearerHasHadEnough() {
    Outcome outcome =
        new GuardedReply(WatchedModel.saying(STORY), guard(0, WatchedModel.probes()))
            .write(HELLO, Sampling.greedy(1000), (verdict, piece) -> Next.STOP);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Finished.class,
            finished -> assertThat(finished.reply().stop()).isEqualTo(StopReason.CANCELLED));
  }

  @Test
  void refusesAModelThatShowsNothingOfItsInside() {
    Guard guard = guard(0, WatchedModel.probes());
    assertThatThrownBy(() -> new GuardedReply(new ScriptedModel(STORY), guard))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("shows nothing of its inside");
    // With other settings it is still the same guard.
    assertThatThrownBy(
            () -> new GuardedReply(new ScriptedModel(STORY), guard.with(GuardSettings.standard())))
        .isInstanceOf(BadInputException.class);
  }
}
