package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.TokenTold;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One reply on the guard's thread, which hears the model and judges what it hears. What a verdict
 * allows, and how it ended, goes into a bounded queue, from which {@link Delivery} takes it on the
 * caller's thread.
 */
final class JudgedWriting {
  private static final long NOT_JUDGING = 0;
  // What a model may say beside one piece for each token, such as what it kept until the end.
  private static final int MORE_PIECES = 8;

  private final LanguageModel model;
  private final LanguageModel.@Nullable Watched watched;
  private final Guard guard;
  private final Tenant tenant;
  private final Conversation conversation;
  private final Sampling sampling;
  private final long deadline;
  private final int mostPieces;
  private final BlockingQueue<Event> events;
  private final @Nullable ProbeReader probe;
  private final OutputGuard output;
  private final @Nullable ToldTokens tokens;
  private final Placeholders placeholders = new Placeholders();
  private final Restoring restoring;
  // What the model reads.
  private Conversation read;
  private volatile boolean stopped;
  private volatile Side judged = Side.INPUT;
  private volatile int heard;
  private volatile long judgingSince = NOT_JUDGING;
  private int pieces;
  private boolean ended;

  /**
   * @param watched the same model, where the guard looks at its inside
   */
  JudgedWriting(
      LanguageModel model,
      LanguageModel.@Nullable Watched watched,
      Guard guard,
      Tenant tenant,
      Conversation conversation,
      Sampling sampling) {
    this.model = model;
    this.watched = watched;
    this.guard = guard;
    this.tenant = tenant;
    this.conversation = conversation;
    this.read = conversation;
    this.sampling = sampling;
    deadline = guard.deadline().toNanos();
    restoring = new Restoring(placeholders, JsonPlaces.of(model, conversation, sampling));
    probe = guard.probeReader();
    mostPieces = Math.min(sampling.maxTokens(), model.contextLength()) + MORE_PIECES;
    // One event for each piece at most, one for what is left, and the end.
    events = new ArrayBlockingQueue<>(mostPieces + 2);
    OutputGuard guarding = new OutputGuard(guard, conversation, continued(conversation), probe);
    output = conversation.hasTools() || sampling.hasForm() ? guarding.readingJson() : guarding;
    tokens = sampling.tellsLogprobs() ? new ToldTokens(guard, continued(conversation)) : null;
  }

  private static String continued(Conversation conversation) {
    return conversation.isBegun() ? conversation.messages().getLast().content() : "";
  }

  /** What it tells, in order. */
  BlockingQueue<Event> events() {
    return events;
  }

  /** Nanoseconds that the guard may still be silent; none are left where it is too late. */
  long patience() {
    long since = judgingSince;
    return since == NOT_JUDGING ? deadline : since + deadline - System.nanoTime();
  }

  /** Which side is being judged. */
  Side judged() {
    return judged;
  }

  /** Tokens that the model has written. */
  int written() {
    return heard;
  }

  /** Nobody listens any more. */
  void stop() {
    stopped = true;
  }

  Redacted redacted() {
    return placeholders.redacted();
  }

  /** Judges the conversation, and lets the model reply. */
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
        return JudgedWriting.this.piece(text, token);
      }

      @Override
      public void token(TokenTold token) {
        JudgedWriting.this.token(token);
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
}
