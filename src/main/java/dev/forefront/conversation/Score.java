package dev.forefront.conversation;

/**
 * How likely a model finds a continuation.
 *
 * @param logprob natural logarithm, summed over the continuation's tokens
 * @param tokens how many tokens the continuation has
 * @param greedy whether every token was the likeliest one at its place
 */
public record Score(double logprob, int tokens, boolean greedy) {}
