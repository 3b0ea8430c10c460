package dev.forefront.tensor;

import java.util.Locale;

/**
 * Where a training is computed, and in what numbers. Weights, gradients and an optimizer's moments
 * are float32 in any case.
 *
 * @param products numbers that products of the forward and backward pass are taken in
 * @param tf32 whether a graphics card may round what it multiplies as float32 to ten bits
 */
public record Computing(Device device, Products products, boolean tf32) {
  /** On the processors, in float32 throughout. */
  public static final Computing PLAIN = new Computing(Device.CPU, Products.FLOAT32, false);

  /** Numbers that products are taken in. */
  public enum Products {
    FLOAT32,
    /** Sixteen bits, as wide as float32: libtorch's autocast rounds each product's operands. */
    BFLOAT16;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Such as {@code cuda, bfloat16}. */
  @Override
  public String toString() {
    return device + ", " + products + (tf32 ? ", tf32" : "");
  }
}
