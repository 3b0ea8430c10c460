package dev.forefront.conversation;

import org.jspecify.annotations.Nullable;

/**
 * A set of texts, one of which a reply has to be, read byte by byte in UTF-8. Immutable; safe to
 * use from any thread. Two forms are the same where they are one object.
 */
public interface Form {

  /** Any text: a reply that is not bound to a form. */
  Form FREE =
      new Form() {
        @Override
        public State begin() {
          throw new IllegalStateException("any text will do: there is nothing to follow");
        }

        @Override
        public String toString() {
          return "FREE";
        }
      };

  /** Before the first byte. */
  State begin();

  /**
   * What may come after some bytes. From every state a text of the form can be reached. Equal
   * states are followed by the same bytes.
   */
  interface State {
    /** A string in which any number of {@link #plainCharacters} may follow. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** After one more byte, in 0..255; null where no text of the form goes on like this. */
    @Nullable State next(int unsignedByte);

    /** Whether what was read so far is a text of the form. */
    boolean isComplete();

    /** Whether any byte may follow. */
    boolean goesOn();

    /**
     * How many whole characters may follow, whichever they are, without a quote, a backslash or a
     * control character among them: most tokens then need no look of their own.
     */
    default int plainCharacters() {
      return 0;
    }

    /**
     * Likewise how many bytes of such characters may follow at least, where more bytes may follow
     * too, but not whichever they are.
     */
    default int plainBytes() {
      return 0;
    }
  }
}
