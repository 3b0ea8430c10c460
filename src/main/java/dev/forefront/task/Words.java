package dev.forefront.task;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The words of a text, where it does not matter how they are written. */
public final class Words {
  private static final Pattern GAPS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private Words() {}

  /** Runs of letters and digits in lower case. */
  public static List<String> of(String text) {
    return Arrays.stream(GAPS.split(text.toLowerCase(Locale.ROOT)))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
