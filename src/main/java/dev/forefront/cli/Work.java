package dev.forefront.cli;

import dev.forefront.model.ModelConfig;

/**
 * What training a model costs.
 *
 * @param length tokens of a row, all of which attention is taken to look at
 */
record Work(ModelConfig config, int length) {

  /**
   * Operations for one token, forward and backward: six for each parameter (Kaplan et al. 2020,
   * section 2.1) and attention's share (Chowdhery et al. 2022, appendix B), whatever is really
   * computed.
   */
  double perToken() {
    return 6.0 * config.parameters()
        + 12.0 * config.layers() * config.heads() * config.headSize() * length;
  }

  /** Share of the machine's peak, in [0, 1] or a little above. */
  double utilization(double tokensPerSecond, double peakGflops) {
    return perToken() * tokensPerSecond / (peakGflops * 1e9);
  }
}
