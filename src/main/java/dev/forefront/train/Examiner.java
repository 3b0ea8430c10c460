package dev.forefront.train;

import dev.forefront.model.Transformer;
import java.util.List;
import java.util.Map;

/**
 * Looks at the model between two updates. It changes neither the model nor anything that training
 * draws from: a run that is looked at makes the same bytes as one that is not.
 */
@FunctionalInterface
public interface Examiner {

  /** What the model wrote on after a prompt. */
  record Sample(String prompt, String text) {}

  /**
   * What a look saw.
   *
   * @param figures for the line of metrics, by name; {@link #HELD_OUT} decides which checkpoint is
   *     the best
   */
  record Findings(Map<String, Double> figures, List<Sample> samples) {
    public Findings {
      figures = Map.copyOf(figures);
      samples = List.copyOf(samples);
    }
  }

  /** The figure's name for the mean loss on text that is not learnt. */
  String HELD_OUT = "held_out_loss";

  /**
   * @param updates done so far
   */
  Findings examine(Transformer model, int updates);
}
