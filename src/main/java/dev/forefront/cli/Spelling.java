package dev.forefront.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what somebody may have meant. */
final class Spelling {

  private Spelling() {}

  /** {@code ; did you mean X?} where a known name is near, otherwise nothing. */
  static String didYouMean(String word, Collection<String> known) {
    String wanted = word.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(name -> distance(wanted, name) <= Math.max(1, (name.length() + 1) / 3))
        .min(Comparator.comparingInt(name -> distance(wanted, name)))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  /** Letters to add, drop or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
