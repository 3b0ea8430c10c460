package dev.forefront.guard;

import dev.forefront.guard.Word.Reading;
import java.util.function.Consumer;

/**
 * Turns text, as it comes, into words as the stages read them, in time linear in the text and with
 * bounded memory. Reads beside the plain words: figures as letters, letters written apart, one
 * layer of base64, hexadecimal, ROT13 and characters that are not shown.
 */
final class Scanner {

  /** How many words the end of a sentence counts for. */
  static final int SENTENCE_GAP = 4;

  private static final int LONGEST_WORD = 64;
  private static final int LONGEST_RUN = 1024;
  private static final int LEAST_RUN = 16;
  private static final int LEAST_JOINED = 4;

  /** How deep a scanner looks. */
  enum Depth {
    /** Plain text, respelled text and encoded text. */
    ALL,
    /** Text that was itself decoded: no second layer. */
    DECODED
  }

  private final Consumer<Word> out;
  private final Depth depth;
  private final StringBuilder word = new StringBuilder();
  private final StringBuilder spelled = new StringBuilder();
  private final StringBuilder run = new StringBuilder();
  private final StringBuilder letters = new StringBuilder();
  private final StringBuilder pairs = new StringBuilder();
  private final StringBuilder hidden = new StringBuilder();
  private final StringBuilder folded = new StringBuilder();
  private int position;
  private boolean sentenceEnds;
  private char highSurrogate;
  private long consumed;
  private long open = -1;

  Scanner(Depth depth, Consumer<Word> out) {
    this.depth = depth;
    this.out = out;
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
    endRun();
    endLetters();
    endPairs();
    endHidden();
    position += SENTENCE_GAP;
    open = -1;
  }

  /** How many chars of the text have been read into words for good. */
  long settledTo() {
    return open < 0 ? consumed : open;
  }

  private void take(int codePoint) {
    trackRun(codePoint);
    if (codePoint < 128) {
      takeFolded(Character.toLowerCase((char) codePoint));
    } else {
      int smuggled = depth == Depth.ALL ? Folding.hiddenByte(codePoint) : -1;
      if (smuggled >= 0 && hidden.length() < LONGEST_RUN) {
        hidden.append((char) smuggled);
      }
      folded.setLength(0);
      Folding.fold(codePoint, folded);
      for (int at = 0; at < folded.length(); at++) {
        takeFolded(folded.charAt(at));
      }
    }
    boolean pending =
        !word.isEmpty()
            || !spelled.isEmpty()
            || run.length() >= LEAST_RUN
            || letters.length() > 1
            || pairs.length() > 2
            || !hidden.isEmpty();
    if (!pending) {
      open = -1;
    } else if (open < 0) {
      open = consumed;
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
    if (c == '\'' || c == '\u2019' || c == '`') {
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
      position += SENTENCE_GAP;
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
    gather(text);
    position++;
    emit(text, depth == Depth.ALL ? Reading.PLAIN : Reading.DECODED);
    if (depth == Depth.ALL) {
      emit(Spelling.rot13(text), Reading.ROT13);
    }
  }

  /** Letters written apart, and bytes written as pairs of hexadecimal figures. */
  private void gather(String text) {
    if (text.length() == 1 && letters.length() < LONGEST_RUN) {
      letters.append(text);
    } else {
      endLetters();
    }
    if (depth == Depth.ALL && text.length() == 2 && Encodings.isHexadecimal(text)) {
      pairs.append(text);
      if (pairs.length() >= LONGEST_RUN) {
        endPairs();
      }
    } else {
      endPairs();
    }
  }

  private void endSpelled() {
    if (spelled.isEmpty()) {
      return;
    }
    for (String reading : Spelling.readings(spelled)) {
      emit(reading, depth == Depth.ALL ? Reading.RESPELLED : Reading.DECODED);
    }
    spelled.setLength(0);
  }

  private void endLetters() {
    if (letters.length() >= LEAST_JOINED) {
      emit(letters.toString(), Reading.JOINED);
      for (String reading : Spelling.readings(letters)) {
        emit(reading, Reading.JOINED);
      }
    }
    letters.setLength(0);
  }

  private void trackRun(int codePoint) {
    if (depth != Depth.ALL || Folding.invisible(codePoint)) {
      return;
    }
    if (Encodings.inAlphabet(codePoint)) {
      run.append((char) codePoint);
      if (run.length() >= LONGEST_RUN) {
        endRun();
      }
    } else {
      endRun();
    }
  }

  private void endRun() {
    if (run.length() >= LEAST_RUN) {
      decoded(Encodings.decode(run.toString()));
    }
    run.setLength(0);
  }

  private void endPairs() {
    if (pairs.length() >= LEAST_RUN) {
      decoded(Encodings.decode(pairs.toString()));
    }
    pairs.setLength(0);
  }

  private void endHidden() {
    if (hidden.length() >= LEAST_JOINED) {
      decoded(hidden.toString());
    }
    hidden.setLength(0);
  }

  private void decoded(String text) {
    if (text.isEmpty()) {
      return;
    }
    Scanner inner = new Scanner(Depth.DECODED, out);
    inner.position = position;
    inner.read(text);
    inner.finish();
    position = inner.position;
  }

  private void emit(String text, Reading reading) {
    out.accept(new Word(text, position, reading));
  }
}
