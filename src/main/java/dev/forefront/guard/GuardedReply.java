package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model behind its guard: the only way from a model to a person. The sink hears nothing that an
 * allow verdict does not cover, whatever the model or the guard does.
 *
 * <p>Two threads share a reply. A guard thread hears the model and judges what it hears, so that no
 * token is handed over just to be read. The caller's thread alone talks to the sink: it takes
 * judged text from a bounded queue and watches the clock. A guard thread that hangs in a verdict is
 * left behind, and what it says later is heard by nobody.
 */
public final class GuardedReply {

  private final LanguageModel model;
  private final Guard guard;

  public GuardedReply(LanguageModel model, Guard guard) {
    this.model = model;
    this.guard = guard;
  }

  /** Hears what may be shown, on the thread that called {@link GuardedReply#write}. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param verdict covers exactly the bytes of {@code text} within the reply
     * @param text never empty
     * @return whether to go on
     */
    Next allowed(Verdict.Allow verdict, String text);
  }

  /** How a guarded reply ended. */
  public sealed interface Outcome {

    /** What the sink has heard, joined. */
    String delivered();

    /** What the model did not get to read and nobody got to hear; empty where it is kept. */
    Redacted redacted();

    /**
     * The model's reply ended and every byte of it was delivered.
     *
     * @param reply its text is what was delivered; the stop is {@code CANCELLED} where the sink
     *     wanted no more
     */
    record Finished(Reply reply, Redacted redacted) implements Outcome {
      @Override
      public String delivered() {
        return reply.text();
      }
    }

    /**
     * The guard said no. Answer with {@code block.category().notice()}.
     *
     * @param side INPUT where the model never saw the conversation
     * @param delivered what had already left under earlier allow verdicts
     * @param promptTokens tokens of the conversation
     * @param replyTokens tokens the model had written
     */
    record Refused(
        Verdict.Block block,
        Side side,
        String delivered,
        int promptTokens,
        int replyTokens,
        Redacted redacted)
        implements Outcome {}
  }

  /**
   * Judges the conversation, lets the model reply, and passes on what may leave; returns when it
   * has ended.
   *
   * @throws RuntimeException what the model threw, for example {@link
   *     dev.forefront.conversation.PromptTooLongException}; text delivered before stays delivered
   */
  public Outcome write(Conversation conversation, Sampling sampling, Sink sink) {
    Writing writing = new Writing(conversation, sampling);
    Future<?> task;
    try {
      task = guard.watchdog().submit(writing::listen);
    } catch (RejectedExecutionException full) {
      return writing.refused(new Event.Blocked(Side.INPUT, Watchdog.noThread(), 0));
    }
    return writing.deliver(sink, task);
  }

  private sealed interface Event {
    record Allowed(Verdict.Allow verdict, String text) implements Event {}

    /**
     * @param tokens that the model had written
     */
    record Blocked(Side side, Verdict.Block block, int tokens) implements Event {}

    record Ended(Reply reply) implements Event {}

    record Failed(Throwable cause) implements Event {}
  }

  private final class Writing {
    private static final long NOT_JUDGING = 0;

    private final Conversation conversation;
    private final Sampling sampling;
    private final long deadline = guard.settings().deadline().toNanos();
    private final BlockingQueue<Event> events;
    private final OutputGuard output = new OutputGuard(guard);
    private final Placeholders placeholders = new Placeholders();
    private final Restoring restoring = new Restoring(placeholders);
    // What the model reads.
    private Conversation read;
    private volatile boolean stopped;
    private volatile Side judged = Side.INPUT;
    private volatile int heard;
    private volatile long judgingSince = NOT_JUDGING;
    private final StringBuilder delivered = new StringBuilder();

    Writing(Conversation conversation, Sampling sampling) {
      this.conversation = conversation;
      this.read = conversation;
      this.sampling = sampling;
      events = new ArrayBlockingQueue<>(Math.min(sampling.maxTokens(), model.contextLength()) + 8);
    }

    // On the guard's thread.

    void listen() {
      try {
        if (judge(this::request).verdict() instanceof Verdict.Block block) {
          say(new Event.Blocked(Side.INPUT, block, 0));
          return;
        }
        judged = Side.OUTPUT;
        Reply reply = model.reply(read, sampling, this::piece);
        if (!stopped) {
          pass(judge(() -> output.finish(redacts() ? restoring.finish() : "")));
        }
        say(new Event.Ended(reply));
      } catch (RuntimeException | Error thrown) {
        say(new Event.Failed(thrown));
      }
    }

    private Passage request() {
      Verdict verdict = guard.judge(conversation);
      if (redacts() && verdict instanceof Verdict.Allow) {
        read = placeholders.hide(conversation);
      }
      return new Passage(verdict, "");
    }

    private boolean redacts() {
      return guard.settings().personal() == Personal.REDACT;
    }

    private Next piece(String text, int token) {
      heard = token;
      if (!stopped) {
        pass(judge(() -> output.push(redacts() ? restoring.push(text) : text)));
      }
      return stopped ? Next.STOP : Next.CONTINUE;
    }

    /** What the guard answers; a block where it throws or answers too late. */
    private Passage judge(Supplier<Passage> judging) {
      long since = System.nanoTime() | 1; // never NOT_JUDGING
      judgingSince = since;
      try {
        Passage passage = judging.get();
        return System.nanoTime() - since > deadline ? blocked(guard.watchdog().late()) : passage;
      } catch (RuntimeException | Error thrown) {
        return blocked(Watchdog.threw(thrown));
      } finally {
        judgingSince = NOT_JUDGING;
      }
    }

    private static Passage blocked(Verdict.Block block) {
      return new Passage(block, "");
    }

    private void pass(Passage passage) {
      switch (passage.verdict()) {
        case Verdict.Block block -> {
          stopped = true;
          say(new Event.Blocked(Side.OUTPUT, block, heard));
        }
        case Verdict.Allow allow -> {
          if (!passage.text().isEmpty()) {
            say(new Event.Allowed(allow, passage.text()));
          }
        }
      }
    }

    private void say(Event event) {
      // One place stays free for the end. A model that ignores its limit is cut off: nothing after
      // the gap may follow.
      boolean end = !(event instanceof Event.Allowed);
      if (!(end || events.remainingCapacity() > 1) || !events.offer(event)) {
        stopped = true;
        events.clear();
        events.offer(new Event.Failed(new IllegalStateException("the model wrote too much")));
      }
    }

    // On the caller's thread.

    Outcome deliver(Sink sink, Future<?> task) {
      try {
        while (true) {
          switch (next()) {
            case null -> {
              task.cancel(true);
              return refused(new Event.Blocked(judged, guard.watchdog().late(), heard));
            }
            case Event.Allowed allowed -> {
              delivered.append(allowed.text());
              if (sink.allowed(allowed.verdict(), allowed.text()) == Next.STOP) {
                return cancelled();
              }
            }
            case Event.Blocked blocked -> {
              return refused(blocked);
            }
            case Event.Ended ended -> {
              return finished(ended.reply());
            }
            case Event.Failed failed -> throw failure(failed.cause());
          }
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return cancelled();
      } finally {
        stopped = true;
      }
    }

    /** The next event; null where the guard has been silent for too long. */
    private @Nullable Event next() throws InterruptedException {
      while (true) {
        long since = judgingSince;
        long left = since == NOT_JUDGING ? deadline : since + deadline - System.nanoTime();
        Event event = left > 0 ? events.poll(left, TimeUnit.NANOSECONDS) : null;
        if (event != null || left <= 0) {
          return event;
        }
      }
    }

    private Outcome finished(Reply reply) {
      return new Outcome.Finished(
          new Reply(
              delivered.toString(),
              reply.stop(),
              reply.promptTokens(),
              reply.replyTokens(),
              reply.stopText()),
          placeholders.redacted());
    }

    Outcome refused(Event.Blocked blocked) {
      return new Outcome.Refused(
          blocked.block(),
          blocked.side(),
          delivered.toString(),
          model.countTokens(conversation),
          blocked.tokens(),
          placeholders.redacted());
    }

    private Outcome cancelled() {
      return new Outcome.Finished(
          new Reply(
              delivered.toString(),
              StopReason.CANCELLED,
              model.countTokens(conversation),
              heard,
              ""),
          placeholders.redacted());
    }

    private static RuntimeException failure(Throwable cause) {
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
  }
}
