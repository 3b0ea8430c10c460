package dev.forefront.token;

/** A word while its tokens merge, and how often the text has it. */
final class BpeWord {
  private int[] ids;
  private int size;
  private final long count;

  BpeWord(int[] ids, long count) {
    this.ids = ids;
    this.size = ids.length;
    this.count = count;
  }

  long count() {
    return count;
  }

  int size() {
    return size;
  }

  int id(int place) {
    return ids[place];
  }

  /** Replaces every pair from the left; returns whether there was one. */
  boolean merge(int left, int right, int merged) {
    int to = 0;
    for (int from = 0; from < size; from++) {
      if (from + 1 < size && ids[from] == left && ids[from + 1] == right) {
        ids[to++] = merged;
        from++;
      } else {
        ids[to++] = ids[from];
      }
    }
    boolean changed = to < size;
    size = to;
    return changed;
  }

  boolean holds(int left, int right) {
    for (int i = 0; i + 1 < size; i++) {
      if (ids[i] == left && ids[i + 1] == right) {
        return true;
      }
    }
    return false;
  }
}
