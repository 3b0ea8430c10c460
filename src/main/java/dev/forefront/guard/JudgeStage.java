package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The stage of the guard that asks a model. It reads whole exchanges and not words, is slower than
 * all others, and so comes last, with a deadline and threads of its own: a model that hangs keeps
 * at most those.
 */
final class JudgeStage {

  /** The name that verdicts carry. */
  static final String STAGE = "model";

  // Those that wait have a deadline: a longer line would only be refused later.
  private static final int MOST_WAITING = 256;

  private final Judge judge;
  private final JudgeLimits limits;
  private final Watchdog watchdog;

  JudgeStage(Judge judge, JudgeLimits limits) {
    this.judge = judge;
    this.limits = limits;
    GuardModel description = judge.description();
    watchdog =
        Watchdog.withLine(
            "the guard model", description.deadline(), description.atOnce(), MOST_WAITING);
  }

  Judge judge() {
    return judge;
  }

  GuardModel description() {
    return judge.description();
  }

  /** Judges what is asked; a beginning of the reply that is to be written is judged with that. */
  Verdict.@Nullable Block request(Conversation conversation) {
    return new Reading().judge(conversation.asked());
  }

  /** One exchange that grows. For one thread. */
  final class Reading {
    private final Windows windows = new Windows();
    private boolean suspicious;

    /** The block, or null where the exchange may go on. */
    Verdict.@Nullable Block judge(Conversation conversation) {
      // What the judging thread finds is read here only where it has answered in time.
      Signal[] found = new Signal[1];
      Callable<Verdict> judging =
          () -> {
            found[0] = look(conversation);
            return verdict(found[0]);
          };
      Verdict verdict = watchdog.within(judging);
      if (verdict instanceof Verdict.Block block) {
        return block;
      }
      suspicious = found[0] != null && found[0].suspicious();
      return null;
    }

    /** Whether the latest judgement was near a block. */
    boolean suspicious() {
      return suspicious;
    }

    private @Nullable Signal look(Conversation conversation) {
      List<Message> turns = judge.exchange().of(conversation);
      return turns.isEmpty()
          ? null
          : windows.judge(turns, window -> judge.look(window, limits.limit(side(window))));
    }
  }

  /** The last message is judged, and the ones before it say how to take it. */
  private static Side side(List<Message> window) {
    return window.getLast().role() == Role.ASSISTANT ? Side.OUTPUT : Side.INPUT;
  }

  private static Verdict verdict(@Nullable Signal signal) {
    if (signal == null) {
      return new Verdict.Allow(0, 0);
    }
    if (!signal.isSound()) {
      return Watchdog.failure("the guard model gave no judgement");
    }
    return signal.blocks()
        ? new Verdict.Block(signal.hazard(), STAGE, signal.score(), signal.explanation())
        : new Verdict.Allow(0, 0);
  }
}
