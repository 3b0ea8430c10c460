package dev.forefront.generate;

/**
 * Where each three tokens in a row stood last in a history. Every token is looked at once, when it
 * is first asked after; what is kept of a history of n tokens are fewer than 4n numbers.
 */
final class Trigrams {
  static final int NOWHERE = -1;
  private static final int SIZE = 3;

  private final History history;
  // The place after a trigram, in the first free slot from that of its hash on; 0 where it is free.
  private int[] slots = new int[64];
  private int distinct;
  // The place after the last trigram that was put into a slot.
  private int known = SIZE - 1;

  /**
   * @param history which others add to
   */
  Trigrams(History history) {
    this.history = history;
  }

  /** After where the last three tokens stood together before, the latest place; or nowhere. */
  int before() {
    int end = history.length();
    while (known < end - 1) {
      put(++known);
    }
    if (end < SIZE) {
      return NOWHERE;
    }
    int place = slots[slot(end)];
    return place == 0 ? NOWHERE : place;
  }

  private void put(int place) {
    int slot = slot(place);
    if (slots[slot] == 0 && 2 * ++distinct > slots.length) {
      grow();
      slot = slot(place);
    }
    slots[slot] = place;
  }

  private void grow() {
    int[] places = slots;
    slots = new int[2 * places.length];
    for (int place : places) {
      if (place != 0) {
        slots[slot(place)] = place;
      }
    }
  }

  /** That of the trigram before a place, or the free one in which it would be. */
  private int slot(int place) {
    int slot = hash(place) & slots.length - 1;
    while (slots[slot] != 0 && !isSame(slots[slot], place)) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  private boolean isSame(int one, int other) {
    for (int i = 1; i <= SIZE; i++) {
      if (history.id(one - i) != history.id(other - i)) {
        return false;
      }
    }
    return true;
  }

  private int hash(int place) {
    int hash = 0;
    for (int i = 1; i <= SIZE; i++) {
      hash = (hash + history.id(place - i)) * 0x9E3779B1;
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
