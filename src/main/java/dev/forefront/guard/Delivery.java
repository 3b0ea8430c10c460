package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.guard.GuardedReply.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One reply on the caller's thread, which alone talks to the sink. It takes what {@link
 * JudgedWriting} tells, watches the clock, and leaves behind a guard that hangs in a verdict.
 */
final class Delivery {
  // Judged text that waits is told in one go, up to this many chars.
  private static final int TOLD_AT_ONCE = 1 << 16;

  private final LanguageModel model;
  private final Watchdog watchdog;
  private final Conversation conversation;
  private final JudgedWriting writing;
  private final BlockingQueue<Event> events;
  private final Sink sink;
  private final StringBuilder delivered = new StringBuilder();

  Delivery(
      LanguageModel model,
      Watchdog watchdog,
      Conversation conversation,
      JudgedWriting writing,
      Sink sink) {
    this.model = model;
    this.watchdog = watchdog;
    this.conversation = conversation;
    this.writing = writing;
    this.sink = sink;
    events = writing.events();
  }

  /** Passes on what may leave, until the reply has ended. */
  Outcome of(Future<?> task) {
    try {
      while (true) {
        switch (next(task)) {
          case null -> {
            return refused(new Event.Blocked(writing.judged(), watchdog.late(), leave(task)));
          }
          case Event.Allowed first -> {
            Event.Allowed allowed = withThoseThatWait(first);
            delivered.append(allowed.text());
            if (sink.allowed(allowed.verdict(), allowed.text(), allowed.tokens()) == Next.STOP) {
              return cancelled(task);
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
      return cancelled(task);
    } finally {
      writing.stop();
    }
  }

  /** The next event; null where the guard has been silent for too long. */
  private @Nullable Event next(Future<?> task) throws InterruptedException {
    while (true) {
      boolean over = task.isDone();
      long left = writing.patience();
      if (left <= 0) {
        return null;
      }
      Event event = over ? events.poll() : events.poll(left, TimeUnit.NANOSECONDS);
      if (event != null) {
        return event;
      }
      if (over) {
        return new Event.Failed(new IllegalStateException("the guard's thread died"));
      }
    }
  }

  /** Verdicts on neighbouring bytes are one verdict; so a slow sink is asked less often. */
  private Event.Allowed withThoseThatWait(Event.Allowed first) {
    if (!(events.peek() instanceof Event.Allowed)) {
      return first;
    }
    StringBuilder text = new StringBuilder(first.text());
    List<TokenTold> told = new ArrayList<>(first.tokens());
    long to = first.verdict().to();
    while (text.length() < TOLD_AT_ONCE && events.peek() instanceof Event.Allowed next) {
      events.remove();
      text.append(next.text());
      told.addAll(next.tokens());
      to = next.verdict().to();
    }
    return new Event.Allowed(new Verdict.Allow(first.verdict().from(), to), text.toString(), told);
  }

  private Outcome finished(Reply reply) {
    return new Outcome.Finished(
        new Reply(
            delivered.toString(),
            Objects.requireNonNull(reply.stop(), "a reply says why it ended"),
            reply.promptTokens(),
            reply.cachedTokens(),
            reply.replyTokens(),
            reply.stopText()),
        writing.redacted());
  }

  Outcome refused(Event.Blocked blocked) {
    return new Outcome.Refused(
        blocked.block(),
        blocked.side(),
        delivered.toString(),
        model.countTokens(conversation),
        blocked.tokens(),
        writing.redacted());
  }

  /** Nobody listens any more: a model that waits is woken. */
  private Outcome cancelled(Future<?> task) {
    int written = leave(task);
    return new Outcome.Finished(
        new Reply(
            delivered.toString(),
            StopReason.CANCELLED,
            model.countTokens(conversation),
            written,
            ""),
        writing.redacted());
  }

  /**
   * Wakes a model or guard that waits, and goes.
   *
   * @return the tokens written until then; woken, the model may write on for a moment
   */
  private int leave(Future<?> task) {
    int written = writing.written();
    task.cancel(true);
    return written;
  }

  private static RuntimeException failure(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }
}
