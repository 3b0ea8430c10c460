package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.Conversation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may leave of a reply, and when. */
class OutputGuardTest {
  private final PlainStage stage = new PlainStage();

  private OutputGuard guard(int holdBack, int stride) {
    return guard(holdBack, stride, "");
  }

  private OutputGuard guard(int holdBack, int stride, String before) {
    Guard guard =
        Guard.of(List.of(stage))
            .with(new GuardSettings(holdBack, stride, Duration.ofSeconds(2), 4));
    return new OutputGuard(guard, before);
  }

  private static Passage allowed(long from, long to, String text) {
    return new Passage(new Verdict.Allow(from, to), text);
  }

  @Test
  void holdsBackTheNewestPiecesAndLetsAllGoAtTheEnd() {
    OutputGuard output = guard(2, 1);
    assertThat(output.push("one ")).isEqualTo(allowed(0, 0, ""));
    assertThat(output.push("two ")).isEqualTo(allowed(0, 0, ""));
    assertThat(output.push("schön ")).isEqualTo(allowed(0, 4, "one "));
    assertThat(output.push("four ")).isEqualTo(allowed(4, 8, "two "));
    assertThat(output.finish()).isEqualTo(allowed(8, 20, "schön four "));
    assertThat(stage.finished).isEqualTo(1);
  }

  @Test
  void asksForAVerdictWhenAStrideOfPiecesWasHeard() {
    OutputGuard output = guard(0, 3);
    assertThat(output.push("one ")).isEqualTo(allowed(0, 0, ""));
    assertThat(output.push("")).isEqualTo(allowed(0, 0, ""));
    assertThat(output.push("two ")).isEqualTo(allowed(0, 0, ""));
    assertThat(stage.heard).isEmpty();
    assertThat(output.push("three ")).isEqualTo(allowed(0, 14, "one two three "));
    assertThat(stage.heard).containsExactly("one", "two", "three");
    assertThat(output.push("four ")).isEqualTo(allowed(14, 14, ""));
    assertThat(output.finish()).isEqualTo(allowed(14, 19, "four "));
    assertThat(stage.heard).containsExactly("one", "two", "three", "four");
  }

  @Test
  void judgesALongPieceAtOnce() {
    String most = "longer ".repeat(18) + " ";
    OutputGuard patient = guard(0, 2);
    assertThat(patient.push(most).text()).isEmpty();
    assertThat(stage.heard).isEmpty();
    OutputGuard output = guard(0, 2);
    String text = "x" + most;
    assertThat(text).hasSize(128);
    assertThat(output.push(text)).isEqualTo(allowed(0, 128, text));
  }

  @Test
  void holdsFourTimesAsMuchBackOnSuspicion() {
    OutputGuard output = guard(1, 1);
    stage.signals.add(PlainStage.signal(0.3, 0.5));
    for (int piece = 0; piece < 4; piece++) {
      assertThat(output.push("word ").text()).isEmpty();
    }
    assertThat(output.push("word ")).isEqualTo(allowed(0, 5, "word "));
    stage.signals.clear();
    stage.signals.add(PlainStage.signal(0.29, 0.5));
    assertThat(output.push("word ").text()).isEqualTo("word ".repeat(4));
  }

  @Test
  void withAProbeTheNewestPieceWaitsAndMoreOfThemOnSuspicion() {
    OutputGuard output = watched(0);
    assertThat(output.push("one ").text()).isEmpty();
    assertThat(output.push("two ")).isEqualTo(allowed(0, 4, "one "));

    output = watched(2);
    assertThat(output.push("one ").text()).isEmpty();
    assertThat(output.push("two ").text()).isEmpty();
    assertThat(output.push("three ").text()).isEqualTo("one ");
    stage.signals.add(PlainStage.signal(0.3, 0.5));
    for (int piece = 3; piece <= 8; piece++) {
      assertThat(output.push("word ").text()).isEmpty();
    }
    assertThat(output.push("word ").text()).isEqualTo("two ");
  }

  private OutputGuard watched(int holdBack) {
    Guard guard =
        Guard.of(List.of(stage))
            .with(new GuardSettings(holdBack, 1, Duration.ofSeconds(2), 4))
            .with(WatchedModel.probes());
    return new OutputGuard(guard, Conversation.of(), "", guard.probeReader());
  }

  @Test
  void theGuardModelsSuspicionHoldsMoreBackToo(@TempDir Path folder) {
    ScriptedJudge judge = new ScriptedJudge(exchange -> 0.4);
    Guard guard =
        ScriptedJudge.guard(folder, judge, "every: 1")
            .with(new GuardSettings(1, 1, Duration.ofSeconds(2), 4));
    OutputGuard output = new OutputGuard(guard, ScriptedJudge.asking("hello"), "", null);
    for (int piece = 1; piece <= 4; piece++) {
      assertThat(output.push("word ").text()).isEmpty();
    }
    assertThat(output.push("word ")).isEqualTo(allowed(0, 5, "word "));
  }

  @Test
  void holdsEverythingWhileAStageWaits() {
    OutputGuard output = guard(0, 1);
    stage.settled = false;
    assertThat(output.push("one ").text()).isEmpty();
    assertThat(output.push("two ").text()).isEmpty();
    assertThat(output.finish().text()).isEqualTo("one two ");
  }

  @Test
  void holdsAWordUntilItIsWhole() {
    OutputGuard output = guard(0, 1);
    assertThat(output.push("one ").text()).isEqualTo("one ");
    assertThat(output.push("be").text()).isEmpty();
    assertThat(output.push("gin ").text()).isEqualTo("begin ");
  }

  @Test
  void nothingLeavesAfterABlock() {
    stage.blocking("wicked");
    OutputGuard output = guard(0, 1);
    assertThat(output.push("one ").text()).isEqualTo("one ");
    Passage block = output.push("wicked ");
    assertThat(block.text()).isEmpty();
    assertThat(block.verdict()).isInstanceOf(Verdict.Block.class);
    // Also where a stage changes its mind.
    stage.signals.clear();
    assertThat(output.push("two ")).isEqualTo(block);
    assertThat(output.finish()).isEqualTo(block);
  }

  @Test
  void takesNothingAfterTheEnd() {
    OutputGuard output = guard(0, 1);
    output.finish();
    assertThatThrownBy(() -> output.push("more ")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readsAReplyTogetherWithWhatItContinues() {
    stage.blocking("forbidden");
    assertThat(guard(0, 1, "I say for").push("bidden ").verdict())
        .isInstanceOf(Verdict.Block.class);
    stage.signals.clear();
    OutputGuard output = guard(0, 1, "well ");
    assertThat(output.push("one ")).isEqualTo(allowed(0, 4, "one "));
    OutputGuard open = guard(0, 1, "begin");
    assertThat(open.push("ning").text()).isEmpty();
    assertThat(open.push(" two ")).isEqualTo(allowed(0, 9, "ning two "));
  }

  @Test
  void putsSplitCharactersTogetherAndReplacesHalves() {
    OutputGuard output = guard(0, 1);
    StringBuilder told = new StringBuilder();
    long next = 0;
    for (String piece :
        List.of("a\uD83E", "\uDD8A ", "\uDC00 ", "\uD83E\uD83E\uDD8A ", "end \uD83E")) {
      Passage passage = output.push(piece);
      next = covered(passage, next);
      told.append(passage.text());
    }
    Passage last = output.finish();
    covered(last, next);
    told.append(last.text());
    assertThat(told.toString()).isEqualTo("a🦊 \uFFFD \uFFFD🦊 end \uFFFD");
  }

  /** The verdict names the bytes of its text, and they follow on those before. */
  private static long covered(Passage passage, long next) {
    long to = next + passage.text().getBytes(StandardCharsets.UTF_8).length;
    assertThat(passage.verdict()).isEqualTo(new Verdict.Allow(next, to));
    return to;
  }
}
