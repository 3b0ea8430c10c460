package dev.forefront.tensor;

import java.util.Arrays;

/**
 * Tokens that see each other, in the order in which they stand.
 *
 * @param from of each, its first token
 * @param length of each, in tokens
 */
public record Documents(int[] from, int[] length) {

  /** Rows of one length. */
  public static Documents rows(int rows, int length) {
    int[] from = new int[rows];
    int[] lengths = new int[rows];
    Arrays.setAll(from, row -> row * length);
    Arrays.fill(lengths, length);
    return new Documents(from, lengths);
  }

  int count() {
    return from.length;
  }

  /** Tokens of the longest. */
  int longest() {
    return Arrays.stream(length).max().orElse(0);
  }
}
