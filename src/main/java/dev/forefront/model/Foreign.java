package dev.forefront.model;

/** Text out of a file that nobody vouches for, as it may stand in a message. */
final class Foreign {
  private static final int LONGEST = 80;

  private Foreign() {}

  /** Without line ends and other controls, and not longer than a line. */
  static String shown(String text) {
    String begin = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return begin.replaceAll("\\p{Cntrl}", "?");
  }
}
