package dev.forefront.generate;

import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import dev.forefront.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work in the engine: a prompt that is read, then continued or only scored. The lane
 * that runs it owns all but the events and the wish to stop.
 */
final class Sequence {

  /** What the lane tells the caller. */
  sealed interface Event {}

  /**
   * A token was written, or, where a text is scored, read.
   *
   * @param logprob natural logarithm of its probability; NaN where nobody asked
   * @param greedy whether it was the likeliest
   * @param likeliest at its place, as many as were asked for
   * @param read what the probe read in the pass that this token was chosen from; or null
   */
  record Token(int id, double logprob, boolean greedy, List<Likely> likeliest, @Nullable Rows read)
      implements Event {}

  /**
   * What the probe read in one pass, where no token was chosen from it.
   *
   * @param from place of the first token in the sequence
   * @param logits of each token
   */
  record Rows(int from, List<float[]> logits) implements Event {}

  /** No more tokens follow. */
  record Done(StopReason reason) implements Event {}

  record Failed(Throwable cause) implements Event {}

  /** Whether log-probabilities of the prompt's tokens are wanted. */
  enum LogProbs {
    YES,
    NO
  }

  private static final int[] NOTHING = {};

  private final int[] prompt;
  private final int scoreFrom;
  private final int most;
  private final @Nullable Sampler sampler;
  private final @Nullable Drafts drafts;
  private final LogProbs logProbs;
  private final IntPredicate ends;
  // Holds at most one event per token of the context, and the end.
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile boolean cancelled;
  // Set before a lane sees the sequence, if at all.
  private @Nullable Watch watch;
  private @Nullable Shown shown;
  private Tenant tenant = Tenant.NOBODY;
  private int common;

  // Of the sequence that this one shares its beginning with; of its own once it runs.
  private volatile @Nullable KeyValueCache cache;
  private volatile int reused;
  private int read;
  private int written;
  private int last;
  // Why the reply is over once its last token has been read.
  private @Nullable StopReason closing;
  private boolean lastRead;
  private boolean ended;
  // Of the guess in this pass, and how much of it came true.
  private int guessed;
  private int right;
  // Read in this pass and not yet told: one event wakes the caller once.
  private final List<float[]> untold = new ArrayList<>();
  private int untoldFrom;

  private Sequence(
      int[] prompt,
      int scoreFrom,
      int most,
      @Nullable Sampler sampler,
      LogProbs logProbs,
      IntPredicate ends) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a prompt needs at least one token");
    }
    this.prompt = prompt;
    this.scoreFrom = scoreFrom;
    this.most = most;
    this.sampler = sampler;
    drafts = sampler == null ? null : new Drafts(sampler.history());
    this.logProbs = logProbs;
    this.ends = ends;
  }

  /**
   * @param most tokens to write
   * @param ends whether a token ends the reply; it is not told
   */
  static Sequence writing(int[] prompt, int most, Sampler sampler, IntPredicate ends) {
    return new Sequence(prompt, Integer.MAX_VALUE, most, sampler, LogProbs.NO, ends);
  }

  /** Tells the log-probability of every token from place {@code from}, which is at least 1. */
  static Sequence scoring(int[] ids, int from) {
    return new Sequence(ids, from, 0, null, LogProbs.YES, id -> false);
  }

  /** Only reads: for whoever looks at the residual stream. */
  static Sequence reading(int[] ids) {
    return new Sequence(ids, Integer.MAX_VALUE, 0, null, LogProbs.NO, id -> false);
  }

  Sequence watchedBy(Watch probe) {
    watch = probe;
    return this;
  }

  Sequence shownTo(Shown reader) {
    shown = reader;
    return this;
  }

  Sequence askedBy(Tenant who) {
    tenant = who;
    return this;
  }

  /** Of a text that is scored: its first tokens may be kept. */
  Sequence keeping(int tokens) {
    common = Math.min(tokens, scoreFrom);
    return this;
  }

  Tenant tenant() {
    return tenant;
  }

  @Nullable Watch watch() {
    return watch;
  }

  @Nullable Shown shown() {
    return shown;
  }

  int promptTokens() {
    return prompt.length;
  }

  /**
   * Likewise, where another sequence with the same first tokens has been scored already: these are
   * not read again, but for the last one before place {@code from}.
   *
   * @param before of the sequence that has ended
   */
  static Sequence scoringAfter(KeyValueCache before, int[] ids, int from) {
    Sequence sequence = scoring(ids, from);
    sequence.cache = before;
    sequence.read = from - 1;
    return sequence;
  }

  /** Where keys and values go, with those that are known already. Called by the lane, once. */
  KeyValueCache open(ModelConfig config) {
    KeyValueCache own = new KeyValueCache(config);
    KeyValueCache before = cache;
    if (before != null) {
      own.share(before, read);
    }
    cache = own;
    return own;
  }

  /**
   * The prompt as the same tenant may have had it read before; null where nobody says who asks, and
   * where more is wanted of a prompt than a reply: to score it, but for what {@link #keeping} says,
   * or to see inside.
   */
  @Nullable PagePrefix prefix() {
    if (!tenant.isKnown() || shown != null) {
      return null;
    }
    if (sampler != null) {
      return new PagePrefix(tenant, prompt, watch);
    }
    return common > 0 ? new PagePrefix(tenant, Arrays.copyOf(prompt, common), watch) : null;
  }

  /** Goes on after the pages that were taken over; whoever watches hears of them as if read now. */
  void begin(PagePrefix prefix) {
    reused = prefix.pages().size() * KeyValueCache.PAGE;
    read = reused;
    if (watch != null) {
      for (int place = 0; place < reused; place++) {
        read(place, prefix.reading(place));
      }
      tellRead();
    }
  }

  /** Tokens of the prompt that were not read again. */
  int reused() {
    return reused;
  }

  /** Keys and values of what was read; null before that. */
  @Nullable KeyValueCache cache() {
    return cache;
  }

  BlockingQueue<Event> events() {
    return events;
  }

  /** Ends the work before the next token. */
  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Positions that the cache needs. */
  int positions() {
    return toRead() + most;
  }

  boolean isReading() {
    return read < toRead();
  }

  /** Tokens that are still to be read. */
  int unread() {
    return toRead() - read;
  }

  /** The last token of a text that is scored predicts nothing. */
  private int toRead() {
    return sampler == null && logProbs == LogProbs.YES ? prompt.length - 1 : prompt.length;
  }

  /** The next token to run through the model. */
  int next() {
    if (isReading()) {
      return prompt[read++];
    }
    lastRead = closing != null;
    return last;
  }

  /** Whether the logits of the token that {@link #next} just gave are needed. */
  boolean needsLogits() {
    return sampler == null ? read >= scoreFrom : !isReading() && closing == null;
  }

  /** What may follow the token that {@link #next} just gave, to be checked in the same pass. */
  int[] guess() {
    // The last token of the reply is drawn from the one before it.
    int[] ids =
        drafts != null && closing == null && !isReading()
            ? drafts.guess(most - written - 1)
            : NOTHING;
    guessed = ids.length;
    right = 0;
    return ids;
  }

  /** Whether a guess has come true, so that what follows from it is wanted. */
  boolean isRight(int place, int id) {
    boolean came = !ended && closing == null && place == prompt.length + written - 1 && id == last;
    right += came ? 1 : 0;
    return came;
  }

  /**
   * Ends the guess of this pass.
   *
   * @return how many of its tokens came true
   */
  int judge() {
    if (drafts != null && guessed > 0) {
      drafts.judge(guessed, right);
    }
    return right;
  }

  /** Takes what the probe read at a token; it is told with the token that is chosen from it. */
  void read(int place, float[] logits) {
    if (untold.isEmpty()) {
      untoldFrom = place;
    }
    untold.add(logits);
  }

  /** Tells what was read and no token told. */
  void tellRead() {
    Rows rows = takeRead();
    if (rows != null) {
      events.add(rows);
    }
  }

  private @Nullable Rows takeRead() {
    if (untold.isEmpty()) {
      return null;
    }
    Rows rows = new Rows(untoldFrom, List.copyOf(untold));
    untold.clear();
    return rows;
  }

  /**
   * Takes the logits after the latest token.
   *
   * @param place of that token in the sequence
   * @return whether the work goes on
   */
  boolean take(float[] logits, int vocabulary, int place, int context) {
    if (sampler == null) {
      int id = prompt[place + 1];
      events.add(
          new Token(
              id,
              Processors.logProbability(logits, vocabulary, id),
              Processors.argmax(logits, vocabulary) == id,
              List.of(),
              null));
      return true;
    }
    Sampler.Drawn drawn;
    try {
      drawn = sampler.draw(logits, vocabulary);
    } catch (RuntimeException e) {
      // Of this sequence alone: those beside it go on.
      fail(e);
      return false;
    }
    last = drawn.id();
    if (ends.test(last)) {
      return end(StopReason.END_OF_TURN);
    }
    written++;
    if (drafts != null) {
      drafts.take(last);
    }
    events.add(new Token(last, drawn.logprob(), true, drawn.likeliest(), takeRead()));
    if (sampler.isOver()) {
      return close(StopReason.END_OF_TURN);
    }
    if (prompt.length + written >= context) {
      return close(StopReason.CONTEXT_FULL);
    }
    return written < most || close(StopReason.MAX_TOKENS);
  }

  /** No token follows; a probe still reads the last one, which would else leave unread. */
  private boolean close(StopReason reason) {
    if (watch == null) {
      return end(reason);
    }
    closing = reason;
    return true;
  }

  /** Whether all was read of a sequence from which no more logits are taken. */
  boolean isOver() {
    return sampler == null ? !isReading() : lastRead;
  }

  boolean endRead() {
    return end(closing == null ? StopReason.MAX_TOKENS : closing);
  }

  boolean end(StopReason reason) {
    ended = true;
    tellRead();
    events.add(new Done(reason));
    return false;
  }

  void fail(Throwable cause) {
    ended = true;
    events.add(new Failed(cause));
  }
}
