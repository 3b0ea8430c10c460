package dev.forefront.serve;

/** What of people's words the record keeps. */
public enum Recording {
  /** Sizes and digests alone. */
  DIGESTS,
  /**
   * Conversations and replies too, beside the log under salted commitments, so that {@code audit
   * erase} can take them away again.
   */
  TEXT
}
