package dev.forefront.guard;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One way of looking at text. A stage is immutable and shared; its readers carry the state of one
 * text. Whatever a stage does wrong (throws, hangs, answers NaN) blocks the text.
 */
public interface Stage {

  /** The name that verdicts carry. */
  String name();

  Reader open(Side side);

  /** Begins, on threads of its own, what makes the first verdicts as fast as later ones. */
  default void prepare() {}

  /** Reads one text word by word. Never called concurrently. */
  interface Reader {

    void word(Word word);

    /** What has been seen so far; empty where nothing was. */
    List<Signal> signals();

    /** How much each hazard was seen, 0..1, also far below every limit. */
    default Map<Hazard, Double> hazards() {
      Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
      for (Signal signal : signals()) {
        hazards.merge(signal.hazard(), signal.score(), Math::max);
      }
      return hazards;
    }

    /** A message has ended; the next one belongs to the same conversation. */
    default void pause() {}

    /** The text has ended: nothing will come that could change the meaning of the last words. */
    default void finish() {}

    /** Whether everything read has been judged; text is held back as long as this is false. */
    default boolean settled() {
      return true;
    }
  }
}
