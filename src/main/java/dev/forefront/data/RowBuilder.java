package dev.forefront.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A row while it fills. */
final class RowBuilder {
  private final int[] ids;
  private final short[] tags;
  private final int filler;
  private final List<String> names = new ArrayList<>();
  private int used;
  private int documents;

  /**
   * @param filler the id that stands at empty places
   */
  RowBuilder(int length, int filler) {
    ids = new int[length];
    tags = new short[length];
    this.filler = filler;
  }

  int room() {
    return documents == Row.MOST_DOCUMENTS ? 0 : ids.length - used;
  }

  boolean isEmpty() {
    return used == 0;
  }

  /** Adds tokens {@code [begin, end)} as a document of its own; there must be room. */
  void add(String name, int[] tokens, boolean[] counted, int begin, int end) {
    if (!name.isEmpty()) {
      names.add(name);
    }
    for (int i = begin; i < end; i++) {
      ids[used] = tokens[i];
      tags[used] = Row.tag(documents, counted[i] ? Row.Target.COUNTED : Row.Target.READ_ONLY);
      used++;
    }
    documents++;
  }

  Row build() {
    Arrays.fill(ids, used, ids.length, filler);
    return new Row(ids, tags, List.copyOf(names));
  }
}
