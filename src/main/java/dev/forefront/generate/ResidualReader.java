package dev.forefront.generate;

/**
 * Is shown the residual stream inside the pass that computes it, on the engine's thread: be quick,
 * and keep a copy of what is to be kept.
 */
@FunctionalInterface
public interface ResidualReader {
  /**
   * @param layer after which the stream stood so, from 0
   * @param place of the token in its text, from 0; places come in order for each layer
   * @param residual one number for each of the model's width; changed after this call
   */
  void row(int layer, int place, float[] residual);
}
