package dev.forefront.data;

/** Numbers of tax offices whose check character leaves little to chance. */
final class NationalIds {

  // Italy, decree of 23 December 1976: what a character counts at odd places, 0-9 and then A-Z.
  private static final int[] ODD = {
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8,
    12, 14, 16, 10, 22, 25, 24, 23
  };
  private static final String SPAIN = "TRWAGMYFPDXBNJZSQVHLCKE";

  private NationalIds() {}

  static boolean isCertain(String text) {
    String plain = text.replace("-", "");
    return plain.length() == 16 ? isItalian(plain) : isSpanish(plain);
  }

  private static boolean isItalian(String text) {
    int sum = 0;
    for (int at = 0; at < 15; at++) {
      int value = Character.digit(text.charAt(at), 36);
      sum += at % 2 == 0 ? ODD[value] : value < 10 ? value : value - 10;
    }
    return text.charAt(15) == 'A' + sum % 26;
  }

  /** DNI and NIE: the letter is the number's remainder by 23. */
  private static boolean isSpanish(String text) {
    String number = text.substring(0, text.length() - 1);
    number = number.replace('X', '0').replace('Y', '1').replace('Z', '2');
    return number.length() == 8
        && text.charAt(text.length() - 1) == SPAIN.charAt(Integer.parseInt(number) % 23);
  }
}
