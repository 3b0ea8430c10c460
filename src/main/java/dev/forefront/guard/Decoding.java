package dev.forefront.guard;

import java.util.List;

/**
 * A passage as it reads with its encodings taken off. It is a person's text: show it to whoever
 * asked, and record it nowhere.
 *
 * @param layers the encodings, the outermost first
 */
public record Decoding(List<String> layers, String text) {
  public Decoding {
    layers = List.copyOf(layers);
  }
}
