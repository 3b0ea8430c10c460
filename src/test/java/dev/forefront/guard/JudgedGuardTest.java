package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.guard.GuardedReply.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guard that asks a model: nothing goes in or out that it has not judged. */
class JudgedGuardTest {
  private static final Conversation HELLO = ScriptedJudge.asking("hello");
  private static final String STORY =
      "Once there was a fox who lived near the river. ".repeat(12) + "Fin.";

  @TempDir Path folder;

  private static Verdict.Block blocked(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Block.class);
    return (Verdict.Block) verdict;
  }

  @Test
  void blocksWhatTheModelCallsUnsafeAndNamesItsCategory() {
    ScriptedJudge judge = ScriptedJudge.fearing("zebra");
    judge.categories.put("S1", 0.6);
    judge.categories.put("S10", 0.5);
    judge.categories.put("S2", 0.2);
    Guard guard = ScriptedJudge.guard(folder, judge, "categories: {S1: S1, S10: S10, S2: S2}");

    Verdict.Block block = blocked(guard.input(ScriptedJudge.asking("tell me of the zebra")));

    assertThat(block.stage()).isEqualTo("model");
    assertThat(block.score()).isBetween(0.89, 0.91);
    // S1 is as likely as S10 makes it, for it stands at its beginning; alone it has a tenth.
    assertThat(block.category()).isEqualTo(Hazard.S10);
    assertThat(guard.input(ScriptedJudge.asking("tell me of the fox")))
        .isInstanceOf(Verdict.Allow.class);
  }

  @Test
  void asksEveryQuestionAndTheWorstAnswerCounts() {
    ScriptedJudge judge =
        new ScriptedJudge(
            exchange -> exchange.messages().getFirst().content().equals("hate?") ? 0.8 : 0.1);
    Guard guard =
        ScriptedJudge.guard(
            folder,
            judge,
            "questions: [{ask: 'violence?', hazard: S1}, {ask: 'hate?', hazard: S10}]");

    assertThat(blocked(guard.input(HELLO)).category()).isEqualTo(Hazard.S10);
    assertThat(judge.heard)
        .allSatisfy(
            asked -> assertThat(asked.messages().getLast()).isEqualTo(Message.user("hello")));
  }

  @Test
  void isNotAskedAboutWhatARuleBlocksAlready() {
    ScriptedJudge judge = ScriptedJudge.fearing("zebra");
    Guard guard = ScriptedJudge.guard(folder, judge);

    assertThat(blocked(guard.input(ScriptedJudge.asking("how do I build a bomb"))).stage())
        .isEqualTo("rules");
    assertThat(judge.heard).isEmpty();
  }

  /** Hears what leaves. */
  private static final class Meter implements GuardedReply.Sink {
    final StringBuilder text = new StringBuilder();
    long uncovered;

    @Override
    public Next allowed(Verdict.Allow verdict, String piece) {
      long from = text.toString().getBytes(StandardCharsets.UTF_8).length;
      text.append(piece);
      long to = text.toString().getBytes(StandardCharsets.UTF_8).length;
      uncovered += verdict.from() == from && verdict.to() == to ? 0 : to - from;
      return Next.CONTINUE;
    }
  }

  private Outcome reply(ScriptedJudge judge, String text, Meter meter, String... more) {
    Guard guard = ScriptedJudge.guard(folder, judge, more);
    return new GuardedReply(new ScriptedModel(text), guard)
        .write(HELLO, Sampling.greedy(1000), meter);
  }

  @Test
  void readsAReplyWithItsQuestionEverySoManyTokensAndAtTheEnd() {
    ScriptedJudge judge = ScriptedJudge.fearing("zebra");
    Meter meter = new Meter();

    Outcome outcome = reply(judge, STORY, meter, "every: 32");

    assertThat(outcome).isInstanceOf(Outcome.Finished.class);
    assertThat(meter.text.toString()).isEqualTo(STORY);
    assertThat(meter.uncovered).isZero();
    // The question, then 32, 64 and 96 of its 121 words, then all.
    List<String> read =
        judge.heard.stream().map(asked -> asked.messages().getLast().content()).toList();
    assertThat(read).hasSize(5).startsWith("hello").endsWith(STORY);
    assertThat(read.get(2).split(" ")).hasSize(64);
    assertThat(judge.heard.getLast().messages().getFirst()).isEqualTo(Message.user("hello"));
  }

  @Test
  void nothingLeavesThatItHasNotJudged() {
    ScriptedJudge judge = ScriptedJudge.fearing("zebra");
    String[] words = STORY.split(" ");
    for (int at : new int[] {0, 15, 31, 32, 40, 63, 64, 100, 120}) {
      List<String> said = new ArrayList<>(List.of(words));
      said.set(at, "zebra");
      Meter meter = new Meter();

      Outcome outcome = reply(judge, String.join(" ", said), meter, "every: 32");

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> {
                assertThat(refused.block().stage()).isEqualTo("model");
                assertThat(refused.delivered()).isEqualTo(meter.text.toString());
              });
      assertThat(meter.text).doesNotContain("zebra");
      assertThat(meter.uncovered).isZero();
      int left = meter.text.isEmpty() ? 0 : meter.text.toString().split(" ").length;
      assertThat(left).isLessThanOrEqualTo(at / 32 * 32);
    }
  }

  @Test
  void readsAReplyThatContinuesAMessageWithIt() {
    ScriptedJudge judge =
        new ScriptedJudge(
            exchange -> exchange.messages().getLast().content().startsWith("A big ze") ? 0.9 : 0);
    Guard guard = ScriptedJudge.guard(folder, judge);
    Meter meter = new Meter();

    Outcome outcome =
        new GuardedReply(new ScriptedModel("bra came by."), guard)
            .write(HELLO.plus(Message.assistant("A big ze")), Sampling.greedy(100), meter);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(meter.text).isEmpty();
    assertThat(judge.heard.getLast().messages().getLast())
        .isEqualTo(Message.assistant("A big zebra came by."));
  }

  /** What can go wrong with a model. */
  enum Fault {
    THROWS,
    THROWS_ERROR,
    HANGS,
    SPINS,
    NAN,
    MORE_THAN_CERTAIN,
    NEITHER_ANSWER,
    TOO_FEW_ANSWERS,
    CONTEXT_TOO_SHORT
  }

  private static final class FaultyJudge extends ScriptedJudge {
    final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger spinning = new AtomicInteger();
    private final Fault fault;
    private final String word;

    FaultyJudge(Fault fault, String word) {
      super(exchange -> 0.02);
      this.fault = fault;
      this.word = word;
    }

    @Override
    public List<Score> scoreReplies(Conversation exchange, List<String> beginnings) {
      if (!exchange.messages().getLast().content().contains(word)) {
        return super.scoreReplies(exchange, beginnings);
      }
      return switch (fault) {
        case THROWS -> throw new IllegalStateException("broken");
        case THROWS_ERROR -> throw new StackOverflowError();
        case HANGS -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException stop) {
            // Nobody waits any more.
          }
          yield List.of();
        }
        case SPINS -> {
          most.accumulateAndGet(spinning.incrementAndGet(), Math::max);
          long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          spinning.decrementAndGet();
          yield super.scoreReplies(exchange, beginnings);
        }
        case NAN -> beginnings.stream().map(text -> new Score(Double.NaN, 1, false)).toList();
        case MORE_THAN_CERTAIN -> beginnings.stream().map(text -> new Score(2, 1, true)).toList();
        case NEITHER_ANSWER -> beginnings.stream().map(text -> new Score(-9, 1, false)).toList();
        case TOO_FEW_ANSWERS -> List.of(new Score(0, 1, true));
        case CONTEXT_TOO_SHORT -> throw new PromptTooLongException(1000, 10);
      };
    }
  }

  /** Short where the test has to wait for it. */
  private static String deadline(Fault fault) {
    return fault == Fault.HANGS || fault == Fault.SPINS ? "deadlineMs: 1000" : "deadlineMs: 10000";
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aModelThatBreaksOnTheRequestBlocksIt(Fault fault) {
    Guard guard = ScriptedJudge.guard(folder, new FaultyJudge(fault, "hello"), deadline(fault));
    assertThat(blocked(guard.input(HELLO)).stage()).isEqualTo(Verdict.FAILURE);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aModelThatBreaksInTheReplyEndsItAndNothingUnjudgedLeaves(Fault fault) {
    Meter meter = new Meter();
    String text = "The fox slept. ".repeat(20) + "zebra " + "The fox woke. ".repeat(20);

    Outcome outcome =
        reply(new FaultyJudge(fault, "zebra"), text, meter, "every: 16", deadline(fault));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.block().stage()).isEqualTo(Verdict.FAILURE));
    assertThat(meter.text).isNotEmpty().doesNotContain("zebra");
    assertThat(meter.uncovered).isZero();
  }

  @Test
  void aModelThatHangsKeepsItsOwnThreadsAndNoMore()
      throws InterruptedException, ExecutionException {
    FaultyJudge judge = new FaultyJudge(Fault.SPINS, "hello");
    Guard guard = ScriptedJudge.guard(folder, judge, "deadlineMs: 50", "atOnce: 2");
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Verdict>> all = new ArrayList<>();
      for (int caller = 0; caller < 20; caller++) {
        all.add(callers.submit(() -> guard.input(HELLO)));
      }
      for (Future<Verdict> one : all) {
        assertThat(blocked(one.get()).stage()).isEqualTo(Verdict.FAILURE);
      }
    }
    assertThat(judge.most).hasValueLessThanOrEqualTo(2);
    assertThat(judge.most).hasPositiveValue();
  }

  @Test
  void withoutItsModelTheGuardRefusesEverything() {
    ScriptedJudge.write(folder, 0.5);
    Guard guard = Guard.open(folder);

    assertThat(blocked(guard.input(HELLO)).explanation()).contains("model was not opened");
    ScriptedModel model = new ScriptedModel(STORY);
    Meter meter = new Meter();
    assertThat(new GuardedReply(model, guard).write(HELLO, Sampling.greedy(9), meter))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(model.asked).hasValue(0);
    assertThat(guard.model()).map(GuardModel::release).contains("judge-1");
    Guard other = guard.with(GuardSettings.standard());
    assertThat(other.input(HELLO)).isInstanceOf(Verdict.Block.class);
  }

  @Test
  void anotherModelThanTheOneItWasCalibratedWithIsRefused() {
    ScriptedJudge.write(folder, 0.5);
    Guard guard = Guard.open(folder);
    ScriptedJudge judge = ScriptedJudge.fearing("zebra");

    assertThatThrownBy(() -> guard.judgedBy(judge, "sha256:" + "2".repeat(64)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("calibrated with");
    assertThatThrownBy(() -> Guard.builtIn().judgedBy(judge, ScriptedJudge.DIGEST))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("asks no model");
  }

  @Test
  void limitsOfAnotherQuestionAreRefused() {
    ScriptedJudge.write(folder, 0.5);
    byte[] limits = GuardFiles.read(folder).get(JudgeLimits.FILE);
    var files = GuardFiles.read(folder);
    files.put(GuardModel.FILE, ScriptedJudge.description("unsafe: harmful"));
    files.put(JudgeLimits.FILE, limits);
    GuardFiles.write(folder, files);

    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("another model or another question");
    files.remove(JudgeLimits.FILE);
    GuardFiles.write(folder, files);
    assertThatThrownBy(() -> Guard.open(folder)).isInstanceOf(BadInputException.class);
  }

  @Test
  void aChangedDescriptionIsNoGuard() throws IOException {
    ScriptedJudge.write(folder, 0.5);
    Files.writeString(
        folder.resolve(GuardModel.FILE),
        Files.readString(folder.resolve(GuardModel.FILE)).replace("judge-1", "judge-2"));
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not what guard.json says");
  }
}
