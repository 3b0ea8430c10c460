package dev.forefront.release;

import java.util.regex.Pattern;

/**
 * What a figure is about.
 *
 * @param suite the exam, such as {@code harmful}
 * @param metric the figure, such as {@code refusal_rate}
 * @param hazard of the requests that the figure is limited to, S1 to S14; empty where it is about
 *     all of the exam's samples
 */
record Subject(String suite, String metric, String hazard) {
  private static final Pattern HAZARD = Pattern.compile("S([1-9]|1[0-4])");

  static boolean isHazard(String text) {
    return HAZARD.matcher(text).matches();
  }

  /** Whether the figure is a share of samples, between 0 and 1. */
  boolean isShare() {
    return metric.endsWith("_rate") || metric.equals("accuracy");
  }

  @Override
  public String toString() {
    return suite + "/" + metric + (hazard.isEmpty() ? "" : " for " + hazard);
  }
}
