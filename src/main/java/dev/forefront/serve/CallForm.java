package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Form;
import dev.forefront.serve.Toolbox.Calling;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls as one kind of model writes them: the mark before, the call's JSON, the mark after, and
 * where there may be many, another such call after white space.
 *
 * @param call the form of what stands between the marks
 */
record CallForm(CallFormat format, Calling calling, Form call) implements Form {
  /** White space at a mark: models write one line's end. */
  private static final int MOST_SPACE = 2;

  /** Calls by a mark, and without it where the format lets it be left out. */
  static Form of(CallFormat format, Calling calling, Form call) {
    Form marked = new CallForm(format, calling, call);
    return format.isBare() ? new EitherForm(marked, call) : marked;
  }

  @Override
  public State begin() {
    return new Marked(Place.OPENING, 0, null);
  }

  /** Where a text has come to. */
  private enum Place {
    /** Within the mark before a call. */
    OPENING,
    /** After it. */
    BEFORE,
    CALL,
    /** After the call's JSON. */
    AFTER,
    CLOSING,
    /** After a whole call. */
    BETWEEN
  }

  private final class Marked implements State {
    private final Place place;
    // Bytes of the mark, or of white space, that were read.
    private final int at;
    // Within the call.
    private final @Nullable State json;

    Marked(Place place, int at, @Nullable State json) {
      this.place = place;
      this.at = at;
      this.json = json;
    }

    @Override
    public @Nullable State next(int unsignedByte) {
      return switch (place) {
        case OPENING -> mark(format.opening(), unsignedByte, Place.BEFORE);
        case BEFORE -> {
          State first = call.begin().next(unsignedByte);
          yield isSpace(unsignedByte) && at < MOST_SPACE
              ? new Marked(Place.BEFORE, at + 1, null)
              : first == null ? null : new Marked(Place.CALL, 0, first);
        }
        case CALL -> inCall(unsignedByte);
        case AFTER -> after(at, unsignedByte);
        case CLOSING -> mark(format.closing(), unsignedByte, Place.BETWEEN);
        case BETWEEN ->
            calling == Calling.ONE
                ? null
                : isSpace(unsignedByte) && at < MOST_SPACE
                    ? new Marked(Place.BETWEEN, at + 1, null)
                    : new Marked(Place.OPENING, 0, null).next(unsignedByte);
      };
    }

    private @Nullable State mark(String mark, int unsignedByte, Place then) {
      byte[] bytes = mark.getBytes(StandardCharsets.UTF_8);
      if (at >= bytes.length || (bytes[at] & 0xff) != unsignedByte) {
        return null;
      }
      return at + 1 == bytes.length ? new Marked(then, 0, null) : new Marked(place, at + 1, null);
    }

    private @Nullable State inCall(int unsignedByte) {
      State now = json;
      State on = now == null ? null : now.next(unsignedByte);
      if (on != null) {
        return new Marked(Place.CALL, 0, on);
      }
      boolean isWhole = now != null && now.isComplete() && !format.closing().isEmpty();
      return isWhole ? after(0, unsignedByte) : null;
    }

    private @Nullable State after(int spaces, int unsignedByte) {
      return isSpace(unsignedByte) && spaces < MOST_SPACE
          ? new Marked(Place.AFTER, spaces + 1, null)
          : new Marked(Place.CLOSING, 0, null).next(unsignedByte);
    }

    private static boolean isSpace(int unsignedByte) {
      return unsignedByte == '\n' || unsignedByte == ' ';
    }

    @Override
    public boolean isComplete() {
      State now = json;
      return place == Place.BETWEEN
          || now != null && format.closing().isEmpty() && now.isComplete();
    }

    @Override
    public boolean goesOn() {
      State now = json;
      return switch (place) {
        case BETWEEN -> calling == Calling.MANY;
        case CALL -> !format.closing().isEmpty() || now != null && now.goesOn();
        case OPENING, BEFORE, AFTER, CLOSING -> true;
      };
    }

    @Override
    public int plainCharacters() {
      return json == null ? 0 : json.plainCharacters();
    }

    @Override
    public int plainBytes() {
      return json == null ? 0 : json.plainBytes();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Marked marked
          && place == marked.place
          && at == marked.at
          && Objects.equals(json, marked.json)
          && form().equals(marked.form());
    }

    private CallForm form() {
      return CallForm.this;
    }

    @Override
    public int hashCode() {
      return Objects.hash(place, at, json);
    }
  }
}
