package dev.forefront.serve;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What breaks in one stream, and how the caller may hear of it. */
enum Fault {
  NOTHING(Ending.FINISHED),

  STAGE_BLOCKS(Ending.REFUSED),
  STAGE_THROWS(Ending.REFUSED),
  STAGE_THROWS_A_CHECKED_EXCEPTION(Ending.REFUSED),
  STAGE_THROWS_AN_ERROR(Ending.REFUSED),
  STAGE_OVERFLOWS_THE_STACK(Ending.REFUSED),
  STAGE_ASKS_FOR_TOO_MUCH_MEMORY(Ending.REFUSED),
  STAGE_HANGS(Ending.REFUSED),
  STAGE_SPINS_AND_HEARS_NO_INTERRUPT(Ending.REFUSED),
  STAGE_ANSWERS_NO_NUMBER(Ending.REFUSED),
  STAGE_ANSWERS_A_NEGATIVE_SCORE(Ending.REFUSED),
  STAGE_ANSWERS_A_SCORE_ABOVE_ONE(Ending.REFUSED),
  STAGE_ANSWERS_INFINITY(Ending.REFUSED),
  STAGE_ANSWERS_NO_LIMIT(Ending.REFUSED),
  STAGE_ANSWERS_NULL(Ending.REFUSED),
  STAGE_ANSWERS_A_LIST_WITH_NULL(Ending.REFUSED),
  STAGE_ANSWERS_A_SIGNAL_WITHOUT_HAZARD(Ending.REFUSED),
  STAGE_FAILS_TO_OPEN(Ending.REFUSED),
  STAGE_OPENS_NULL(Ending.REFUSED),
  STAGE_INTERRUPTS_ITS_THREAD(Ending.FINISHED),
  STAGE_NEVER_SETTLES(Ending.FINISHED),
  INPUT_STAGE_THROWS(Ending.REFUSED),
  INPUT_STAGE_HANGS(Ending.REFUSED),

  HARM_AFTER_MANY_WORDS(Ending.REFUSED),
  HARM_SPLIT_OVER_PIECES(Ending.REFUSED),
  HARM_IN_LETTERS_APART(Ending.REFUSED),
  HARM_WITH_INVISIBLE_CHARACTERS(Ending.REFUSED),
  HARM_IN_THE_LAST_PIECE(Ending.REFUSED),

  MODEL_THROWS(Ending.ERROR),
  MODEL_THROWS_A_CHECKED_EXCEPTION(Ending.ERROR),
  MODEL_THROWS_AN_ERROR(Ending.ERROR),
  MODEL_SAYS_EMPTY_PIECES(Ending.FINISHED),
  MODEL_SAYS_NOTHING_BUT_EMPTY_PIECES(Ending.ERROR),
  MODEL_SAYS_NULL(Ending.REFUSED),
  MODEL_SPLITS_CHARACTERS(Ending.FINISHED),
  MODEL_FORGES_EVENTS(Ending.FINISHED),
  MODEL_SAYS_A_HUGE_PIECE(Ending.FINISHED),
  MODEL_IGNORES_THE_STOP(Ending.REFUSED),
  MODEL_IGNORES_THE_LIMIT(Ending.ERROR),
  MODEL_HANGS(Ending.CUT),
  MODEL_SPEAKS_AFTER_THE_END(Ending.FINISHED),
  MODEL_SPEAKS_ON_TWO_THREADS(Ending.FINISHED),
  MODEL_ANSWERS_NULL(Ending.ERROR),
  MODEL_GIVES_NO_REASON_TO_STOP(Ending.ERROR),
  MODEL_ANSWERS_ANOTHER_TEXT(Ending.FINISHED),
  MODEL_INTERRUPTS_ITS_THREAD(Ending.FINISHED),

  CALLERS_THREAD_IS_INTERRUPTED(Ending.FINISHED, Ending.ERROR, Ending.CUT),
  CALLER_LEAVES(Ending.CUT, Ending.FINISHED),
  CALLER_RESETS(Ending.CUT, Ending.FINISHED),
  CALLER_READS_SLOWLY(Ending.FINISHED),
  CALLER_CLOSES_HALF(Ending.CUT, Ending.FINISHED);

  /** How a reply ended, as far as its caller can tell. */
  enum Ending {
    FINISHED,
    REFUSED,
    ERROR,
    CUT,
    /** Nothing came for long, and the connection stayed open. */
    SILENT
  }

  private final Set<Ending> endings;

  Fault(Ending first, Ending... more) {
    endings = EnumSet.of(first, more);
  }

  Set<Ending> endings() {
    return endings;
  }

  /** As one word of a request. */
  String word() {
    return name().replace("_", "").toLowerCase(Locale.ROOT);
  }

  boolean isOf(String kind) {
    return name().startsWith(kind);
  }
}
