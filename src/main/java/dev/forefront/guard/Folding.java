package dev.forefront.guard;

import java.text.Normalizer;

/** Folds one character to what a reader sees, in its case. */
final class Folding {

  private static final int BRAILLE_CAPITAL = 0x2820;
  private static final int BRAILLE_NUMBER = 0x283C;

  private Folding() {}

  /**
   * Appends the folded form of a character that is not ASCII: nothing for marks and for characters
   * that are not shown, several letters for ligatures.
   */
  static void fold(int codePoint, StringBuilder to) {
    if (invisible(codePoint)) {
      return;
    }
    char alike = LookAlikes.of(codePoint);
    if (alike != 0) {
      to.append(alike);
      return;
    }
    String whole = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD);
    for (int at = 0; at < whole.length(); ) {
      int part = whole.codePointAt(at);
      at += Character.charCount(part);
      foldPart(part, to);
    }
  }

  private static void foldPart(int part, StringBuilder to) {
    int type = Character.getType(part);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.COMBINING_SPACING_MARK) {
      return;
    }
    char alike = part < 128 ? 0 : LookAlikes.of(part);
    if (alike != 0) {
      to.append(alike);
    } else {
      to.appendCodePoint(part);
    }
  }

  /** Zero-width, bidirectional and other format characters, variation selectors, fillers. */
  static boolean invisible(int codePoint) {
    return Character.getType(codePoint) == Character.FORMAT
        || hiddenByte(codePoint) >= 0
        || codePoint == 0x034F
        || codePoint == 0x115F
        || codePoint == 0x1160
        || codePoint == 0x3164
        || codePoint == 0xFFA0
        || codePoint == BRAILLE_CAPITAL
        || codePoint == BRAILLE_NUMBER;
  }

  /** The byte that a character which is not shown can smuggle, or -1. */
  static int hiddenByte(int codePoint) {
    if (codePoint >= 0xE0000 && codePoint <= 0xE007F) {
      return codePoint - 0xE0000;
    }
    if (codePoint >= 0xFE00 && codePoint <= 0xFE0F) {
      return codePoint - 0xFE00;
    }
    if (codePoint >= 0xE0100 && codePoint <= 0xE01EF) {
      return codePoint - 0xE0100 + 16;
    }
    return -1;
  }

  /** The bit that a character which is not shown can smuggle, or -1. */
  static int hiddenBit(int codePoint) {
    return switch (codePoint) {
      case 0x2062, 0x200B -> 0;
      case 0x2064, 0x200C, 0x200D -> 1;
      default -> -1;
    };
  }
}
