package dev.forefront.cli;

/** The exit codes that every verb keeps to. */
final class Exit {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;

  /** Of a rank that ends because another one did. */
  static final int RANK_LOST = 4;

  private Exit() {}
}
