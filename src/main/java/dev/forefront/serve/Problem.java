package dev.forefront.serve;

/** What can be wrong with a request or with its answer. */
enum Problem {
  INVALID,
  FORBIDDEN,
  NOT_FOUND,
  CONFLICT,
  TOO_LARGE,
  TOO_SLOW,
  OVERLOADED,
  /** The record cannot be written, so nothing may be said. */
  UNRECORDED,
  /** The board has stopped the release. */
  STOPPED,
  INTERNAL;

  /** Whether asking the same again would end the same. */
  boolean isFinal() {
    return this != OVERLOADED && this != INTERNAL;
  }
}
