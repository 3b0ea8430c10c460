package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * All terms of all lists in one trie. A term is words separated by single spaces, in a-z and 0-9;
 * {@code *} at its end matches any ending of the last word.
 */
final class Terms {

  private static final int WIDTH = 37;
  private static final int SPACE = 36;

  private int[] next = new int[WIDTH * 64];
  private int nodes = 1;
  private final List<BitSet> whole = new ArrayList<>();
  private final List<BitSet> beginning = new ArrayList<>();

  Terms() {
    whole.add(new BitSet());
    beginning.add(new BitSet());
  }

  /**
   * @throws IllegalArgumentException where the term is not as the class says
   */
  void add(String term, int list) {
    boolean prefix = term.endsWith("*");
    String text = prefix ? term.substring(0, term.length() - 1) : term;
    int node = 0;
    for (int at = 0; at < text.length(); at++) {
      int symbol = symbol(text.charAt(at));
      if (symbol < 0) {
        throw new IllegalArgumentException(
            "term \"" + term + "\" may have only a-z, 0-9, single spaces and a * at its end");
      }
      node = child(node, symbol);
    }
    if (node == 0) {
      throw new IllegalArgumentException("a term is empty");
    }
    (prefix ? beginning : whole).get(node).set(list);
  }

  private int child(int node, int symbol) {
    int slot = node * WIDTH + symbol;
    if (next[slot] == 0) {
      next[slot] = nodes++;
      whole.add(new BitSet());
      beginning.add(new BitSet());
      if (nodes * WIDTH > next.length) {
        next = Arrays.copyOf(next, next.length * 2);
      }
    }
    return next[slot];
  }

  private static int symbol(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    if (c >= '0' && c <= '9') {
      return 26 + c - '0';
    }
    return c == ' ' ? SPACE : -1;
  }

  /** Hears in which lists a term was found. */
  interface Hits {
    void hit(int list);
  }

  /**
   * Walks one word from {@code node} (0 is the beginning of a term).
   *
   * @return the node from which the next word may go on, or 0
   */
  int walk(int node, String word, Hits hits) {
    int here = node;
    for (int at = 0; at < word.length(); at++) {
      here = step(here, word.charAt(at));
      if (here == 0) {
        return 0;
      }
      tell(beginning.get(here), hits);
    }
    tell(whole.get(here), hits);
    return next[here * WIDTH + SPACE];
  }

  private int step(int node, char c) {
    int symbol = symbol(c);
    return symbol < 0 ? 0 : next[node * WIDTH + symbol];
  }

  private static void tell(BitSet lists, Hits hits) {
    for (int list = lists.nextSetBit(0); list >= 0; list = lists.nextSetBit(list + 1)) {
      hits.hit(list);
    }
  }
}
