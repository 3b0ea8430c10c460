package dev.forefront.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of code points.
 *
 * @param ranges sorted, apart from each other
 */
record CharacterSet(List<Range> ranges) {

  /** From the first to the last of them. */
  record Range(int from, int to) {}

  static final CharacterSet EVERY = of(0, Character.MAX_CODE_POINT);
  static final CharacterSet DIGITS = of('0', '9');
  static final CharacterSet WORD = of('A', 'Z', 'a', 'z', '0', '9', '_', '_');
  // What every dialect takes for space, and what any does.
  static final CharacterSet SPACE = of('\t', '\r', ' ', ' ');
  static final CharacterSet ANY_SPACE =
      of(
          '\t', '\r', ' ', ' ', 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000,
          0x200b, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff);
  // Likewise of what ends a line.
  static final CharacterSet ANY_LINE_END = of('\n', '\n', '\r', '\r', 0x85, 0x85, 0x2028, 0x2029);

  CharacterSet {
    ranges = List.copyOf(ranges);
  }

  /**
   * @param ends the first and the last of each range
   */
  static CharacterSet of(int... ends) {
    List<Range> ranges = new ArrayList<>();
    for (int at = 0; at < ends.length; at += 2) {
      ranges.add(new Range(ends[at], ends[at + 1]));
    }
    return merged(ranges);
  }

  private static CharacterSet merged(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingInt(Range::from));
    List<Range> merged = new ArrayList<>();
    for (Range range : sorted) {
      if (!merged.isEmpty() && range.from() <= merged.getLast().to() + 1) {
        Range last = merged.removeLast();
        merged.add(new Range(last.from(), Math.max(last.to(), range.to())));
      } else {
        merged.add(range);
      }
    }
    return new CharacterSet(merged);
  }

  CharacterSet plus(CharacterSet other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return merged(all);
  }

  CharacterSet complement() {
    List<Range> rest = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      if (range.from() > next) {
        rest.add(new Range(next, range.from() - 1));
      }
      next = range.to() + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      rest.add(new Range(next, Character.MAX_CODE_POINT));
    }
    return new CharacterSet(rest);
  }

  CharacterSet minus(CharacterSet other) {
    return complement().plus(other).complement();
  }

  boolean has(int character) {
    return ranges.stream().anyMatch(r -> r.from() <= character && character <= r.to());
  }
}
