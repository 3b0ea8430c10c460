package dev.forefront.cli;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.generate.Engine;
import dev.forefront.generate.IdModel;
import dev.forefront.generate.Watch;
import dev.forefront.token.Decoder;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Writes as many tokens as it may, so that replies of one length can be compared.
 *
 * @param written when each token of a reply was there, {@link System#nanoTime}; one reply at a time
 * @param heard what who listens took of the processor for each of them, in seconds: where threads
 *     share cores, a clock on the wall tells how long others ran
 * @param dictated tokens that stand for those that are written, again from the first after the
 *     last; empty for what the model writes
 * @param silent whether the model is not asked, so that what is dictated takes no time; a model
 *     that is watched is asked all the same
 */
record Endless(
    Engine engine, List<Long> written, List<Double> heard, int[] dictated, boolean silent)
    implements LanguageModel {
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  static Endless of(Engine engine, int[] dictated) {
    return new Endless(engine, new ArrayList<>(), new ArrayList<>(), dictated, false);
  }

  /** What is dictated, of which the model knows nothing. */
  static Endless silent(Engine engine, int[] dictated) {
    return new Endless(engine, new ArrayList<>(), new ArrayList<>(), dictated, true);
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public int contextLength() {
    return engine.contextLength();
  }

  @Override
  public int countTokens(Conversation conversation) {
    return engine.countTokens(conversation);
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    return said(
        conversation,
        listener,
        (prompt, each) ->
            silent
                ? dictate(sampling.maxTokens(), each)
                : engine.ids().write(prompt, sampling, id -> false, each));
  }

  @Override
  public Watched watched(Probe probe) {
    Watched checked = engine.watched(probe);
    Watch watch = engine.ids().watch(probe);
    return new Watched() {
      @Override
      public Reply reply(
          Conversation conversation, Sampling sampling, Readings readings, Listener listener) {
        return said(
            conversation,
            listener,
            (prompt, each) ->
                engine.ids().write(prompt, sampling, id -> false, watch, readings, each));
      }

      @Override
      public void read(Conversation conversation, Readings readings) {
        checked.read(conversation, readings);
      }
    };
  }

  private interface Writing {
    StopReason by(int[] prompt, Function<IdModel.ScoredToken, Next> each);
  }

  private static StopReason dictate(int most, Function<IdModel.ScoredToken, Next> each) {
    for (int at = 0; at < most; at++) {
      // Which token it is does not matter: another is dictated.
      if (each.apply(new IdModel.ScoredToken(0, 0, true, List.of())) != Next.CONTINUE) {
        return StopReason.CANCELLED;
      }
    }
    return StopReason.MAX_TOKENS;
  }

  private Reply said(Conversation conversation, Listener listener, Writing writing) {
    int[] prompt = engine.prompt(conversation);
    // Each prompt's reply begins somewhere else in the text, and all ways of a round at one
    // place.
    int from = dictated.length == 0 ? 0 : Math.floorMod(Arrays.hashCode(prompt), dictated.length);
    Decoder decoder = engine.tokenizer().stream();
    StringBuilder text = new StringBuilder();
    AtomicInteger count = new AtomicInteger();
    StopReason stop =
        writing.by(
            prompt,
            token -> {
              written.add(System.nanoTime());
              int at = count.getAndIncrement();
              String piece =
                  decoder.push(
                      dictated.length == 0 ? token.id() : dictated[(from + at) % dictated.length]);
              text.append(piece);
              long said = CLOCK.getCurrentThreadCpuTime();
              Next next = listener.piece(piece, at + 1);
              heard.add((CLOCK.getCurrentThreadCpuTime() - said) / 1e9);
              return next;
            });
    return new Reply(text.toString(), stop, prompt.length, count.get(), "");
  }

  @Override
  public Score score(String context, String continuation) {
    return engine.score(context, continuation);
  }

  @Override
  public void close() {
    engine.close();
  }
}
