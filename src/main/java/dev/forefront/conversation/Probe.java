package dev.forefront.conversation;

import java.util.Arrays;
import java.util.List;

/**
 * Linear heads over a model's residual stream: for each token, each head's score is its bias plus
 * the sum over the chosen layers of the dot product of its weights with the stream after that
 * layer. Immutable; it belongs to one model and is worth nothing on another.
 */
public final class Probe {
  private final String model;
  private final String dtype;
  private final List<Integer> layers;
  private final int width;
  private final float[] bias;
  private final float[] weights;

  /**
   * @param model digest of the model, as {@code sha256:<hex>}; see {@link ModelDigest}
   * @param dtype in which that model computes, such as {@code float32}
   * @param layers that are read, from 0, each once and rising
   * @param width numbers of the stream for each token
   * @param bias one for each head
   * @param weights {@code [layers, heads, width]} row-major
   * @throws IllegalArgumentException where these do not fit each other, or a number is none
   */
  public Probe(
      String model, String dtype, List<Integer> layers, int width, float[] bias, float[] weights) {
    this.model = model;
    this.dtype = dtype;
    this.layers = List.copyOf(layers);
    this.width = width;
    this.bias = bias.clone();
    this.weights = weights.clone();
    if (layers.isEmpty() || width < 1 || bias.length == 0) {
      throw new IllegalArgumentException("a probe has a layer, a width and a head at least");
    }
    for (int at = 0; at < layers.size(); at++) {
      if (layers.get(at) < 0 || at > 0 && layers.get(at) <= layers.get(at - 1)) {
        throw new IllegalArgumentException("a probe's layers rise from 0: not " + layers);
      }
    }
    if (weights.length != (long) layers.size() * width * bias.length) {
      throw new IllegalArgumentException(
          "%d weights do not fit %d layers, %d heads and the width %d"
              .formatted(weights.length, layers.size(), bias.length, width));
    }
    requireNumbers(bias);
    requireNumbers(weights);
  }

  private static void requireNumbers(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("a weight or bias of the probe is no number");
      }
    }
  }

  /** Digest of the model that it belongs to. */
  public String model() {
    return model;
  }

  /** In which that model computes. */
  public String dtype() {
    return dtype;
  }

  public List<Integer> layers() {
    return layers;
  }

  public int width() {
    return width;
  }

  /** How many heads there are. */
  public int heads() {
    return bias.length;
  }

  public float[] bias() {
    return bias.clone();
  }

  /**
   * @param at which of {@link #layers}, from 0
   * @return {@code [heads, width]} row-major
   */
  public float[] weights(int at) {
    int size = heads() * width;
    return Arrays.copyOfRange(weights, at * size, (at + 1) * size);
  }
}
