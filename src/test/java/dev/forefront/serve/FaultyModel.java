package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Says what the request's plan says, and breaks as the plan says. */
final class FaultyModel implements LanguageModel {
  private static final int PROMPT_TOKENS = 10;
  private static final String SMUGGLED = "never heard by any guard";

  /** What it has said to its listener, by stream. */
  final Map<Integer, StringBuffer> said = new ConcurrentHashMap<>();

  private final Map<Integer, Thread> callers = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public int contextLength() {
    return 2_048;
  }

  /** Called on the thread that will tell the reply to the caller. */
  @Override
  public int countTokens(Conversation conversation) {
    callers.putIfAbsent(FaultPlan.read(conversation).stream(), Thread.currentThread());
    return PROMPT_TOKENS;
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    FaultPlan plan = FaultPlan.read(conversation);
    return reply(plan, new Mouth(plan, listener, FaultyProbe.NONE));
  }

  @Override
  public Watched watched(Probe probe) {
    return new Watched() {
      @Override
      public Reply reply(
          Conversation conversation, Sampling sampling, Readings readings, Listener listener) {
        FaultPlan plan = FaultPlan.read(conversation);
        FaultyProbe read = new FaultyProbe(plan, probe.heads(), PROMPT_TOKENS, readings);
        Mouth mouth = new Mouth(plan, listener, read);
        return read.prompt() == Next.STOP
            ? FaultyModel.reply(mouth, StopReason.CANCELLED)
            : FaultyModel.this.reply(plan, mouth);
      }

      @Override
      public void read(Conversation conversation, Readings readings) {
        throw new UnsupportedOperationException("nobody asks a server for readings");
      }
    };
  }

  private Reply reply(FaultPlan plan, Mouth mouth) {
    FaultyStage.next(plan);
    List<String> pieces = plan.pieces();
    if (plan.fault() == Fault.MODEL_SPEAKS_ON_TWO_THREADS) {
      return onTwoThreads(mouth, pieces);
    }
    for (int piece = 0; piece < pieces.size(); piece++) {
      if (piece == plan.at()) {
        act(plan, mouth);
      }
      if (mouth.say(pieces.get(piece)) == Next.STOP
          && plan.fault() != Fault.MODEL_IGNORES_THE_STOP) {
        return reply(mouth, StopReason.CANCELLED);
      }
    }
    return end(plan, mouth);
  }

  private void act(FaultPlan plan, Mouth mouth) {
    switch (plan.fault()) {
      case MODEL_THROWS -> throw new IllegalStateException("the plan says so");
      case MODEL_THROWS_A_CHECKED_EXCEPTION ->
          FaultyStage.throwAny(new IOException("the plan says so"));
      case MODEL_THROWS_AN_ERROR -> throw new AssertionError("the plan says so");
      case MODEL_SAYS_NULL -> mouth.sayNull();
      case MODEL_SAYS_NOTHING_BUT_EMPTY_PIECES -> {
        for (Next next = Next.CONTINUE; next == Next.CONTINUE; ) {
          next = mouth.say("");
        }
      }
      case MODEL_IGNORES_THE_LIMIT -> {
        for (int more = 0; more < 500; more++) {
          mouth.say("more ");
        }
      }
      case MODEL_HANGS -> hang();
      case MODEL_INTERRUPTS_ITS_THREAD -> Thread.currentThread().interrupt();
      case CALLERS_THREAD_IS_INTERRUPTED ->
          Objects.requireNonNull(callers.get(plan.stream())).interrupt();
      default -> {}
    }
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Reply end(FaultPlan plan, Mouth mouth) {
    return switch (plan.fault()) {
      case MODEL_ANSWERS_NULL -> nothing();
      case MODEL_GIVES_NO_REASON_TO_STOP -> reply(mouth, nothing());
      case MODEL_ANSWERS_ANOTHER_TEXT ->
          new Reply(SMUGGLED, StopReason.STOP_TEXT, PROMPT_TOKENS, mouth.token, SMUGGLED);
      case MODEL_SPEAKS_AFTER_THE_END -> {
        // On a busy machine this may be heard before the end is, and then counts as said.
        Thread.ofVirtual()
            .start(
                () -> {
                  mouth.said.append("afterwards ");
                  mouth.listener.piece("afterwards ", mouth.token + 1);
                });
        yield reply(mouth, StopReason.END_OF_TURN);
      }
      default -> reply(mouth, StopReason.END_OF_TURN);
    };
  }

  @SuppressWarnings("NullAway") // A broken model keeps no promise.
  private static <T> T nothing() {
    return null;
  }

  private Reply onTwoThreads(Mouth mouth, List<String> pieces) {
    int half = pieces.size() / 2;
    Thread other =
        Thread.ofPlatform().start(() -> pieces.subList(half, pieces.size()).forEach(mouth::say));
    pieces.subList(0, half).forEach(mouth::say);
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return reply(mouth, StopReason.END_OF_TURN);
  }

  private static Reply reply(Mouth mouth, StopReason stop) {
    return new Reply(mouth.said.toString(), stop, PROMPT_TOKENS, mouth.token, "");
  }

  private final class Mouth {
    private final Listener listener;
    private final FaultyProbe probe;
    private final StringBuffer said = new StringBuffer();
    private int token;

    Mouth(FaultPlan plan, Listener listener, FaultyProbe probe) {
      this.listener = listener;
      this.probe = probe;
      FaultyModel.this.said.put(plan.stream(), said);
    }

    Next say(String piece) {
      return probe == FaultyProbe.NONE ? tell(piece) : tellAndRead(piece);
    }

    private Next tell(String piece) {
      said.append(piece);
      return listener.piece(piece, ++token);
    }

    /** Two threads that speak are read in the order of what they say. */
    private synchronized Next tellAndRead(String piece) {
      boolean last = said.length() + piece.length() == probe.chars();
      Next next = tell(piece);
      return probe.reply(token - 1, last) == Next.STOP ? Next.STOP : next;
    }

    void sayNull() {
      listener.piece(nothing(), ++token);
    }
  }

  @Override
  public Score score(String context, String continuation) {
    throw new UnsupportedOperationException("nobody asks a server for scores");
  }

  @Override
  public void close() {}
}
