package dev.forefront.guard;

/**
 * How much of a text is known words.
 *
 * @param bits how improbable that is by chance
 * @param known letters in known words
 * @param letters all letters
 */
record Evidence(int bits, int known, int letters) {

  // One in a thousand after the thirty ciphers that are tried, and a run to be read is rare.
  private static final int ENOUGH = 10;

  static Evidence of(CharSequence text) {
    int bits = 0;
    int known = 0;
    int letters = 0;
    long hash = Lexicon.EMPTY;
    int length = 0;
    for (int at = 0; at <= text.length(); at++) {
      char c = at < text.length() ? text.charAt(at) : ' ';
      if (Chunks.isLetter(c)) {
        hash = Lexicon.next(hash, c | 0x20);
        length++;
      } else if (length > 0 && c != '\'') {
        letters += length;
        if (Lexicon.knows(hash)) {
          bits += Lexicon.bits(length);
          known += length;
        }
        hash = Lexicon.EMPTY;
        length = 0;
      }
    }
    return new Evidence(bits, known, letters);
  }

  boolean convinces() {
    return bits >= ENOUGH && known * 2 >= letters;
  }
}
