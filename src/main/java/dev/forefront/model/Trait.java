package dev.forefront.model;

/**
 * One way in which a family departs from the skeleton that all share: embedding, blocks of
 * attention and gated feed-forward on normalised copies that are added back, norm, head.
 */
public enum Trait {
  /** Attention and feed-forward read a normalised copy of the residual stream. */
  NORM_BEFORE,
  /** What attention and feed-forward give is normalised before it is added. */
  NORM_AFTER,
  /** Query, key and value projections have a bias, though no key of config.json says so. */
  BIAS,
  /** RMSNorm over each head of query and key before the rotation. */
  HEAD_NORM,
  /** RMSNorm over all heads of query, and all of key, together. */
  WIDTH_NORM,
  /** Norms multiply by one plus their weight. */
  SHIFTED_NORM,
  /** The embedding is multiplied by the square root of its width. */
  SCALED_EMBEDDING,
  /** The gate is GELU in its tanh form, not SiLU. */
  GELU,
  /** Query, key and value are one tensor in the file, and so are gate and up. */
  FUSED,
  /** Output head and embedding are one where config.json does not speak of it. */
  TIED,
  /** GGUF files hold rows of query and key with the two halves of a head interleaved. */
  INTERLEAVED,
  /** GGUF files hold norm weights with the one added. */
  SHIFTED_IN_GGUF
}
