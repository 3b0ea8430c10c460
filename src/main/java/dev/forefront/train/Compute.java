package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.Computing;
import dev.forefront.tensor.Device;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe says about where it is computed. It decides the last digits of the weights alone,
 * so a run may go on elsewhere.
 *
 * @param tf32 see {@link Computing#tf32}
 */
public record Compute(Where device, Precision precision, boolean tf32) {
  /** A graphics card where there is one. */
  public static final Compute USUAL = new Compute(Where.AUTO, Precision.AUTO, false);

  /** Devices by name. */
  public enum Where {
    /** A graphics card where there is one, else the processors. */
    AUTO(null),
    CPU(Device.CPU),
    CUDA(Device.CUDA);

    private final @Nullable Device device;

    Where(@Nullable Device device) {
      this.device = device;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Numbers that products are taken in, by name. */
  public enum Precision {
    /** bfloat16 on a graphics card, float32 on processors. */
    AUTO(null),
    FLOAT32(Computing.Products.FLOAT32),
    BFLOAT16(Computing.Products.BFLOAT16);

    private final Computing.@Nullable Products products;

    Precision(Computing.@Nullable Products products) {
      this.products = products;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * As the machines of all ranks have it; all call it together.
   *
   * @throws BadInputException where they do not have what is wanted
   */
  public Computing here(Ranks ranks) {
    boolean cards = ranks.haveCards();
    if (device == Where.CUDA && !cards) {
      throw new BadInputException(
          "compute.device: there is no cuda %s; set it to auto or cpu, or see"
                  .formatted(ranks.size() == 1 ? "here" : "of its own for each rank")
              + " docs/reference/train.md for what a graphics card needs");
    }
    Device on = device.device != null ? device.device : cards ? Device.CUDA : Device.CPU;
    if (on == Device.CUDA) {
      ranks.exchangeBetweenCards();
    }
    Computing.Products usual =
        on == Device.CUDA ? Computing.Products.BFLOAT16 : Computing.Products.FLOAT32;
    return new Computing(on, precision.products != null ? precision.products : usual, tf32);
  }
}
