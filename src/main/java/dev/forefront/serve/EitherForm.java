package dev.forefront.serve;

import dev.forefront.conversation.Form;
import org.jspecify.annotations.Nullable;

/** What is a text of one form, or of another, or of both. */
record EitherForm(Form one, Form other) implements Form {

  @Override
  public State begin() {
    return new Both(one.begin(), other.begin());
  }

  /** While the text may still become one of either. */
  private record Both(State one, State other) implements State {

    @Override
    public @Nullable State next(int unsignedByte) {
      State first = one.next(unsignedByte);
      State second = other.next(unsignedByte);
      if (first == null || second == null) {
        // What only one allows is that one's alone from here on.
        return first == null ? second : first;
      }
      return new Both(first, second);
    }

    @Override
    public boolean isComplete() {
      return one.isComplete() || other.isComplete();
    }

    @Override
    public boolean goesOn() {
      return one.goesOn() || other.goesOn();
    }

    /** Of what one takes; the other may take more, but not whichever it is. */
    @Override
    public int plainBytes() {
      return Math.max(plain(one), plain(other));
    }

    private static int plain(State state) {
      return Math.max(state.plainBytes(), state.plainCharacters());
    }
  }
}
