package dev.forefront.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a document did not enter a corpus. */
public enum Drop {
  /** Nothing but space. */
  EMPTY,
  /** Control characters: no text. */
  BINARY,
  /** Bytes that are no UTF-8 stood in it. */
  BROKEN_ENCODING,
  /** A conversation without turns in order, with an empty turn, or without a reply. */
  MALFORMED_DIALOGUE,
  /** Tables, markup, encoded data. */
  NOT_PROSE,
  /** One line over and over. */
  REPETITIVE,
  /** Shares words with a held-out task. */
  CONTAMINATED,
  /** The same words as an earlier document. */
  EXACT_DUPLICATE,
  /** Almost the same words as an earlier document. */
  NEAR_DUPLICATE;

  @JsonValue
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
