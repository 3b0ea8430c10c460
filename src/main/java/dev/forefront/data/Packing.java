package dev.forefront.data;

/**
 * What packing did.
 *
 * @param documents packed
 * @param tokens packed, padding not counted
 * @param targets tokens that count in the loss
 * @param padding places left empty
 * @param truncated conversations that lost their last turns because the row was too short
 * @param dropped documents of which nothing could be used
 */
public record Packing(
    long documents, long tokens, long targets, long padding, long truncated, long dropped) {

  /** One line for people. */
  public String summary() {
    return "%,d documents, %,d tokens of which %,d are learnt, %,d places empty, %,d conversations cut, %,d documents dropped"
        .formatted(documents, tokens, targets, padding, truncated, dropped);
  }
}
