package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is wrong with a recipe, by line. What was changed on the command line has the negative lines
 * -1, -2 and so on.
 */
final class Problems {
  private record Problem(int line, String words) {
    /** The recipe's lines first, then the changes in their order. */
    long place() {
      return line > 0 ? line : Integer.MAX_VALUE - (long) line;
    }
  }

  private final List<Problem> all = new ArrayList<>();
  private final List<String> changes;

  /**
   * @param changes as they were given on the command line
   */
  Problems(List<String> changes) {
    this.changes = changes;
  }

  void add(int line, String words) {
    all.add(new Problem(line, words));
  }

  /**
   * @param source names the recipe
   * @throws BadInputException that lists them, where there are any
   */
  void throwIfAny(String source) {
    if (all.isEmpty()) {
      return;
    }
    List<String> lines =
        all.stream()
            .sorted(Comparator.comparingLong(Problem::place))
            .map(problem -> where(problem.line()) + ": " + problem.words())
            .toList();
    throw new BadInputException(
        lines.size() == 1
            ? source + " " + lines.getFirst()
            : "%s has %d problems:\n  %s"
                .formatted(source, lines.size(), String.join("\n  ", lines)));
  }

  private String where(int line) {
    return line > 0 ? "line " + line : "--set " + changes.get(-line - 1);
  }
}
