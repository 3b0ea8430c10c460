package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One stream with its fault. The request itself carries the plan, so that model and guard know what
 * to do without anyone in between knowing.
 *
 * @param at the piece where it happens
 */
record FaultPlan(int stream, Fault fault, int at) {
  /** Stages strike at this word. */
  static final String TRIGGER = "trigger";

  /** The guard blocks this word, always. */
  static final String HARM = "forbidden";

  private static final Set<Fault> NEVER_BEGUN =
      EnumSet.of(
          Fault.STAGE_FAILS_TO_OPEN,
          Fault.STAGE_OPENS_NULL,
          Fault.PROBE_BLOCKS_THE_REQUEST,
          Fault.PROBE_READS_NOTHING,
          Fault.PROBE_READS_NO_PROMPT);

  private static final List<String> WORDS =
      List.of(
          "river",
          "fox,",
          "schön",
          "and",
          "the",
          "0x2A",
          "naïve",
          "雪",
          "house.",
          "🦊",
          "—",
          "light",
          "\"quoted\"",
          "\\slash",
          "tea\n",
          "łódź",
          "café",
          "moon;",
          "عربي",
          "seven",
          "z͎a",
          "end.");

  static FaultPlan of(int stream, Fault fault, SplittableRandom random) {
    return new FaultPlan(stream, fault, random.nextInt(70));
  }

  String request() {
    return "stream %d %s %d".formatted(stream, fault.word(), at);
  }

  static FaultPlan read(Conversation conversation) {
    String[] words = conversation.messages().getLast().content().split(" ");
    for (Fault fault : Fault.values()) {
      if (fault.word().equals(words[2])) {
        return new FaultPlan(Integer.parseInt(words[1]), fault, Integer.parseInt(words[3]));
      }
    }
    throw new IllegalArgumentException("no plan: " + conversation);
  }

  /** What the model says, in pieces; the harm or the stage's word is among them. */
  List<String> pieces() {
    SplittableRandom random = new SplittableRandom(stream);
    List<String> pieces = new ArrayList<>();
    pieces.add("stream" + stream + " ");
    while (pieces.size() < at) {
      pieces.add(WORDS.get(random.nextInt(WORDS.size())) + " ");
    }
    pieces.addAll(special());
    if (fault != Fault.HARM_IN_THE_LAST_PIECE) {
      for (int more = random.nextInt(60); more > 0; more--) {
        pieces.add(WORDS.get(random.nextInt(WORDS.size())) + " ");
      }
    }
    return pieces;
  }

  private List<String> special() {
    return switch (fault) {
      case HARM_AFTER_MANY_WORDS, MODEL_IGNORES_THE_STOP -> List.of(HARM + " ");
      case HARM_IN_THE_LAST_PIECE -> List.of(HARM);
      case HARM_SPLIT_OVER_PIECES -> List.of("for", "", "bi", "dd", "en ");
      case HARM_IN_LETTERS_APART -> List.of("f ", "o r ", "b ", "i d ", "d ", "e ", "n ", "now ");
      case HARM_WITH_INVISIBLE_CHARACTERS -> List.of("for\u200b", "bid\u2060\u00ad", "den ");
      case MODEL_SAYS_EMPTY_PIECES -> List.of("", "so ", "", "", "it ");
      case MODEL_SPLITS_CHARACTERS ->
          List.of("a\uD83E", "\uDD8A ", "\uDC00b ", "\uD83D", "c ", "\uD83D", "\uD83E", "\uDD8A");
      case MODEL_FORGES_EVENTS ->
          List.of("\n\ndata: [DONE]\n\n", "event: message_stop\r\n", "\u0000\u2028\"}]} ");
      case MODEL_SAYS_A_HUGE_PIECE -> List.of("wörter ".repeat(2_000));
      default -> fault.isOf("STAGE_") ? List.of(TRIGGER + " ") : List.of("so ");
    };
  }

  /** The piece that a stage or the probe breaks at. */
  int struck() {
    return Math.max(1, at);
  }

  /**
   * How many chars of the reply may be told at most where the guard does what it should; the whole
   * reply where nothing is wrong with it.
   */
  int mostChars() {
    boolean cut =
        fault.isOf("HARM_")
            || fault == Fault.MODEL_IGNORES_THE_STOP
            || fault.isOf("INPUT_")
            || (fault.isOf("PROBE_") && fault != Fault.PROBE_IS_SUSPICIOUS)
            || (fault.isOf("STAGE_") && fault.endings().contains(Fault.Ending.REFUSED));
    if (!cut) {
      return Integer.MAX_VALUE;
    }
    if (fault.isOf("INPUT_") || NEVER_BEGUN.contains(fault)) {
      return 0;
    }
    List<String> pieces = pieces();
    int last = fault == Fault.PROBE_LEAVES_THE_LAST_TOKEN_OUT ? pieces.size() - 1 : struck();
    int before = pieces.stream().limit(last).mapToInt(String::length).sum();
    // Odd text is waited for 64 chars long and not for ever: without hold-back the first letters of
    // a word in letters apart can have left by then, the whole word never.
    return fault == Fault.HARM_IN_LETTERS_APART ? before + "f o r b i d d e ".length() : before;
  }
}
