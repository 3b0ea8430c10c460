package dev.forefront.data;

import java.util.List;

/** Batches by number: the same step gives the same batch, whatever was asked before. */
@FunctionalInterface
public interface BatchSource {
  TokenBatch batch(int step);

  /** Names of the documents in a batch, where they are known: for a person to look. */
  default List<String> documents(int step) {
    return List.of();
  }
}
