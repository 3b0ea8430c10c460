package dev.forefront.guard;

import dev.forefront.guard.Word.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns text, as it comes, into words as the stages read them, in time linear in the text and with
 * bounded memory. Reads beside the plain words: figures as letters, and what the {@link Decoder}s
 * find, two layers deep.
 */
final class Scanner {

  /** How many words the end of a sentence counts for. */
  static final int SENTENCE_GAP = 4;

  private static final int NEW_TEXT_GAP = 8;
  private static final int LONGEST_WORD = 64;
  // About as much as the usual hold-back.
  private static final int STREAM_PATIENCE = 64;

  private final Consumer<Word> out;
  private final List<String> layers;
  private final Reach reach;
  private final int depth;
  private final @Nullable Segment segment;
  private final StringBuilder word = new StringBuilder();
  private final StringBuilder spelled = new StringBuilder();
  private final StringBuilder folded = new StringBuilder();
  private boolean sentenceEnds;
  private char highSurrogate;
  private long consumed;
  private long open = -1;

  /** Waits for as much text as it takes to see what is encoded; for text that is there already. */
  Scanner(Consumer<Word> out) {
    this(out, decoding -> {});
  }

  /**
   * What a model writes is shown while it comes: odd text, source code say, waits for little more.
   */
  static Scanner ofStream(Consumer<Word> out) {
    return new Scanner(out, List.of(), new Reach(decoding -> {}), STREAM_PATIENCE);
  }

  /**
   * @param decodings hears every passage that was decoded, before its words
   */
  Scanner(Consumer<Word> out, Consumer<Decoding> decodings) {
    this(out, List.of(), new Reach(decodings), Integer.MAX_VALUE);
  }

  private Scanner(Consumer<Word> out, List<String> layers, Reach reach, int patience) {
    this.out = out;
    this.layers = layers;
    this.reach = reach;
    depth = layers.size();
    segment = depth < Reach.DEEPEST ? new Segment(patience) : null;
  }

  void read(String text) {
    for (int at = 0; at < text.length(); at++) {
      char next = text.charAt(at);
      if (Character.isHighSurrogate(next)) {
        highSurrogate = next;
        continue;
      }
      boolean pair = highSurrogate != 0 && Character.isLowSurrogate(next);
      take(pair ? Character.toCodePoint(highSurrogate, next) : next);
      consumed += pair ? 2 : 1;
      highSurrogate = 0;
    }
  }

  /** The text has ended, or another text begins. */
  void finish() {
    endWord();
    endSpelled();
    if (sentenceEnds) {
      // Whoever writes on after a full stop begins anew; without one the next text may go on.
      reach.advance(depth, NEW_TEXT_GAP);
      sentenceEnds = false;
    }
    if (segment != null) {
      segment.endChunk();
      decode(segment);
      segment.clear();
    }
    reach.advance(depth, SENTENCE_GAP);
    open = -1;
  }

  /** How many chars of the text have been read into words for good. */
  long settledTo() {
    long settled = open < 0 ? consumed : open;
    return segment == null ? settled : segment.heldFrom(settled);
  }

  /** Whether there was more to decode than is reasonable, so that not everything was read. */
  boolean overrun() {
    return reach.overrun();
  }

  private void take(int codePoint) {
    if (codePoint < 128) {
      collect((char) codePoint);
      takeFolded(Character.toLowerCase((char) codePoint));
    } else {
      takeOther(codePoint);
    }
    if (segment != null && segment.isDue()) {
      decode(segment);
      segment.cut();
    }
    if (word.isEmpty() && spelled.isEmpty()) {
      open = -1;
    } else if (open < 0) {
      open = consumed;
    }
  }

  private void takeOther(int codePoint) {
    folded.setLength(0);
    Folding.fold(codePoint, folded);
    if (folded.isEmpty() && segment != null) {
      segment.takeHidden(codePoint, consumed);
    }
    for (int at = 0; at < folded.length(); at++) {
      collect(folded.charAt(at));
      takeFolded(Character.toLowerCase(folded.charAt(at)));
    }
  }

  private void collect(char c) {
    if (segment != null) {
      segment.take(c, consumed);
    }
  }

  private void takeFolded(char c) {
    if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
      word.append(c);
      spelled.append(c);
      if (word.length() >= LONGEST_WORD) {
        endWord();
        endSpelled();
      }
      return;
    }
    if (c == '\'' || c == '`') {
      return;
    }
    endWord();
    if (Spelling.isSign(c)) {
      spelled.append(c);
      if (spelled.length() >= LONGEST_WORD) {
        endSpelled();
      }
      sentenceEnds |= c == '!';
      return;
    }
    endSpelled();
    if (c == '.' || c == '?' || c == '!' || c == ';' || c == '\n') {
      sentenceEnds = true;
    }
    if (sentenceEnds && Character.isWhitespace(c)) {
      reach.advance(depth, SENTENCE_GAP);
      sentenceEnds = false;
    }
  }

  private void endWord() {
    if (word.isEmpty()) {
      return;
    }
    String text = word.toString();
    word.setLength(0);
    sentenceEnds = false;
    reach.advance(depth, 1);
    emit(text, Reading.PLAIN);
  }

  private void endSpelled() {
    if (spelled.isEmpty()) {
      return;
    }
    for (String reading : Spelling.readings(spelled)) {
      emit(reading, Reading.RESPELLED);
    }
    spelled.setLength(0);
  }

  private void decode(Segment from) {
    if (!from.isOdd()) {
      return;
    }
    if (depth == 0) {
      reach.allow(from.length());
    }
    String hidden = from.hidden();
    if (!hidden.isEmpty()) {
      readInside(new Decoded("invisible", hidden));
    }
    from.decode(this::readInside);
  }

  private void readInside(Decoded decoded) {
    if (!reach.spend(decoded.text().length())) {
      return;
    }
    List<String> inner = new ArrayList<>(layers);
    inner.add(decoded.layer());
    reach.begin(inner, decoded.text());
    Scanner scanner = new Scanner(out, List.copyOf(inner), reach, Integer.MAX_VALUE);
    scanner.read(decoded.text());
    scanner.finish();
  }

  private void emit(String text, Reading reading) {
    out.accept(
        new Word(text, reach.position(depth), depth > 0 ? Reading.DECODED : reading, layers));
  }
}
