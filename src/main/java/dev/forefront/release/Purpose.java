package dev.forefront.release;

import java.util.Locale;

/** What signatures are gathered for. Stopping and calling back need no quorum: any one key does. */
enum Purpose {
  /** Letting a model out, resuming after a stop, a policy that asks no less than before. */
  RELEASE,
  /** A policy that asks less than before. */
  LARGER,
  /** Another board; of the old one and of the new one. */
  BOARD;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
