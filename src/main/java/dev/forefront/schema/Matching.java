package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/**
 * The content of a JSON string that matches a pattern, without its quotes.
 *
 * @param table compared by identity
 */
record Matching(ByteTable table, int state) implements Terminal {

  @Override
  public @Nullable Terminal step(int unsignedByte) {
    int next = table.next(state, unsignedByte);
    return next == ByteTable.NONE ? null : new Matching(table, next);
  }

  @Override
  public boolean accepts() {
    return table.accepts(state);
  }

  @Override
  public boolean goesOn() {
    return table.goesOn(state);
  }
}
