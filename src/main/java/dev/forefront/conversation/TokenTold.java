package dev.forefront.conversation;

import java.util.List;

/**
 * A token of a reply and how likely the model found it, before anything that {@link Sampling}
 * changes.
 *
 * @param text its own; of a token that is no whole character, with U+FFFD
 * @param bytes in UTF-8; empty for a control token, which has none
 * @param logprob natural logarithm
 * @param likeliest at its place, the likeliest first
 */
public record TokenTold(String text, byte[] bytes, double logprob, List<Likely> likeliest) {

  public TokenTold {
    likeliest = List.copyOf(likeliest);
  }

  /** A token that could have been. */
  public record Likely(String text, byte[] bytes, double logprob) {}
}
