package dev.forefront.data;

import java.util.Arrays;

/** 64-bit hashes to numbers from 0, twelve bytes a slot; open addressing, at most half full. */
final class LongIntMap {
  private long[] keys = new long[64];
  private int[] values = empty(64);
  private int size;

  /** The number under a key, or -1. */
  int get(long key) {
    return values[find(key)];
  }

  /** Sets a number and returns the one that was there, or -1. */
  int put(long key, int value) {
    if (2 * size >= keys.length) {
      grow();
    }
    int slot = find(key);
    int old = values[slot];
    size += old < 0 ? 1 : 0;
    keys[slot] = key;
    values[slot] = value;
    return old;
  }

  private int find(long key) {
    int slot = (int) Hashing.mix(key) & (keys.length - 1);
    while (values[slot] >= 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = empty(keys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] >= 0) {
        int slot = find(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  private static int[] empty(int size) {
    int[] values = new int[size];
    Arrays.fill(values, -1);
    return values;
  }
}
