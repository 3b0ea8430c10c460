package dev.forefront.schema;

import dev.forefront.conversation.Form;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a text has been read: all ways in which it can go on.
 *
 * @param ways each with a terminal on top that is read next
 * @param isComplete whether it may end here
 */
record Reading(List<Stack> ways, boolean isComplete) implements Form.State {

  @Override
  public @Nullable Reading next(int unsignedByte) {
    Closure closure = new Closure();
    for (Stack way : ways) {
      Terminal read = terminal(way).step(unsignedByte);
      if (read != null) {
        closure.read(read, way.depth(), way.below());
      }
    }
    return closure.reading();
  }

  @Override
  public boolean goesOn() {
    return !ways.isEmpty();
  }

  @Override
  public int plainCharacters() {
    int most = 0;
    for (Stack way : ways) {
      int plain = terminal(way).plainCharacters();
      if (plain == 0) {
        // It may take characters too, and only some of them.
        return 0;
      }
      most = Math.max(most, plain);
    }
    return most;
  }

  private static Terminal terminal(Stack way) {
    return (Terminal) way.item();
  }
}
