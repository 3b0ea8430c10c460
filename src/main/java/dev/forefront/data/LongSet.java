package dev.forefront.data;

/** A set of 64-bit hashes, eight bytes each; open addressing, at most half full. */
final class LongSet {
  private long[] slots = new long[64];
  private int size;
  private boolean holdsZero;

  /** Returns whether the value is new. */
  boolean add(long value) {
    if (value == 0) {
      boolean fresh = !holdsZero;
      holdsZero = true;
      return fresh;
    }
    if (2 * size >= slots.length) {
      grow();
    }
    int slot = find(value);
    if (slots[slot] == value) {
      return false;
    }
    slots[slot] = value;
    size++;
    return true;
  }

  boolean contains(long value) {
    return value == 0 ? holdsZero : slots[find(value)] == value;
  }

  private int find(long value) {
    int slot = (int) Hashing.mix(value) & (slots.length - 1);
    while (slots[slot] != 0 && slots[slot] != value) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    for (long value : old) {
      if (value != 0) {
        slots[find(value)] = value;
      }
    }
  }
}
