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
    if (ways.size() == 1) {
      Stack way = ways.getFirst();
      Terminal read = terminal(way).step(unsignedByte);
      if (read == null) {
        return null;
      }
      if (!read.accepts()) {
        // Of all bytes most are read in the middle of something: nothing else can begin there.
        return read.goesOn()
            ? new Reading(List.of(new Stack(read, way.depth(), way.below())), false)
            : null;
      }
    }
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

  @Override
  public int plainBytes() {
    int most = 0;
    for (Stack way : ways) {
      most = Math.max(most, terminal(way).plainBytes());
    }
    return most;
  }

  private static Terminal terminal(Stack way) {
    return (Terminal) way.item();
  }
}
