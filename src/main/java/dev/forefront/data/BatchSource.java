package dev.forefront.data;

/** Batches by number: the same step gives the same batch, whatever was asked before. */
@FunctionalInterface
public interface BatchSource {
  TokenBatch batch(int step);
}
