package dev.forefront.train;

import java.util.List;

/** Parts of the sentence that says what stopped a run. */
final class Words {
  private static final int SHOWN = 5;

  private Words() {}

  /** Parameters whose gradient is no number. */
  static String broken(List<String> parameters) {
    return parameters.isEmpty()
        ? "every gradient is a number, but their norm is too large for one"
        : "no number any more in the gradient of " + some(parameters);
  }

  /** Documents that the update read. */
  static String read(List<String> documents) {
    return documents.isEmpty()
        ? "Which documents it read is not known"
        : "It read the documents " + some(documents);
  }

  private static String some(List<String> names) {
    return names.size() <= SHOWN
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, SHOWN)), names.size() - SHOWN);
  }
}
