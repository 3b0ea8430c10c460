package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import dev.forefront.schema.CharacterSet.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A nondeterministic automaton over the bytes of a JSON string's content: what a regular expression
 * says about characters, in UTF-8 and with the escapes that JSON demands (Thompson 1968).
 */
final class ByteStates {
  private static final int MOST_STATES = 50_000;
  private static final CharacterSet ESCAPED = CharacterSet.of(0, 0x1f, '"', '"', '\\', '\\');
  private static final CharacterSet SURROGATES = CharacterSet.of(0xd800, 0xdfff);
  private static final String WITH_ESCAPES = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";

  /**
   * @param from first byte
   * @param to last byte
   * @param next state
   */
  record Step(int from, int to, int next) {}

  private final List<List<Step>> steps = new ArrayList<>();
  private final List<List<Integer>> free = new ArrayList<>();
  private final int begin;
  private final int end;

  /**
   * @throws BadInputException where it would become too large
   */
  ByteStates(Regex regex) {
    begin = state();
    end = state();
    build(regex, begin, end);
  }

  int begin() {
    return begin;
  }

  int end() {
    return end;
  }

  List<Step> steps(int state) {
    return steps.get(state);
  }

  /** Adds all states that are reached without a byte. */
  void close(BitSet states) {
    List<Integer> left = new ArrayList<>(states.stream().boxed().toList());
    while (!left.isEmpty()) {
      for (int next : free.get(left.removeLast())) {
        if (!states.get(next)) {
          states.set(next);
          left.add(next);
        }
      }
    }
  }

  private int state() {
    if (steps.size() == MOST_STATES) {
      throw new BadInputException("the pattern repeats too much: make it smaller");
    }
    steps.add(new ArrayList<>());
    free.add(new ArrayList<>());
    return steps.size() - 1;
  }

  private void build(Regex regex, int from, int to) {
    switch (regex) {
      case Regex.One one -> one(one.set(), from, to);
      case Regex.All all -> {
        int at = from;
        for (Regex part : all.parts()) {
          int next = state();
          build(part, at, next);
          at = next;
        }
        free.get(at).add(to);
      }
      case Regex.Any any -> any.parts().forEach(part -> build(part, from, to));
      case Regex.Repeated repeated -> repeat(repeated, from, to);
    }
  }

  private void repeat(Regex.Repeated repeated, int from, int to) {
    int at = from;
    for (int i = 0; i < repeated.least(); i++) {
      int next = state();
      build(repeated.part(), at, next);
      at = next;
    }
    if (repeated.most() == Regex.ENDLESS) {
      int loop = state();
      int back = state();
      free.get(at).add(loop);
      build(repeated.part(), loop, back);
      free.get(back).add(loop);
      free.get(loop).add(to);
      return;
    }
    for (int i = repeated.least(); i < repeated.most(); i++) {
      int next = state();
      free.get(at).add(to);
      build(repeated.part(), at, next);
      at = next;
    }
    free.get(at).add(to);
  }

  private void one(CharacterSet set, int from, int to) {
    for (int i = 0; i < WITH_ESCAPES.length(); i++) {
      if (set.has(WITH_ESCAPES.charAt(i))) {
        int escape = state();
        step(from, '\\', '\\', escape);
        step(escape, ESCAPES.charAt(i), ESCAPES.charAt(i), to);
      }
    }
    for (Range range : set.minus(ESCAPED).minus(SURROGATES).ranges()) {
      utf8(range.from(), range.to(), from, to);
    }
  }

  private void step(int state, int from, int to, int next) {
    steps.get(state).add(new Step(from, to, next));
  }

  /** Splits a range until all of its characters' bytes are ranges, each by itself. */
  private void utf8(int first, int last, int from, int to) {
    for (int most : new int[] {0x7f, 0x7ff, 0xffff}) {
      if (first <= most && most < last) {
        utf8(first, most, from, to);
        utf8(most + 1, last, from, to);
        return;
      }
    }
    if (last > 0x7f) {
      for (int i = 1; i < length(last); i++) {
        int mask = (1 << (6 * i)) - 1;
        if ((first & ~mask) != (last & ~mask)) {
          if ((first & mask) != 0) {
            utf8(first, first | mask, from, to);
            utf8((first | mask) + 1, last, from, to);
            return;
          }
          if ((last & mask) != mask) {
            utf8(first, (last & ~mask) - 1, from, to);
            utf8(last & ~mask, last, from, to);
            return;
          }
        }
      }
    }
    byte[] low = Character.toString(first).getBytes(StandardCharsets.UTF_8);
    byte[] high = Character.toString(last).getBytes(StandardCharsets.UTF_8);
    int at = from;
    for (int i = 0; i < low.length; i++) {
      int next = i == low.length - 1 ? to : state();
      step(at, low[i] & 0xff, high[i] & 0xff, next);
      at = next;
    }
  }

  private static int length(int character) {
    return character <= 0x7f ? 1 : character <= 0x7ff ? 2 : character <= 0xffff ? 3 : 4;
  }
}
