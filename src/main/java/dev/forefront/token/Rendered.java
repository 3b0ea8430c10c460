package dev.forefront.token;

/**
 * A conversation as the model reads it.
 *
 * @param ids control tokens included
 * @param assistantMask true on the assistant's words and on the token that ends its turn: what
 *     supervised tuning learns from. As long as {@code ids}
 */
public record Rendered(int[] ids, boolean[] assistantMask) {
  public Rendered {
    if (ids.length != assistantMask.length) {
      throw new IllegalArgumentException("ids and mask must have one length");
    }
  }

  public int length() {
    return ids.length;
  }
}
