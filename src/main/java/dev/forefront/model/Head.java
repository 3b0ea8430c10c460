package dev.forefront.model;

/** What a model makes of its last layer's numbers. */
public enum Head {
  /** A logit for each token, by the table that embeds them. */
  TIED,
  /** A logit for each token, by a table of its own. */
  OWN,
  /**
   * One number: how good a reply is that ends here. Hugging Face calls it sequence classification
   * with one label.
   */
  REWARD
}
