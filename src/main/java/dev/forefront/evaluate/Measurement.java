package dev.forefront.evaluate;

import java.util.List;

/**
 * What one suite found.
 *
 * @param results figures with intervals; empty where nothing could be measured
 * @param examples conversations to show
 * @param problems one sentence for each kind of failure of the model
 * @param replies how many replies were asked for
 * @param ended how many of them the model ended by itself
 */
public record Measurement(
    List<Result> results, List<Example> examples, List<String> problems, long replies, long ended) {

  public Measurement {
    results = List.copyOf(results);
    examples = List.copyOf(examples);
    problems = List.copyOf(problems);
  }
}
