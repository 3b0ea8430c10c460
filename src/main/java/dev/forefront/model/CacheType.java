package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * In which numbers the engine keeps the keys and values of tokens that it has read. It is a
 * property of the model, kept in its config.json, and not an option of whoever serves it: what is
 * served is then what was measured.
 */
public enum CacheType {
  /** As they were computed. */
  F32,
  /** Half the memory; the nearest sixteen-bit floats. */
  F16,
  /** A quarter: whole numbers from -127 to 127, with one scale for each head and position. */
  INT8;

  /** The key of config.json; a file without it means {@link #F32}. */
  static final String KEY = "key_value_cache";

  /** As config.json names it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws BadInputException where there is no such type
   */
  static CacheType of(String label, String where) {
    return Arrays.stream(values())
        .filter(type -> type.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s: %s \"%s\" is not supported; known are %s"
                        .formatted(where, KEY, Foreign.shown(label), known())));
  }

  private static List<String> known() {
    return Arrays.stream(values()).map(CacheType::label).toList();
  }
}
