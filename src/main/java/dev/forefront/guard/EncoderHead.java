package dev.forefront.guard;

import dev.forefront.generate.Encoder;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How much words in a row look like a request for harm, as an encoder of whole sentences says that
 * has read far more than any guard's texts. Immutable and shared.
 */
final class EncoderHead {
  /** Ids of a window of forty words; words in more pieces are cut off. */
  static final int MOST_IDS = 64;

  /**
   * The highest log odds: where all else finds a text so much more harmless than its limit, nobody
   * need ask.
   */
  static final float MOST = 8;

  private static final float LEAST = -16;

  /**
   * What the encoder says counts twice what heads and phrases say together: of hh-rlhf's first
   * requests, of which no label was read, more are found than once.
   */
  private static final float SHARE = 2;

  private final EncoderFile.Weights weights;
  private final WordPieces pieces;
  private final AtomicBoolean rehearsed = new AtomicBoolean();
  private @Nullable Encoder encoder;

  EncoderHead(EncoderFile.Weights weights) {
    this.weights = weights;
    pieces = new WordPieces(weights.pieces());
  }

  EncoderFile.Weights weights() {
    return weights;
  }

  /** Ids of a text as the encoder reads it. */
  static int[] ids(WordPieces pieces, List<String> words) {
    return pieces.ids(words, MOST_IDS);
  }

  /** What is added to the log odds of words in a row; no number where something is broken. */
  float score(List<String> words) {
    prepare();
    float[] mean = encoder().mean(ids(pieces, words));
    float[] answer = weights.numbers(EncoderFile.ANSWER);
    float odds = weights.numbers(EncoderFile.BIAS)[0];
    for (int at = 0; at < mean.length; at++) {
      odds += mean[at] * answer[at];
    }
    // What is no number must not look like one.
    return Float.isNaN(odds) ? Float.NaN : Math.clamp(SHARE * odds, LEAST, MOST);
  }

  /**
   * Begins what makes it fast, on a thread of its own. Texts of the seconds until then are read by
   * plain loops; the first one begins it too.
   */
  void prepare() {
    if (rehearsed.compareAndSet(false, true)) {
      Thread.ofPlatform().name("guard-encoder").daemon().start(() -> encoder().rehearse());
    }
  }

  /** Laid out when it is first needed: most commands never ask. */
  private synchronized Encoder encoder() {
    Encoder known = encoder;
    if (known == null) {
      known = new Encoder(weights.shape(), weights.words()::read, weights::numbers);
      encoder = known;
    }
    return known;
  }
}
