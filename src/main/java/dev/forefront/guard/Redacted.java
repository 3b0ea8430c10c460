package dev.forefront.guard;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much personal data and how many secrets did not get through, by kind and never by text.
 *
 * @param hidden what the model read as placeholders, such as {@code email}
 * @param removed what the model wrote by itself and nobody got to read
 */
public record Redacted(Map<String, Integer> hidden, Map<String, Integer> removed) {

  public Redacted {
    hidden = Collections.unmodifiableMap(new TreeMap<>(hidden));
    removed = Collections.unmodifiableMap(new TreeMap<>(removed));
  }

  public boolean isEmpty() {
    return hidden.isEmpty() && removed.isEmpty();
  }
}
