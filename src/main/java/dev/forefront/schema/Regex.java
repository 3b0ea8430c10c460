package dev.forefront.schema;

import java.util.List;

/** A regular expression over characters. */
sealed interface Regex {
  /** No end of a repetition. */
  int ENDLESS = Integer.MAX_VALUE;

  /** One character of a set. */
  record One(CharacterSet set) implements Regex {}

  /** One after the other; nothing where the list is empty. */
  record All(List<Regex> parts) implements Regex {}

  /** One of several. */
  record Any(List<Regex> parts) implements Regex {}

  /** The same again and again. */
  record Repeated(Regex part, int least, int most) implements Regex {}
}
