package dev.forefront.model;

/** Where a way back through the model gets from what the way forward computed. */
public enum Recall {
  /** All of it is kept. */
  KEEP,
  /**
   * Each block's input is kept, the rest is computed again block by block (Chen et al. 2016,
   * section 4): a third more work, for the memory of one block instead of all.
   */
  RECOMPUTE
}
