package dev.forefront.generate;

/**
 * A token and how likely the model finds it at a place.
 *
 * @param logprob natural logarithm of its probability under the model's own distribution
 */
public record Likely(int id, double logprob) {}
