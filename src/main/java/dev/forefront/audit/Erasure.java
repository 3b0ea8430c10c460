package dev.forefront.audit;

import java.time.Instant;

/** Which texts are to be erased. */
public sealed interface Erasure {

  /** Those with this tag. */
  record Tagged(String tag, String value) implements Erasure {}

  /** Those of entries written before this time. */
  record Before(Instant time) implements Erasure {}

  /** What the entry about it says; never the tag's value, which may name a person. */
  default String by() {
    return switch (this) {
      case Tagged tagged -> tagged.tag();
      case Before before -> "before " + before.time();
    };
  }
}
