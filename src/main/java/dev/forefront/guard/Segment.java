package dev.forefront.guard;

import java.util.function.Consumer;

/**
 * The newest stretch of a text, kept as long as something in it may be encoded. Ordinary text is
 * dropped sentence by sentence, so that decoders see only what gives reason to look.
 */
final class Segment {

  private static final int LONGEST = 4160;
  private static final int LONGEST_OF_WORDS = 480;
  private static final int LONG_CHUNK = 64;
  private static final int CONTEXT = 160;
  private static final int OVERLAP = 120;
  private static final int OVERLAP_OF_CODES = 1200;
  // Divisible by the group lengths of base32, base64 and base85.
  private static final int GROUP = 40;
  private static final int CALM = 8;
  private static final int CODES = 4;
  private static final int LEAST_ODD = 3;
  private static final int LEAST_HIDDEN = 4;
  private static final int LEAST_RUN = 6;
  private static final long NOWHERE = Long.MAX_VALUE;

  private final int patience;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder hidden = new StringBuilder();
  private int hiddenBits;
  private int bits;
  private int odd;
  private int calm;
  private int codes;
  private int chunk = -1;
  private int lastLength;
  private int longestOdd;
  private boolean coded;
  private boolean words;
  private boolean sentenceEnded;
  private long read;
  private long chunkFrom = NOWHERE;
  private long codesFrom = NOWHERE;
  private long oddFrom = NOWHERE;

  /**
   * @param patience characters of odd text to wait for more; a chunk without a space is waited for
   *     longer
   */
  Segment(int patience) {
    this.patience = patience;
  }

  /**
   * Takes one folded character.
   *
   * @param at where it stands in what was read
   */
  void take(char c, long at) {
    if (Character.isWhitespace(c)) {
      endChunk();
    } else if (chunk < 0) {
      chunk = text.length();
      chunkFrom = at;
    }
    text.append(c);
    read = at;
  }

  /** Takes a character that is not shown. */
  void takeHidden(int codePoint, long at) {
    int smuggled = Folding.hiddenByte(codePoint);
    int bit = Folding.hiddenBit(codePoint);
    if (smuggled < 0 && bit < 0 || hidden.length() >= LONGEST) {
      return;
    }
    if (smuggled >= 0) {
      hidden.append((char) smuggled);
    } else {
      hiddenBits = hiddenBits << 1 | bit;
      bits++;
      if (bits == 8) {
        hidden.append((char) (hiddenBits & 0xff));
        bits = 0;
        hiddenBits = 0;
      }
    }
    oddFrom = Math.min(oddFrom, at);
    calm = 0;
  }

  void endChunk() {
    if (chunk < 0) {
      return;
    }
    int kind = Chunks.odd(text, chunk, text.length());
    lastLength = text.length() - chunk;
    words = kind != Chunks.CODE && !Chunks.hasFigures(text, chunk, text.length());
    sentenceEnded = Chunks.endsSentence(text, chunk, text.length());
    if (kind == Chunks.CODE) {
      codesFrom = codes == 0 ? chunkFrom : codesFrom;
      codes++;
      kind = codes >= CODES ? lastLength : 0;
      oddFrom = codes == CODES ? Math.min(oddFrom, codesFrom) : oddFrom;
    } else {
      codes = 0;
    }
    if (kind > 0) {
      odd += kind;
      longestOdd = Math.max(longestOdd, lastLength);
      coded |= !words;
      calm = 0;
      oddFrom = Math.min(oddFrom, chunkFrom);
    } else {
      calm++;
    }
    chunk = -1;
    chunkFrom = NOWHERE;
  }

  /** Whether it is time to decode: a sentence has ended, or all was calm for a while. */
  boolean isDue() {
    if (text.length() >= LONGEST || hidden.length() >= LONGEST) {
      return true;
    }
    if (chunk >= 0) {
      return false;
    }
    // A word in letters apart is not cut in two, however long the text was odd before.
    boolean spellsOut = calm == 0 && lastLength == 1;
    if (oddFrom != NOWHERE && (calm >= CALM || read - oddFrom >= patience && !spellsOut)) {
      return true;
    }
    return sentenceEnded && lastLength < LONG_CHUNK / 4
        || text.length() >= LONGEST_OF_WORDS && lastLength < LONG_CHUNK && words;
  }

  boolean isOdd() {
    return odd >= LEAST_ODD || hidden.length() >= LEAST_HIDDEN;
  }

  /** The decoders that may find something here, given what made it odd. */
  void decode(Consumer<Decoded> to) {
    String passage = text.toString();
    if (longestOdd >= LEAST_RUN || chunk >= 0) {
      Decoder.OF_RUNS.forEach(decoder -> decoder.decode(passage, to));
    }
    if (coded || chunk >= 0) {
      Decoder.OF_CODES.forEach(decoder -> decoder.decode(passage, to));
    }
    Decoder.OF_WORDS.forEach(decoder -> decoder.decode(passage, to));
  }

  int length() {
    return text.length() + hidden.length();
  }

  /** What the characters that are not shown say, or the empty string. */
  String hidden() {
    return hidden.length() < LEAST_HIDDEN ? "" : Printable.text(bytes());
  }

  private byte[] bytes() {
    byte[] bytes = new byte[hidden.length()];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) hidden.charAt(at);
    }
    return bytes;
  }

  /** The whole text has ended or was decoded to its end. */
  void clear() {
    text.setLength(0);
    chunk = -1;
    chunkFrom = NOWHERE;
    forget();
  }

  private void forget() {
    hidden.setLength(0);
    bits = 0;
    hiddenBits = 0;
    odd = 0;
    longestOdd = 0;
    coded = false;
    calm = 0;
    codes = 0;
    sentenceEnded = false;
    oddFrom = NOWHERE;
    codesFrom = NOWHERE;
  }

  /** Was decoded or found plain: keeps what a word or a group that goes on may need. */
  void cut() {
    boolean ended = sentenceEnded && chunk < 0;
    int keep = !isOdd() ? CONTEXT : words && chunk < 0 ? OVERLAP : OVERLAP_OF_CODES;
    int keepFrom = text.length() - Math.min(text.length() / 2, keep);
    if (ended) {
      keepFrom = text.length();
    } else if (chunk >= 0 && chunk < keepFrom) {
      keepFrom = chunk + (keepFrom - chunk) / GROUP * GROUP;
    } else {
      while (keepFrom > 0
          && keepFrom < text.length()
          && !Character.isWhitespace(text.charAt(keepFrom - 1))) {
        keepFrom++;
      }
    }
    text.delete(0, keepFrom);
    chunk = chunk < 0 ? -1 : Math.max(0, chunk - keepFrom);
    forget();
  }

  /** From where on the text read so far is not yet judged; at most {@code read}. */
  long heldFrom(long read) {
    return Math.min(read, Math.min(oddFrom, chunkFrom));
  }
}
