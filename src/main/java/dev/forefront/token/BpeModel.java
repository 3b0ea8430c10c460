package dev.forefront.token;

import java.util.List;

/**
 * A trained byte-level vocabulary.
 *
 * @param specials control tokens, which have the first ids
 * @param vocabulary spelling of every id in order, control tokens included
 * @param merges in the order in which they apply
 * @param split cuts text into words before any merge
 */
public record BpeModel(
    List<String> specials, List<String> vocabulary, List<Merge> merges, Split split) {
  public BpeModel {
    specials = List.copyOf(specials);
    vocabulary = List.copyOf(vocabulary);
    merges = List.copyOf(merges);
  }

  /** Two neighbouring tokens that become one. */
  public record Merge(String left, String right) {}
}
