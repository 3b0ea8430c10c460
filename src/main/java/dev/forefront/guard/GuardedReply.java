package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.TokenTold;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final LanguageModel.@Nullable Watched watched;

  /**
   * @throws dev.forefront.conversation.BadInputException where the guard has a probe and the model
   *     is not the one that it was trained on
   */
  public GuardedReply(LanguageModel model, Guard guard) {
    this.model = model;
    this.guard = guard;
    watched = guard.watched(model).orElse(null);
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

    /**
     * Likewise, with tokens where {@link Sampling#logprobs} asks for them.
     *
     * @param tokens whose last byte is one of the text's, in order
     */
    default Next allowed(Verdict.Allow verdict, String text, List<TokenTold> tokens) {
      return allowed(verdict, text);
    }
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
     * @param side INPUT where the request was blocked and nothing was written
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
   * Asks whether model and guard can do what the sampling says.
   *
   * @throws BadInputException where they cannot
   */
  public void check(Sampling sampling) {
    model.check(sampling);
    if (sampling.logprobs() > 0 && guard.model().isPresent()) {
      throw new BadInputException(
          "this guard asks a model about what is said, and not about all that could have been: set"
              + " top_logprobs to 0");
    }
  }

  /**
   * Judges the conversation, lets the model reply, and passes on what may leave; returns when it
   * has ended.
   *
   * @throws BadInputException where {@link #check} does
   * @throws RuntimeException what the model threw, for example {@link
   *     dev.forefront.conversation.PromptTooLongException}; text delivered before stays delivered
   */
  public Outcome write(Conversation conversation, Sampling sampling, Sink sink) {
    return write(Tenant.NOBODY, conversation, sampling, sink);
  }

  /** Likewise, on behalf of someone. */
  public Outcome write(Tenant tenant, Conversation conversation, Sampling sampling, Sink sink) {
    check(sampling);
    Writing writing = new Writing(tenant, conversation, sampling);
    Future<?> task;
    try {
      task = guard.watchdog().submit(writing::listen);
    } catch (RejectedExecutionException full) {
      return writing.refused(new Event.Blocked(Side.INPUT, Watchdog.noThread(), 0));
    }
    return writing.deliver(sink, task);
  }

  private final class Writing {
    private static final long NOT_JUDGING = 0;
    // What a model may say beside one piece for each token, such as what it kept until the end.
    private static final int MORE_PIECES = 8;
    // Judged text that waits is told in one go, up to this many chars.
    private static final int TOLD_AT_ONCE = 1 << 16;

    private final Tenant tenant;
    private final Conversation conversation;
    private final Sampling sampling;
    private final long deadline = guard.deadline().toNanos();
    private final int mostPieces;
    private final BlockingQueue<Event> events;
    private final @Nullable ProbeReader probe = guard.probeReader();
    private final OutputGuard output;
    private final @Nullable ToldTokens tokens;
    private final Placeholders placeholders = new Placeholders();
    private final Restoring restoring = new Restoring(placeholders);
    // What the model reads.
    private Conversation read;
    private volatile boolean stopped;
    private volatile Side judged = Side.INPUT;
    private volatile int heard;
    private volatile long judgingSince = NOT_JUDGING;
    private int pieces;
    private boolean ended;
    private final StringBuilder delivered = new StringBuilder();

    Writing(Tenant tenant, Conversation conversation, Sampling sampling) {
      this.tenant = tenant;
      this.conversation = conversation;
      this.read = conversation;
      this.sampling = sampling;
      mostPieces = Math.min(sampling.maxTokens(), model.contextLength()) + MORE_PIECES;
      // One event for each piece at most, one for what is left, and the end.
      events = new ArrayBlockingQueue<>(mostPieces + 2);
      output = new OutputGuard(guard, conversation, continued(conversation), probe);
      tokens = sampling.tellsLogprobs() ? new ToldTokens(guard, continued(conversation)) : null;
    }

    private static String continued(Conversation conversation) {
      return conversation.isBegun() ? conversation.messages().getLast().content() : "";
    }

    // On the guard's thread.

    void listen() {
      try {
        if (judge(this::request).verdict() instanceof Verdict.Block block) {
          end(new Event.Blocked(Side.INPUT, block, 0));
          return;
        }
        judged = Side.OUTPUT;
        LanguageModel.Listener listener = listener();
        hearEnd(
            watched == null
                ? model.reply(tenant, read, sampling, listener)
                : watched.reply(tenant, read, sampling, this::reading, listener));
      } catch (Throwable thrown) {
        // The thread's last word: without it the caller would wait for nothing.
        end(new Event.Failed(thrown));
      }
    }

    private LanguageModel.Listener listener() {
      return new LanguageModel.Listener() {
        @Override
        public Next piece(String text, int token) {
          return Writing.this.piece(text, token);
        }

        @Override
        public void token(TokenTold token) {
          Writing.this.token(token);
        }
      };
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

    /** As the person may read it. */
    private String heard(String piece) {
      Objects.requireNonNull(piece, "a piece is text");
      return redacts() ? restoring.push(piece) : piece;
    }

    /** What the model's inside says of a token, before anything that was chosen from it. */
    private synchronized Next reading(int place, int promptTokens, float[] logits) {
      if (!stopped && probe != null) {
        Verdict.Block block = probe.row(place, promptTokens, logits);
        if (block != null) {
          end(new Event.Blocked(place < promptTokens ? Side.INPUT : Side.OUTPUT, block, heard));
        }
      }
      return stopped ? Next.STOP : Next.CONTINUE;
    }

    /** No token is let go that the probe has not read. */
    private void requireRead(int tokens) {
      if (!stopped && probe != null && !probe.covers(tokens)) {
        Verdict.Block block = Watchdog.failure("the probe has not read all that was written");
        end(new Event.Blocked(Side.OUTPUT, block, heard));
      }
    }

    /** One at a time, also where a model breaks its promise and speaks on two threads. */
    private synchronized Next piece(String text, int token) {
      heard = token;
      if (!stopped && ++pieces > mostPieces) {
        end(new Event.Failed(new IllegalStateException("the model wrote too much")));
      }
      requireRead(token - 1);
      if (!stopped) {
        pass(judge(() -> push(text)));
      }
      return stopped ? Next.STOP : Next.CONTINUE;
    }

    private Passage push(String text) {
      if (tokens != null) {
        tokens.piece(text);
      }
      return output.push(heard(text));
    }

    private synchronized void token(TokenTold token) {
      if (tokens != null) {
        tokens.token(token);
      }
    }

    private synchronized void hearEnd(Reply reply) {
      requireRead(Math.max(heard, reply.replyTokens()));
      if (!stopped) {
        pass(judge(() -> output.finish(redacts() ? restoring.finish() : "")));
      }
      end(new Event.Ended(reply));
    }

    /** What the guard answers; a block where it throws or answers too late. */
    private Passage judge(Supplier<Passage> judging) {
      long since = System.nanoTime() | 1; // never NOT_JUDGING
      judgingSince = since;
      try {
        Passage passage = judging.get();
        return System.nanoTime() - since > deadline ? blocked(guard.watchdog().late()) : passage;
      } catch (Throwable thrown) {
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
        case Verdict.Block block -> end(new Event.Blocked(Side.OUTPUT, block, heard));
        case Verdict.Allow allow -> {
          if (!passage.text().isEmpty()) {
            List<TokenTold> covered =
                tokens == null ? List.of() : tokens.covered(allow, passage.text());
            events.add(new Event.Allowed(allow, passage.text(), covered));
          }
        }
      }
    }

    /** The first end counts; nothing is heard after it. */
    private synchronized void end(Event end) {
      stopped = true;
      if (!ended) {
        ended = true;
        events.add(end);
      }
    }

    // On the caller's thread.

    Outcome deliver(Sink sink, Future<?> task) {
      try {
        while (true) {
          switch (next(task)) {
            case null -> {
              return refused(new Event.Blocked(judged, guard.watchdog().late(), leave(task)));
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
        stopped = true;
      }
    }

    /** The next event; null where the guard has been silent for too long. */
    private @Nullable Event next(Future<?> task) throws InterruptedException {
      while (true) {
        boolean over = task.isDone();
        long since = judgingSince;
        long left = since == NOT_JUDGING ? deadline : since + deadline - System.nanoTime();
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
      return new Event.Allowed(
          new Verdict.Allow(first.verdict().from(), to), text.toString(), told);
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
          placeholders.redacted());
    }

    /**
     * Wakes a model or guard that waits, and goes.
     *
     * @return the tokens written until then; woken, the model may write on for a moment
     */
    private int leave(Future<?> task) {
      int written = heard;
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
}
