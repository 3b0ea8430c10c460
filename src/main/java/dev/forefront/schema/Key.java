package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/**
 * The name of the next property, with its quotes.
 *
 * @param to one past the last property of the schema that may come
 * @param others whether another may
 * @param state of {@link Utf8}; or one of those below
 * @param name what was read between the quotes; a char is a byte
 */
record Key(Properties before, int to, int depth, boolean others, int state, String name)
    implements Terminal {
  private static final int MOST_BYTES = 64;
  private static final int BEFORE = 20;
  private static final int AFTER = 21;

  Key(Properties before, int to, int depth, boolean others) {
    this(before, to, depth, others, BEFORE, "");
  }

  /** Whether a property of the schema may come. */
  boolean hasProperty() {
    return property(false) >= 0;
  }

  /**
   * The first property of the schema that may come and begins as was read.
   *
   * @param whole whether that must be all of its name
   * @return or -1
   */
  private int property(boolean whole) {
    for (int at = before.from(); at < to; at++) {
      ObjectPart.Property property = before.object().properties().get(at);
      if ((whole ? property.name().equals(name) : property.name().startsWith(name))
          && Item.fits(property.value(), depth)) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public @Nullable Terminal step(int b) {
    if (state == BEFORE) {
      return b == '"' ? to(Utf8.WHOLE, "") : null;
    }
    if (state == AFTER) {
      return null;
    }
    Key longer = to(state, name + (char) b);
    if (longer.property(false) >= 0) {
      // Spelled as the schema has it; beyond it, perhaps as any other.
      return to(next(b), longer.name);
    }
    if (b == '"') {
      return state == Utf8.WHOLE && (property(true) >= 0 || mayBeOther()) ? to(AFTER, name) : null;
    }
    int next = next(b);
    return others && next != Utf8.BROKEN && longer.to(next, longer.name).canBeOther()
        ? to(next, longer.name)
        : null;
  }

  private int next(int b) {
    return Utf8.next(state, b);
  }

  /** Whether this is the whole name of a further property. */
  private boolean mayBeOther() {
    return others
        && !name.isEmpty()
        && name.indexOf('\\') < 0
        && !before.object().has(name)
        && !before.others().contains(name);
  }

  /** Whether it is the beginning of one: without escapes, so that a name has but one spelling. */
  private boolean canBeOther() {
    int length = name.length() + Utf8.missing(state);
    return isPlain()
        && (length < MOST_BYTES || length == MOST_BYTES && (state != Utf8.WHOLE || mayBeOther()));
  }

  private boolean isPlain() {
    for (int at = 0; at < name.length(); at++) {
      if (name.charAt(at) < ' ' || name.charAt(at) == '\\') {
        return false;
      }
    }
    return true;
  }

  private Key to(int state, String name) {
    return new Key(before, to, depth, others, state, name);
  }

  @Override
  public int plainBytes() {
    // The last one that there is room for must leave a name that may end.
    return others && state == Utf8.WHOLE && isPlain()
        ? Math.max(0, MOST_BYTES - 1 - name.length())
        : 0;
  }

  @Override
  public boolean accepts() {
    return state == AFTER;
  }

  @Override
  public boolean goesOn() {
    return state != AFTER;
  }

  @Override
  public Item then() {
    int property = property(true);
    return property >= 0 ? before.after(property) : before.after(name);
  }
}
