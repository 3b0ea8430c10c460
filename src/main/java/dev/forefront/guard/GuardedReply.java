package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.TokenTold;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
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
    JudgedWriting writing =
        new JudgedWriting(model, watched, guard, tenant, conversation, sampling);
    Delivery delivery = new Delivery(model, guard.watchdog(), conversation, writing, sink);
    Future<?> task;
    try {
      task = guard.watchdog().submit(writing::listen);
    } catch (RejectedExecutionException full) {
      return delivery.refused(new Event.Blocked(Side.INPUT, Watchdog.noThread(), 0));
    }
    return delivery.of(task);
  }
}
