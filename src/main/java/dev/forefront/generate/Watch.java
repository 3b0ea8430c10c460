package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Probe;
import dev.forefront.model.ModelConfig;
import org.jspecify.annotations.Nullable;

/**
 * A probe laid out for the kernels, as {@link IdModel#watch} makes it; immutable, shared by all
 * sequences that it reads.
 */
public final class Watch {
  /** In which the engine computes. */
  static final String DTYPE = "float32";

  private final @Nullable FloatPanels[] layers;
  private final float[] bias;

  private Watch(@Nullable FloatPanels[] layers, float[] bias) {
    this.layers = layers;
    this.bias = bias;
  }

  /**
   * @throws BadInputException where the probe is not made for such a model
   */
  static Watch of(Probe probe, ModelConfig config) {
    if (probe.width() != config.hiddenSize()
        || probe.layers().getLast() >= config.layers()
        || !probe.dtype().equals(DTYPE)) {
      throw new BadInputException(
          "the probe reads layer %d of width %d in %s, and the model has %d layers of width %d in %s: train a probe on this model"
              .formatted(
                  probe.layers().getLast(),
                  probe.width(),
                  probe.dtype(),
                  config.layers(),
                  config.hiddenSize(),
                  DTYPE));
    }
    @Nullable FloatPanels[] layers = new @Nullable FloatPanels[config.layers()];
    for (int at = 0; at < probe.layers().size(); at++) {
      layers[probe.layers().get(at)] =
          new FloatPanels(probe.weights(at), probe.heads(), probe.width());
    }
    return new Watch(layers, probe.bias());
  }

  int heads() {
    return bias.length;
  }

  float bias(int head) {
    return bias[head];
  }

  /** The weights on the stream after a layer; null where it is not read. */
  @Nullable FloatPanels layer(int layer) {
    return layers[layer];
  }
}
