package dev.forefront.model;

/**
 * The sizes of a {@link Bert}.
 *
 * @param vocabulary ids
 * @param positions the longest text, in tokens
 * @param width numbers of a token
 * @param heads of attention, {@code width / heads} numbers each
 * @param inner numbers between the two products of a feed-forward layer
 */
public record BertShape(
    int vocabulary, int positions, int width, int heads, int inner, int layers) {

  public BertShape {
    if (Math.min(Math.min(vocabulary, positions), Math.min(width, heads)) < 1
        || inner < 1
        || layers < 0
        || width % heads != 0) {
      throw new IllegalArgumentException("an encoder has no such shape");
    }
  }
}
