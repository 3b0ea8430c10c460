package dev.forefront.release;

import dev.forefront.conversation.VerifyingKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who must sign together: so many of a group, or so many of several rules. One key counts once in
 * the whole tree: every place that a rule asks for is filled by a key of its own, so someone who
 * sits in two groups stands for one of them.
 */
sealed interface Rule {
  /** How deep rules may nest. */
  int DEEPEST = 6;

  /** In how many ways a rule may be met. */
  int MOST_WAYS = 200;

  /** So many of these keys. */
  record OfGroup(int least, String group, Set<VerifyingKey> keys) implements Rule {
    public OfGroup {
      keys = Set.copyOf(keys);
    }

    @Override
    public String toString() {
      return least + " of " + group;
    }
  }

  /** So many of these rules: of all of them, or of any one, or of a number between. */
  record OfRules(int least, List<Rule> rules) implements Rule {
    public OfRules {
      rules = List.copyOf(rules);
    }

    @Override
    public String toString() {
      String between = least == rules.size() ? " and " : least == 1 ? " or " : ", ";
      String inner = rules.stream().map(Rule::toString).collect(Collectors.joining(between));
      return least == rules.size() || least == 1
          ? "(" + inner + ")"
          : "%d of (%s)".formatted(least, inner);
    }
  }

  /**
   * Every choice of groups that would do, each with all of its demands.
   *
   * @throws TooManyWays beyond {@value #MOST_WAYS}
   */
  default List<List<OfGroup>> ways() {
    return switch (this) {
      case OfGroup group -> List.of(List.of(group));
      case OfRules tree -> choices(tree.rules(), tree.least());
    };
  }

  private static List<List<OfGroup>> choices(List<Rule> rules, int least) {
    if (least == 0) {
      return List.of(List.of());
    }
    if (rules.size() < least) {
      return List.of();
    }
    List<Rule> rest = rules.subList(1, rules.size());
    List<List<OfGroup>> all = new ArrayList<>(choices(rest, least));
    List<List<OfGroup>> others = choices(rest, least - 1);
    for (List<OfGroup> first : rules.getFirst().ways()) {
      for (List<OfGroup> other : others) {
        List<OfGroup> both = new ArrayList<>(first);
        both.addAll(other);
        all.add(both);
        if (all.size() > MOST_WAYS) {
          throw new TooManyWays();
        }
      }
    }
    return all;
  }

  /** A rule that nobody could look through. */
  final class TooManyWays extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyWays() {
      super("a rule has more than %d ways to be met".formatted(MOST_WAYS));
    }
  }

  /** The smallest number of keys that could do. */
  default int fewest() {
    return ways().stream()
        .mapToInt(way -> way.stream().mapToInt(OfGroup::least).sum())
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  default boolean isMetBy(Set<VerifyingKey> signers) {
    return ways().stream().anyMatch(way -> isFilledBy(way, signers));
  }

  /** Gives every demanded place a key of its own, moving keys between places where need be. */
  private static boolean isFilledBy(List<OfGroup> way, Set<VerifyingKey> signers) {
    Map<VerifyingKey, OfGroup> placeOf = new HashMap<>();
    for (OfGroup group : way) {
      for (int i = 0; i < group.least(); i++) {
        if (!fill(group, signers, placeOf, new HashSet<>())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean fill(
      OfGroup group,
      Set<VerifyingKey> signers,
      Map<VerifyingKey, OfGroup> placeOf,
      Set<VerifyingKey> tried) {
    for (VerifyingKey key : signers) {
      if (!group.keys().contains(key) || !tried.add(key)) {
        continue;
      }
      OfGroup taken = placeOf.get(key);
      if (taken == null || fill(taken, signers, placeOf, tried)) {
        placeOf.put(key, group);
        return true;
      }
    }
    return false;
  }
}
