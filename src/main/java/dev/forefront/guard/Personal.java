package dev.forefront.guard;

/** What becomes of personal data and secrets on their way to the model and back. */
public enum Personal {
  /**
   * The model reads placeholders such as {@code <EMAIL_1>}, which are turned back on the way out;
   * what the model says by itself is taken out.
   */
  REDACT,
  /** They pass as they are. */
  KEEP
}
