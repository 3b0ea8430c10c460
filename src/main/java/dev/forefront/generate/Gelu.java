package dev.forefront.generate;

/** What GELU is computed with in its tanh form, by vectors and by plain loops. */
final class Gelu {
  static final float TWICE = (float) (2 * Math.sqrt(2 / Math.PI));
  static final float CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);

  private Gelu() {}
}
