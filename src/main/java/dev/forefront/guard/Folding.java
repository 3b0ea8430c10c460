package dev.forefront.guard;

import java.text.Normalizer;

/** Folds one character to what a reader sees, in lower case. */
final class Folding {

  // Letters of other scripts that look like Latin ones, and the Latin letters they look like.
  private static final String LOOK_ALIKES =
      "аaвbсcԁdеeҽeгrһhіiїiјjкkлnмmнhоoрpгrѕsтtуyүyхxѵvԝwьbзe"
          + "αaβbεeγyηnιiκkνvοoρpτtυuχxωwσoμuζz"
          + "ɑaɡgɩiıiłløođdħhŧtƅbɓbƈcɗdƒfɠgɦhƙkɱmɲnƥpʀrʂsʈtʋvʏyʐzꞵb"
          + "օoսuһhցgոnաwօoքpհhյjƽsℓl";

  private static final char[] FOLD = table();

  private Folding() {}

  private static char[] table() {
    char[] table = new char[0x10000];
    for (int at = 0; at < LOOK_ALIKES.length(); at += 2) {
      table[LOOK_ALIKES.charAt(at)] = LOOK_ALIKES.charAt(at + 1);
    }
    return table;
  }

  /**
   * Appends the folded form of a character that is not ASCII: nothing for marks and for characters
   * that are not shown, several letters for ligatures.
   */
  static void fold(int codePoint, StringBuilder to) {
    if (invisible(codePoint)) {
      return;
    }
    String whole = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD);
    whole.codePoints().forEach(part -> foldPart(part, to));
  }

  private static void foldPart(int part, StringBuilder to) {
    int type = Character.getType(part);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.COMBINING_SPACING_MARK) {
      return;
    }
    int lower = Character.toLowerCase(part);
    char alike = lower < 0x10000 ? FOLD[lower] : 0;
    int negative = enclosed(part);
    to.appendCodePoint(negative != 0 ? negative : alike != 0 ? alike : lower);
  }

  /** Letters in dark circles and squares, regional indicators: NFKD leaves them as they are. */
  private static int enclosed(int part) {
    if (part >= 0x1F150 && part <= 0x1F169) {
      return 'a' + part - 0x1F150;
    }
    if (part >= 0x1F170 && part <= 0x1F189) {
      return 'a' + part - 0x1F170;
    }
    if (part >= 0x1F1E6 && part <= 0x1F1FF) {
      return 'a' + part - 0x1F1E6;
    }
    return 0;
  }

  /** Zero-width, bidirectional and other format characters, variation selectors, fillers. */
  static boolean invisible(int codePoint) {
    return Character.getType(codePoint) == Character.FORMAT
        || hiddenByte(codePoint) >= 0
        || codePoint == 0x034F
        || codePoint == 0x115F
        || codePoint == 0x1160
        || codePoint == 0x3164
        || codePoint == 0xFFA0;
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
}
