package dev.forefront.model;

import java.util.List;
import java.util.stream.IntStream;

/** Which layers see a sliding window only, where the file does not list them. */
enum Windowing {
  NEVER,
  /** All, where config.json gives a window. */
  ALWAYS,
  /** Those from {@code max_window_layers} on, where {@code use_sliding_window} is true. */
  UPPER,
  /** The first of every two. */
  EVERY_SECOND,
  /** All but the last of every {@code sliding_window_pattern}, six where it is not given. */
  FIVE_OF_SIX;

  /**
   * @param parameter {@code max_window_layers} or the length of the pattern
   */
  List<Boolean> layers(int count, int parameter) {
    return IntStream.range(0, count)
        .mapToObj(
            layer ->
                switch (this) {
                  case NEVER -> false;
                  case ALWAYS -> true;
                  case UPPER -> layer >= parameter;
                  case EVERY_SECOND -> layer % 2 == 0;
                  case FIVE_OF_SIX -> (layer + 1) % parameter != 0;
                })
        .toList();
  }
}
