package dev.forefront.token;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.forefront.conversation.BadInputException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * The Hugging Face library behind one handle. Safe to call from any thread; the native memory goes
 * with the last reference to it.
 */
final class NativeTokenizer {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final TokenizersLibrary LIBRARY = library();

  private final long handle;

  /** Loading this class is all there is to do. */
  static void load() {}

  /**
   * @param json the text of a {@code tokenizer.json}
   * @param origin for the message, where the text came from
   */
  NativeTokenizer(String json, String origin) {
    try {
      handle = LIBRARY.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new BadInputException(
          origin + " is no tokenizer that can be read: " + e.getMessage(), e);
    }
    CLEANER.register(this, new Release(handle));
  }

  /**
   * @param processing whether the post-processor adds its tokens (begin of text and the like)
   */
  Encoded encode(String text, Processing processing) {
    long encoding = LIBRARY.encode(handle, wellFormed(text), processing == Processing.FULL);
    try {
      return new Encoded(narrow(LIBRARY.getTokenIds(encoding)), NO_SPANS);
    } finally {
      LIBRARY.deleteEncoding(encoding);
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Like {@link #encode} without post-processor tokens, and with each token's place in the text.
   */
  Encoded encodeWithSpans(String text) {
    long encoding = LIBRARY.encode(handle, wellFormed(text), false);
    try {
      CharSpan[] found = LIBRARY.getTokenCharSpans(encoding);
      int[][] spans = new int[found.length][];
      for (int i = 0; i < found.length; i++) {
        CharSpan span = found[i];
        spans[i] = span == null ? new int[] {0, 0} : new int[] {span.getStart(), span.getEnd()};
      }
      return new Encoded(narrow(LIBRARY.getTokenIds(encoding)), spans);
    } finally {
      LIBRARY.deleteEncoding(encoding);
      Reference.reachabilityFence(this);
    }
  }

  /** The vocabulary's spelling of each token of a text. */
  String[] tokens(String text, Processing processing) {
    long encoding = LIBRARY.encode(handle, wellFormed(text), processing == Processing.FULL);
    try {
      return LIBRARY.getTokens(encoding);
    } finally {
      LIBRARY.deleteEncoding(encoding);
      Reference.reachabilityFence(this);
    }
  }

  String decode(int[] ids, Controls controls) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    try {
      return LIBRARY.decode(handle, wide, controls == Controls.HIDDEN);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  enum Processing {
    NONE,
    FULL
  }

  enum Controls {
    SHOWN,
    HIDDEN
  }

  /**
   * @param spans begin and end of each token in code points; empty where they were not asked for
   */
  record Encoded(int[] ids, int[][] spans) {}

  private static final int[][] NO_SPANS = {};

  /** Half a surrogate pair has no UTF-8; it becomes U+FFFD, as a decoder would have made of it. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return mended(text);
      }
    }
    return text;
  }

  private static String mended(String text) {
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  private static int[] narrow(long[] wide) {
    int[] ids = new int[wide.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) wide[i];
    }
    return ids;
  }

  private static TokenizersLibrary library() {
    TokenizersFile.load();
    return TokenizersLibrary.LIB;
  }

  private record Release(long handle) implements Runnable {
    @Override
    public void run() {
      LIBRARY.deleteTokenizer(handle);
    }
  }
}
