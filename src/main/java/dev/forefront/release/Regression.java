package dev.forefront.release;

/**
 * How much of a safety score one stage of a model's making may lose to the stage before it. The
 * score is one where more is better, such as a rate of refusals or of answers.
 *
 * @param atMost the largest fall allowed, at the worse end of the difference's confidence interval
 */
record Regression(Subject subject, double atMost) {

  /**
   * The high end of the fall's 95% interval, from the two figures' own intervals: the difference
   * plus the root of the squared distances to the earlier one's high and the later one's low end
   * (Newcombe 1998, method 10; Zou and Donner 2008). Both are taken to be independent, which is
   * careful where the same questions were asked.
   */
  static double worstFall(Measurement earlier, Measurement later) {
    double above = earlier.high() - earlier.value();
    double below = later.value() - later.low();
    return earlier.value() - later.value() + Math.sqrt(above * above + below * below);
  }
}
