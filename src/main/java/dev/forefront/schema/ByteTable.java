package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same texts as {@link ByteStates}, with one state at a time and without those from which no
 * text can be finished.
 */
final class ByteTable {
  /** No text goes on like this. */
  static final int NONE = -1;

  private static final int MOST_STATES = 4_000;
  // Steps of the nondeterministic automaton that are looked at.
  private static final long MOST_WORK = 20_000_000;

  private final List<int[]> next = new ArrayList<>();
  private final BitSet accepting = new BitSet();
  private final BitSet going = new BitSet();

  /**
   * @throws BadInputException where it would become too large
   */
  ByteTable(ByteStates states) {
    Map<BitSet, Integer> numbers = new HashMap<>();
    List<BitSet> sets = new ArrayList<>();
    BitSet begin = new BitSet();
    begin.set(states.begin());
    states.close(begin);
    numbers.put(begin, 0);
    sets.add(begin);
    long work = 0;
    for (int at = 0; at < sets.size(); at++) {
      BitSet set = sets.get(at);
      accepting.set(at, set.get(states.end()));
      BitSet[] reached = new BitSet[256];
      for (int state = set.nextSetBit(0); state >= 0; state = set.nextSetBit(state + 1)) {
        for (ByteStates.Step step : states.steps(state)) {
          for (int b = step.from(); b <= step.to(); b++) {
            reached[b] = reached[b] == null ? new BitSet() : reached[b];
            reached[b].set(step.next());
            work++;
          }
        }
      }
      int[] row = new int[256];
      Arrays.fill(row, NONE);
      Map<BitSet, Integer> closed = new HashMap<>();
      for (int b = 0; b < 256; b++) {
        if (reached[b] != null) {
          row[b] = closed.computeIfAbsent(reached[b], raw -> number(raw, states, numbers, sets));
        }
      }
      next.add(row);
      work += set.cardinality();
      if (sets.size() > MOST_STATES || work > MOST_WORK) {
        throw new BadInputException("the pattern has too many ways to go on: make it simpler");
      }
    }
    prune();
  }

  private static int number(
      BitSet raw, ByteStates states, Map<BitSet, Integer> numbers, List<BitSet> sets) {
    BitSet all = (BitSet) raw.clone();
    states.close(all);
    return numbers.computeIfAbsent(
        all,
        fresh -> {
          sets.add(fresh);
          return sets.size() - 1;
        });
  }

  /** Takes away the ways to states from which no accepting one is reached. */
  private void prune() {
    List<List<Integer>> before = new ArrayList<>();
    for (int state = 0; state < next.size(); state++) {
      before.add(new ArrayList<>());
    }
    for (int state = 0; state < next.size(); state++) {
      for (int to : next.get(state)) {
        if (to != NONE && (before.get(to).isEmpty() || before.get(to).getLast() != state)) {
          before.get(to).add(state);
        }
      }
    }
    BitSet live = (BitSet) accepting.clone();
    List<Integer> left = new ArrayList<>(live.stream().boxed().toList());
    while (!left.isEmpty()) {
      for (int from : before.get(left.removeLast())) {
        if (!live.get(from)) {
          live.set(from);
          left.add(from);
        }
      }
    }
    for (int state = 0; state < next.size(); state++) {
      int[] row = next.get(state);
      for (int b = 0; b < row.length; b++) {
        row[b] = row[b] != NONE && live.get(row[b]) ? row[b] : NONE;
        going.set(state, going.get(state) || row[b] != NONE);
      }
    }
    if (!live.get(0)) {
      next.set(0, new int[0]);
    }
  }

  /** Whether no text matches. */
  boolean isEmpty() {
    return next.getFirst().length == 0;
  }

  int next(int state, int unsignedByte) {
    return next.get(state)[unsignedByte];
  }

  boolean accepts(int state) {
    return accepting.get(state);
  }

  boolean goesOn(int state) {
    return going.get(state);
  }
}
