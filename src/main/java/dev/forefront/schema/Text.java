package dev.forefront.schema;

import dev.forefront.conversation.Form.State;
import org.jspecify.annotations.Nullable;

/**
 * A JSON string of any characters (RFC 8259, section 7), without escaped halves of a surrogate
 * pair.
 *
 * @param need characters that must follow still
 * @param room characters that may follow; {@link State#UNBOUNDED} has no end
 * @param at a state of {@link Utf8}, or one of those below
 */
record Text(int need, int room, int at) implements Terminal {
  private static final int BEFORE = 20;
  private static final int AFTER = 21;
  private static final int ESCAPE = 22;
  private static final int FIRST_HEX = 23;
  private static final int SECOND_HEX = 24;
  private static final int THIRD_HEX = 25;
  private static final int LAST_HEX = 26;
  // After an escaped D: what follows may not make it a surrogate.
  private static final int LOW_SECOND_HEX = 27;

  static final Text ANY = of(0, State.UNBOUNDED);

  /**
   * @param least characters, that is, code points
   * @param most likewise, at least as many
   */
  static Text of(int least, int most) {
    return new Text(least, most, BEFORE);
  }

  @Override
  public @Nullable Terminal step(int b) {
    return switch (at) {
      case BEFORE -> b == '"' ? to(Utf8.WHOLE) : null;
      case AFTER -> null;
      case Utf8.WHOLE -> {
        if (b == '"') {
          yield need == 0 ? to(AFTER) : null;
        }
        if (room == 0 || b < ' ') {
          yield null;
        }
        yield b == '\\' ? to(ESCAPE) : character(Utf8.next(at, b));
      }
      case ESCAPE ->
          b == 'u' ? to(FIRST_HEX) : "\"\\/bfnrt".indexOf(b) >= 0 ? character(Utf8.WHOLE) : null;
      case FIRST_HEX -> !isHex(b) ? null : to(b == 'd' || b == 'D' ? LOW_SECOND_HEX : SECOND_HEX);
      case LOW_SECOND_HEX -> b >= '0' && b <= '7' ? to(THIRD_HEX) : null;
      case SECOND_HEX -> isHex(b) ? to(THIRD_HEX) : null;
      case THIRD_HEX -> isHex(b) ? to(LAST_HEX) : null;
      case LAST_HEX -> isHex(b) ? character(Utf8.WHOLE) : null;
      default -> character(Utf8.next(at, b));
    };
  }

  private Text to(int state) {
    return new Text(need, room, state);
  }

  private @Nullable Text character(int state) {
    if (state == Utf8.BROKEN) {
      return null;
    }
    return state == Utf8.WHOLE
        ? new Text(
            Math.max(0, need - 1), room == State.UNBOUNDED ? State.UNBOUNDED : room - 1, state)
        : to(state);
  }

  private static boolean isHex(int b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F';
  }

  @Override
  public boolean accepts() {
    return at == AFTER;
  }

  @Override
  public boolean goesOn() {
    return at != AFTER;
  }

  @Override
  public int plainCharacters() {
    return at == Utf8.WHOLE ? room : 0;
  }
}
