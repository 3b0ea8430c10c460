package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LanguageModel.Readings;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelWeights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A model below the tokenizer: ids in, ids out. Safe to call from any thread; each call waits for
 * its own end.
 */
public final class IdModel implements AutoCloseable {
  /** Calls that may wait for a lane; more wait to be let in. */
  private static final int MOST_WAITING = 256;

  // Of all that is judged only what the questions have in common is kept, and so for all.
  private static final Tenant JUDGES = new Tenant("judges");

  /**
   * @param logprob natural logarithm of its probability under the model's own distribution; NaN
   *     where nobody asked
   * @param greedy whether it was the likeliest token
   * @param likeliest tokens at its place, as many as {@link Sampling#logprobs} says
   */
  public record ScoredToken(int id, double logprob, boolean greedy, List<Likely> likeliest) {}

  private final Weights weights;
  private final Waiting waiting = new Waiting(MOST_WAITING);
  private final Lane lane;
  private volatile boolean closed;

  private IdModel(int threads, Function<Team, Weights> loading) {
    Team team = new Team("forefront-engine", threads);
    try {
      weights = loading.apply(team);
      lane = new Lane("forefront-engine-0", weights, team, waiting, Lane.bytesBeside(weights));
    } catch (RuntimeException e) {
      team.close();
      throw e;
    } catch (OutOfMemoryError e) {
      team.close();
      throw new BadInputException(
          "the model does not fit into the %d MB that the JVM may use: give it more (-Xmx), or a model of fewer bits"
              .formatted(Runtime.getRuntime().maxMemory() >> 20));
    }
    lane.start();
  }

  /**
   * Opens config.json and the weights of a folder, or a GGUF file.
   *
   * @throws dev.forefront.conversation.BadInputException naming what is missing or not understood
   */
  public static IdModel open(Path folder) {
    return open(folder, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it was loaded from. */
  public static IdModel open(Path folder, Loading loading) {
    return open(folder, loading, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Likewise, sharing each operation among so many threads.
   *
   * @param threads at least 1
   */
  public static IdModel open(Path folder, Loading loading, int threads) {
    return new IdModel(threads, team -> Weights.load(folder, loading, team));
  }

  /** Of files that are open already; they are not needed afterwards. */
  public static IdModel of(ModelWeights files) {
    return new IdModel(
        Runtime.getRuntime().availableProcessors(), team -> new Weights(files, team));
  }

  public ModelConfig config() {
    return weights.config();
  }

  /**
   * Continues a prompt.
   *
   * @param ends tokens that end it and are not told
   * @param each called for every token in order, on the calling thread
   * @throws PromptTooLongException where no room is left for one token
   */
  public StopReason write(
      int[] prompt, Sampling sampling, IntPredicate ends, Function<ScoredToken, Next> each) {
    return write(Request.of(prompt, sampling, ends), each).stop();
  }

  /** Likewise, a probe reading every token, the last one too. */
  public StopReason write(
      int[] prompt,
      Sampling sampling,
      IntPredicate ends,
      Watch watch,
      Readings readings,
      Function<ScoredToken, Next> each) {
    return write(Request.of(prompt, sampling, ends).watchedBy(watch, readings), each).stop();
  }

  /**
   * Continues a prompt; whatever its tenant had read before is not read again.
   *
   * @throws PromptTooLongException where no room is left for one token
   */
  Request.Ended write(Request request, Function<ScoredToken, Next> each) {
    int[] prompt = request.prompt();
    check(prompt);
    int context = config().contextLength();
    if (prompt.length >= context) {
      throw new PromptTooLongException(prompt.length, context);
    }
    Sampling sampling = request.sampling();
    int most = Math.min(sampling.maxTokens(), context - prompt.length);
    Sampler sampler = new Sampler(sampling, prompt, request.ends(), request.following());
    Sequence sequence =
        Sequence.writing(prompt, most, sampler, request.ends()).askedBy(request.tenant());
    if (request.watch() != null) {
      sequence.watchedBy(request.watch());
    }
    StopReason stop = run(sequence, request.readings(), each);
    return new Request.Ended(stop, sequence.reused());
  }

  /**
   * Makes a probe ready. Whether it is one for this very model is {@link Engine#watched}'s to say.
   *
   * @throws BadInputException where its layers, width or dtype are not this model's
   */
  public Watch watch(Probe probe) {
    return Watch.of(probe, config());
  }

  /** Reads ids, a probe reading every one of them. */
  void read(int[] ids, Watch watch, Readings readings) {
    run(reading(ids).watchedBy(watch), readings, token -> Next.CONTINUE);
  }

  /**
   * Reads ids and shows the residual stream of each after some layers, before the final norm,
   * inside the pass: to train a probe with.
   *
   * @param ids at most as many as the context has places
   * @param layers from 0
   */
  public void read(int[] ids, Set<Integer> layers, ResidualReader reader) {
    for (int layer : layers) {
      if (layer < 0 || layer >= config().layers()) {
        throw new BadInputException(
            "the model has the layers 0 to %d, and no layer %d"
                .formatted(config().layers() - 1, layer));
      }
    }
    run(
        reading(ids).shownTo(new Shown(Set.copyOf(layers), reader)),
        Request.UNREAD,
        token -> Next.CONTINUE);
  }

  private Sequence reading(int[] ids) {
    check(ids);
    if (ids.length > config().contextLength()) {
      throw new PromptTooLongException(ids.length, config().contextLength());
    }
    return Sequence.reading(ids);
  }

  /** Tokens of the longest text that can be scored: the last one is predicted and never read. */
  static int longestScored(int contextLength) {
    return contextLength + 1;
  }

  /**
   * Log-probabilities of the tokens from place {@code from}, each after all before it.
   *
   * @param ids at most one more than the context length
   * @param from at least 1
   */
  public List<ScoredToken> score(int[] ids, int from) {
    check(ids);
    if (from < 1 || from > ids.length) {
      throw new IllegalArgumentException(
          "the first scored place must be in [1, %d]".formatted(ids.length));
    }
    if (ids.length > longestScored(config().contextLength())) {
      throw new PromptTooLongException(ids.length, config().contextLength());
    }
    List<ScoredToken> scored = new ArrayList<>();
    if (from == ids.length) {
      return scored;
    }
    score(Sequence.scoring(ids, from), scored);
    return scored;
  }

  /**
   * Log-probabilities of the tokens of several continuations of one prompt, which is read once.
   *
   * @param prompt at least one token
   * @param common its first tokens, which are kept for whoever asks next; of nobody's text
   * @param branches none empty; prompt and branch have at most one token more than the context
   */
  List<List<ScoredToken>> scoreBranches(int[] prompt, int common, List<int[]> branches) {
    List<List<ScoredToken>> scores = new ArrayList<>();
    KeyValueCache read = null;
    for (int[] branch : branches) {
      int[] ids = Arrays.copyOf(prompt, prompt.length + branch.length);
      System.arraycopy(branch, 0, ids, prompt.length, branch.length);
      check(ids);
      Sequence sequence =
          read == null
              ? Sequence.scoring(ids, prompt.length).keeping(common).askedBy(JUDGES)
              : Sequence.scoringAfter(read, ids, prompt.length);
      List<ScoredToken> scored = new ArrayList<>();
      score(sequence, scored);
      if (scored.size() != branch.length || branch.length == 0) {
        throw new IllegalStateException(
            branch.length == 0
                ? "an empty text has no probability"
                : "the scoring was interrupted");
      }
      scores.add(scored);
      read = sequence.cache();
    }
    return scores;
  }

  private void score(Sequence sequence, List<ScoredToken> scored) {
    run(
        sequence,
        Request.UNREAD,
        token -> {
          scored.add(token);
          return Next.CONTINUE;
        });
  }

  private StopReason run(Sequence sequence, Readings readings, Function<ScoredToken, Next> each) {
    if (closed) {
      throw new IllegalStateException("the model was closed");
    }
    lane.requireRoom(sequence.positions());
    try {
      waiting.put(sequence);
      if (closed) {
        failWaiting();
      }
      while (true) {
        switch (sequence.events().take()) {
          case Sequence.Token token -> {
            if (hear(sequence, token.read(), readings) == Next.STOP) {
              return StopReason.CANCELLED;
            }
            ScoredToken told =
                new ScoredToken(token.id(), token.logprob(), token.greedy(), token.likeliest());
            if (each.apply(told) == Next.STOP) {
              if (sequence.watch() != null) {
                // What this token says may have left already: it is read before anyone goes.
                hearNext(sequence, readings);
              }
              return StopReason.CANCELLED;
            }
          }
          case Sequence.Rows rows -> {
            if (hear(sequence, rows, readings) == Next.STOP) {
              return StopReason.CANCELLED;
            }
          }
          case Sequence.Done done -> {
            return done.reason();
          }
          case Sequence.Failed failed ->
              throw new IllegalStateException("the model failed", failed.cause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StopReason.CANCELLED;
    } finally {
      sequence.cancel();
    }
  }

  /** Hears the first rows that come, and no token. */
  private static void hearNext(Sequence sequence, Readings readings) throws InterruptedException {
    switch (sequence.events().take()) {
      case Sequence.Token token -> hear(sequence, token.read(), readings);
      case Sequence.Rows rows -> hear(sequence, rows, readings);
      case Sequence.Done _, Sequence.Failed _ -> {}
    }
  }

  private static Next hear(Sequence sequence, Sequence.@Nullable Rows rows, Readings readings) {
    if (rows != null) {
      for (int row = 0; row < rows.logits().size(); row++) {
        int place = rows.from() + row;
        if (readings.row(place, sequence.promptTokens(), rows.logits().get(row)) == Next.STOP) {
          return Next.STOP;
        }
      }
    }
    return Next.CONTINUE;
  }

  private void check(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= config().vocabularySize()) {
        throw new IllegalArgumentException(
            "token %d is outside the vocabulary of %d".formatted(id, config().vocabularySize()));
      }
    }
  }

  /**
   * How long pages of prompts are kept, for the same tenant, that nobody uses; from the next
   * request on.
   *
   * @param most ten minutes unless someone says otherwise; zero keeps none
   */
  public void keepPrompts(Duration most) {
    lane.keep(most);
  }

  /** Bytes of what is kept of prompts. */
  long bytesKept() {
    return lane.bytesKept();
  }

  /** Tokens are guessed where text repeats itself unless someone says no. */
  void guess(Lane.Guessing whether) {
    lane.guess(whether);
  }

  /** Tokens that were guessed so far. */
  long guessed() {
    return lane.guessed();
  }

  /** Those of them that came true, and so cost no pass of their own. */
  long guessedRight() {
    return lane.guessedRight();
  }

  /** Tokens of prompts that were run through the model so far. */
  long positionsRead() {
    return lane.positionsRead();
  }

  /** Stops the lanes; calls that wait fail. */
  @Override
  public void close() {
    closed = true;
    lane.close();
    failWaiting();
  }

  private void failWaiting() {
    IllegalStateException over = new IllegalStateException("the model was closed");
    for (Sequence left = waiting.poll(who -> true);
        left != null;
        left = waiting.poll(who -> true)) {
      left.fail(over);
    }
  }
}
