package dev.forefront.train;

import dev.forefront.model.Transformer;
import java.util.List;
import java.util.Map;

/** What an update makes smaller. */
public interface Objective {

  /**
   * What one update saw.
   *
   * @param loss as published: the mean over everything that counted in this update
   * @param tokens that were read
   * @param watched further figures for people, by name
   */
  record Measured(double loss, long tokens, Map<String, Double> watched) {
    public Measured {
      watched = Map.copyOf(watched);
    }
  }

  /**
   * Fills the gradients of the model's parameters for one update; they are empty when called, and a
   * scope is open. The same step gives the same gradients whatever was asked before: resuming
   * depends on it. Where nothing counts, the gradients stay empty and no update follows.
   *
   * @param step from 0
   */
  Measured gradients(Transformer model, int step);

  /**
   * The same for one of several ranks: gradients and figures are those of all together. One that
   * does not know how to share its work is computed by a process that is alone.
   */
  default Measured gradients(Transformer model, int step, Exchange exchange) {
    if (exchange.ranks().size() > 1) {
      throw new IllegalStateException("this stage is trained by one rank alone");
    }
    return gradients(model, step);
  }

  /** Names of the documents that the update reads, where they are known: for a person to look. */
  default List<String> documents(int step) {
    return List.of();
  }
}
