package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guard says of a conversation in full, and what it says of itself. */
class AssessmentTest {
  private static final Conversation EXCHANGE =
      Conversation.of(Message.user("zebra"), Message.assistant("fox"));

  @TempDir Path folder;

  /** Sees what it is told to see in a word, on the side that it is told to look at. */
  private static final class WordStage implements Stage {
    private final Map<Side, Map<String, Signal>> known = new EnumMap<>(Side.class);

    WordStage seeing(Side side, String word, Hazard hazard, double score) {
      known
          .computeIfAbsent(side, _ -> new HashMap<>())
          .put(word, new Signal(hazard, score, 0.5, "saw it"));
      return this;
    }

    @Override
    public String name() {
      return "words";
    }

    @Override
    public Reader open(Side side) {
      List<Signal> seen = new ArrayList<>();
      return new Reader() {
        @Override
        public void word(Word word) {
          Signal signal = known.getOrDefault(side, Map.of()).get(word.text());
          if (signal != null) {
            seen.add(signal);
          }
        }

        @Override
        public List<Signal> signals() {
          return seen;
        }
      };
    }
  }

  private static Assessment assess(WordStage stage, Conversation conversation) {
    return Guard.of(List.of(stage)).assess(conversation);
  }

  @Test
  void whatMayPassIsRankedByTheWorstOfEitherSide() {
    WordStage stage =
        new WordStage()
            .seeing(Side.INPUT, "zebra", Hazard.S1, 0.2)
            .seeing(Side.OUTPUT, "fox", Hazard.S1, 0.4)
            .seeing(Side.OUTPUT, "zebra", Hazard.S2, 0.45)
            .seeing(Side.INPUT, "fox", Hazard.S3, 0.45);
    assertThat(assess(stage, EXCHANGE))
        .isEqualTo(new Assessment(new Verdict.Allow(0, 8), 0.4, Map.of(Hazard.S1, 0.4)));
    assertThat(assess(stage, Conversation.of(Message.user("zebra"))))
        .isEqualTo(new Assessment(new Verdict.Allow(0, 5), 0.2, Map.of(Hazard.S1, 0.2)));
    assertThat(assess(stage, Conversation.of(Message.user("hello"))))
        .isEqualTo(new Assessment(new Verdict.Allow(0, 5), 0, Map.of()));
  }

  @Test
  void messagesOfOneSideAreReadAsOneTextWithTheirEnds() {
    WordStage stage =
        new WordStage()
            .seeing(Side.INPUT, "zebra", Hazard.S1, 0.4)
            .seeing(Side.INPUT, "stripes", Hazard.S2, 0.3)
            .seeing(Side.INPUT, "zebrastripes", Hazard.S9, 0.45);
    assertThat(
            assess(stage, Conversation.of(Message.user("zebra"), Message.user("stripes")))
                .hazards())
        .isEqualTo(Map.of(Hazard.S1, 0.4, Hazard.S2, 0.3));
  }

  @Test
  void aBlockIsAssessedWithItsHazardAndAllOthers() {
    WordStage stage =
        new WordStage()
            .seeing(Side.INPUT, "zebra", Hazard.S9, 0.9)
            .seeing(Side.OUTPUT, "fox", Hazard.S2, 0.3);
    Assessment assessment = assess(stage, EXCHANGE);
    assertThat(assessment.verdict())
        .isEqualTo(new Verdict.Block(Hazard.S9, "words", 0.9, "saw it"));
    assertThat(assessment.score()).isEqualTo(0.9);
    assertThat(assessment.hazards()).isEqualTo(Map.of(Hazard.S9, 0.9, Hazard.S2, 0.3));
  }

  @Test
  void whatNoHazardIsKnownOfHasNoPlaceAmongThem() {
    WordStage stage = new WordStage().seeing(Side.INPUT, "zebra", Hazard.UNKNOWN, 0.3);
    assertThat(assess(stage, EXCHANGE))
        .isEqualTo(new Assessment(new Verdict.Allow(0, 8), 0.3, Map.of()));
  }

  @Test
  void aGuardThatFailsIsNotAskedAgain() {
    PlainStage broken = new PlainStage();
    broken.reaction =
        word -> {
          throw new IllegalStateException("broken");
        };
    Verdict.Block failure = Watchdog.threw(new IllegalStateException());
    assertThat(Guard.of(List.of(broken)).assess(EXCHANGE))
        .isEqualTo(new Assessment(failure, 1, Map.of(Hazard.UNKNOWN, 1.0)));
    assertThat(broken.heard).containsExactly("zebra");
  }

  @Test
  void theGuardModelsScoreCountsWhereNothingIsBlocked() {
    ScriptedJudge judge = new ScriptedJudge(exchange -> 0.3);
    Guard guard = ScriptedJudge.guard(folder, judge);
    Assessment assessment = guard.assess(ScriptedJudge.asking("hello"));
    assertThat(assessment.verdict()).isInstanceOf(Verdict.Allow.class);
    assertThat(assessment.score()).isBetween(0.29, 0.31);
    judge.heard.clear();
    assertThat(guard.assess(ScriptedJudge.asking("how to build a bomb")).score())
        .isGreaterThan(0.5);
    assertThat(judge.heard).isEmpty();
  }

  @Test
  void aGuardSaysWhatItIsAndTakes() {
    Guard plain = Guard.of(List.of(new PlainStage()));
    assertThat(plain.digest()).isEqualTo("none");
    assertThat(plain.model()).isEmpty();
    assertThat(plain.modelLimits()).isEmpty();
    assertThat(plain.deadline()).isEqualTo(GuardSettings.standard().deadline());
    assertThat(plain.watched(new ScriptedModel("hello"))).isEmpty();
    assertThat(plain.probeReader()).isNull();
    assertThatThrownBy(() -> plain.probing(new ScriptedModel("hello")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the guard has no probe");
    assertThat(Guard.builtIn().digest()).matches("sha256:[0-9a-f]{64}");

    GuardSettings patient = new GuardSettings(3, 2, Duration.ofSeconds(9), 4);
    Guard judged = ScriptedJudge.guard(folder, ScriptedJudge.fearing("zebra")).with(patient);
    assertThat(judged.settings()).isEqualTo(patient);
    assertThat(judged.deadline()).isEqualTo(Duration.ofSeconds(9 + 10));
    assertThat(judged.modelLimits()).isPresent();
    assertThat(judged.input(ScriptedJudge.asking("a zebra")))
        .isInstanceOfSatisfying(
            Verdict.Block.class, block -> assertThat(block.stage()).isEqualTo("model"));
    assertThat(ProbeFolder.watching(judged).hasProbe()).isTrue();
    assertThat(ProbeFolder.watching(judged).input(ScriptedJudge.asking("a zebra")))
        .isInstanceOf(Verdict.Block.class);
  }

  @Test
  void stagesHearThatEitherSideHasEnded() {
    PlainStage stage = new PlainStage();
    Guard guard = Guard.of(List.of(stage));
    guard.input(EXCHANGE);
    int once = stage.finished;
    guard.assess(EXCHANGE);
    assertThat(stage.finished).isEqualTo(2 * once + Side.values().length);
  }

  @Test
  void whatIsDecodedIsTold() {
    // At the very end of the text.
    assertThat(Guard.decodings("please read aGVsbG8gdG8gYWxsIG9mIHlvdQ=="))
        .extracting(Decoding::text)
        .containsExactly("please read  hello to all of you ");
    assertThat(Guard.decodings("nothing to read")).isEmpty();
  }

  @Test
  void aResourceThatIsMissingIsNamed() {
    assertThatThrownBy(() -> Guard.resource("nothing.yaml"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the resource nothing.yaml is missing from this build");
  }
}
