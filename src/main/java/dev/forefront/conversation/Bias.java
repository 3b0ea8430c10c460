package dev.forefront.conversation;

import java.util.List;

/**
 * Makes a token likelier or less likely at places where certain tokens come before it.
 *
 * @param ids the token is the last one; prompt and reply must end with the others
 * @param value added to the logit; minus infinity forbids the token there
 */
public record Bias(List<Integer> ids, float value) {

  public Bias {
    ids = List.copyOf(ids);
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("a bias needs a token");
    }
    if (Float.isNaN(value) || value == Float.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("a bias must be a number, not " + value);
    }
  }

  /** For a token at any place. */
  public static Bias of(int id, float value) {
    return new Bias(List.of(id), value);
  }
}
