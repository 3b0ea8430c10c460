package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A model behind its guard: the only way from a model to a person. The sink hears nothing that an
 * allow verdict does not cover, whatever the model or the guard does.
 *
 * <p>The model writes on a thread of its own into a bounded queue and never waits for the guard;
 * the guard judges under a deadline; the caller's thread alone talks to the sink.
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

    /**
     * The model's reply ended and every byte of it was delivered.
     *
     * @param reply its text is what was delivered; the stop is {@code CANCELLED} where the sink
     *     wanted no more
     */
    record Finished(Reply reply) implements Outcome {
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
        Verdict.Block block, Side side, String delivered, int promptTokens, int replyTokens)
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
    if (guard.input(conversation) instanceof Verdict.Block block) {
      return new Outcome.Refused(block, Side.INPUT, "", model.countTokens(conversation), 0);
    }
    return new Writing(conversation, sampling).run(sink);
  }

  private sealed interface Event {
    record Piece(String text, int token) implements Event {}

    record Ended(Reply reply) implements Event {}

    record Failed(Throwable cause) implements Event {}
  }

  private final class Writing {
    private final Conversation conversation;
    private final Sampling sampling;
    private final BlockingQueue<Event> events;
    private final OutputGuard output;
    private final StringBuilder delivered = new StringBuilder();
    private volatile boolean stopped;
    private int tokens;

    Writing(Conversation conversation, Sampling sampling) {
      this.conversation = conversation;
      this.sampling = sampling;
      int most = Math.min(sampling.maxTokens(), model.contextLength());
      events = new ArrayBlockingQueue<>(most + 8);
      output = guard.output(conversation);
    }

    Outcome run(Sink sink) {
      Thread.ofVirtual().name("guarded-reply").start(this::listen);
      try {
        while (true) {
          switch (events.take()) {
            case Event.Piece piece -> {
              tokens = piece.token();
              Passage passage = output.push(piece.text());
              if (passage.verdict() instanceof Verdict.Block block) {
                return refused(block);
              }
              if (deliver(passage, sink) == Next.STOP) {
                return cancelled();
              }
            }
            case Event.Ended ended -> {
              return ended(ended.reply(), sink);
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

    /** On the model's side: only hands over, so that a slow guard or sink never holds it up. */
    private void listen() {
      Event end;
      try {
        end = new Event.Ended(model.reply(conversation, sampling, this::piece));
      } catch (RuntimeException | Error thrown) {
        end = new Event.Failed(thrown);
      }
      if (!events.offer(end)) {
        events.clear();
        events.offer(new Event.Failed(new IllegalStateException("the model wrote too much")));
      }
    }

    private Next piece(String text, int token) {
      // One place stays free for the end.
      boolean taken =
          !stopped && events.remainingCapacity() > 1 && events.offer(new Event.Piece(text, token));
      if (!taken) {
        // A model that ignores the limit: nothing after the gap may follow.
        stopped = true;
      }
      return stopped ? Next.STOP : Next.CONTINUE;
    }

    private Next deliver(Passage passage, Sink sink) {
      if (passage.text().isEmpty() || !(passage.verdict() instanceof Verdict.Allow allow)) {
        return Next.CONTINUE;
      }
      delivered.append(passage.text());
      return sink.allowed(allow, passage.text());
    }

    private Outcome ended(Reply reply, Sink sink) {
      Passage rest = output.finish();
      if (rest.verdict() instanceof Verdict.Block block) {
        return refused(block);
      }
      Next next = deliver(rest, sink);
      StopReason stop = next == Next.STOP ? StopReason.CANCELLED : reply.stop();
      return new Outcome.Finished(
          new Reply(
              delivered.toString(),
              stop,
              reply.promptTokens(),
              reply.replyTokens(),
              reply.stopText()));
    }

    private Outcome refused(Verdict.Block block) {
      return new Outcome.Refused(
          block, Side.OUTPUT, delivered.toString(), model.countTokens(conversation), tokens);
    }

    private Outcome cancelled() {
      return new Outcome.Finished(
          new Reply(
              delivered.toString(),
              StopReason.CANCELLED,
              model.countTokens(conversation),
              tokens,
              ""));
    }

    private RuntimeException failure(Throwable cause) {
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
  }
}
