package dev.forefront.evaluate;

import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Score;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Perplexity and bits per byte on held-out texts. A text longer than the model's context is read in
 * pieces, each after the piece before it. Bits per byte compares models with different tokenizers.
 */
public final class Perplexity implements Suite {

  private static final int LEAST_PIECE = 16;

  private final String name;
  private final List<String> texts;
  private final String digest;

  /** What a model made of one text. */
  private record Reading(double logprob, long tokens, long bytes) {}

  public Perplexity(String name, List<String> texts) {
    this.name = name;
    this.texts = texts.stream().filter(text -> !text.isBlank()).toList();
    this.digest = Digests.of(this.texts);
    if (this.texts.isEmpty()) {
      throw new IllegalArgumentException("perplexity of no text");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long items() {
    return texts.size();
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public Measurement measure(LanguageModel model, EvaluationSettings settings, LongConsumer done) {
    Answers<Reading> answers =
        Answers.ask(texts, settings.concurrency(), text -> read(model, text), done);
    List<Result> results = new ArrayList<>();
    List<Reading> readings = answers.given();
    if (!readings.isEmpty()) {
      results.add(result("heldout_perplexity", readings, Perplexity::perplexity));
      results.add(result("bits_per_byte", readings, Perplexity::bitsPerByte));
    }
    results.addAll(answers.errorRate(name, digest));
    return new Measurement(results, List.of(), answers.problems(name), 0, 0);
  }

  private Result result(String metric, List<Reading> readings, Figure figure) {
    int[] everything = IntStream.range(0, readings.size()).toArray();
    double value = figure.of(readings, everything);
    Interval interval = Interval.bootstrap(readings.size(), 0, drawn -> figure.of(readings, drawn));
    return new Result(
        name,
        metric,
        value,
        Math.min(value, interval.low()),
        Math.max(value, interval.high()),
        readings.size(),
        digest);
  }

  @FunctionalInterface
  private interface Figure {
    double of(List<Reading> readings, int[] drawn);
  }

  private static double perplexity(List<Reading> readings, int[] drawn) {
    double logprob = 0;
    double tokens = 0;
    for (int at : drawn) {
      logprob += readings.get(at).logprob();
      tokens += readings.get(at).tokens();
    }
    return Math.exp(-logprob / Math.max(1, tokens));
  }

  private static double bitsPerByte(List<Reading> readings, int[] drawn) {
    double logprob = 0;
    double bytes = 0;
    for (int at : drawn) {
      logprob += readings.get(at).logprob();
      bytes += readings.get(at).bytes();
    }
    return -logprob / Math.log(2) / bytes;
  }

  private static Reading read(LanguageModel model, String text) {
    double logprob = 0;
    long tokens = 0;
    int from = 0;
    int before = 0;
    // Half a context for the piece, at two characters a token; halved again where that is too much.
    int length = Math.max(LEAST_PIECE, model.contextLength());
    while (from < text.length()) {
      int to = end(text, from, length);
      try {
        Score score = model.score(text.substring(before, from), text.substring(from, to));
        logprob += score.logprob();
        tokens += score.tokens();
      } catch (PromptTooLongException tooLong) {
        if (length <= LEAST_PIECE) {
          throw tooLong;
        }
        length /= 2;
        before = Math.max(before, from - length);
        continue;
      }
      before = from;
      from = to;
    }
    return new Reading(logprob, tokens, text.getBytes(StandardCharsets.UTF_8).length);
  }

  /** Ends a piece before a space where there is one, and never inside a character. */
  private static int end(String text, int from, int length) {
    if (text.length() - from <= length) {
      return text.length();
    }
    int space = text.lastIndexOf(' ', from + length);
    if (space > from) {
      return space;
    }
    int cut = from + length;
    return Character.isLowSurrogate(text.charAt(cut)) ? cut + 1 : cut;
  }
}
