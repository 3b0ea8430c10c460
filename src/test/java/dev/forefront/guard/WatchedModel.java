package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import java.util.List;

/**
 * Reads words aloud: each has a log odds of its own, and the probe is told them as the engine would
 * tell it, unless the test wants otherwise.
 */
final class WatchedModel extends ScriptedModel {
  static final String BAD = "zorble ";
  static final String ODD = "krimpf ";

  private final String text;
  private final Telling telling;

  /** What a model may do with its readings. */
  enum Telling {
    AS_IT_SHOULD,
    NOT_AT_ALL,
    LEAVING_ONE_OUT,
    ONE_TWICE,
    NO_NUMBER,
    TOO_FEW_HEADS,
    NOT_THE_LAST,
    NOT_THE_PROMPT,
    OF_A_SHORTER_PROMPT
  }

  WatchedModel(String text, Telling telling) {
    super(text);
    this.text = text;
    this.telling = telling;
  }

  static WatchedModel saying(String text) {
    return new WatchedModel(text, Telling.AS_IT_SHOULD);
  }

  /** Reads requests and replies with one head each, and blocks from log odds 3 on. */
  static Probes probes() {
    return probes(3);
  }

  static Probes probes(double limit) {
    ProbeFile.Named named =
        new ProbeFile.Named(
            new Probe("sha256:m", "float32", List.of(0), 1, new float[4], new float[4]),
            List.of("request", "request S1", "reply", "reply S9"));
    return new Probes(
        named, new ProbeCalibration("sha256:m", "sha256:p", "float32", 0.1, 100, limit, limit));
  }

  private static float[] logits(String word) {
    String bare = word.strip();
    float odds = bare.equals(BAD.strip()) ? 30 : bare.equals(ODD.strip()) ? 2.8f : -3;
    return new float[] {odds, odds, odds, odds};
  }

  @Override
  public Watched watched(Probe probe) {
    return new Watched() {
      @Override
      public Reply reply(
          Conversation conversation, Sampling sampling, Readings readings, Listener listener) {
        Teller teller = new Teller(countTokens(conversation), readings);
        for (String word : conversation.messages().getLast().content().split(" ")) {
          if (teller.tell(word) == Next.STOP) {
            return WatchedModel.super.reply(conversation, sampling, (piece, token) -> Next.STOP);
          }
        }
        Reply reply =
            WatchedModel.super.reply(
                conversation,
                sampling,
                (piece, token) -> {
                  Next next = listener.piece(piece, token);
                  boolean last =
                      telling == Telling.NOT_THE_LAST && token == text.split("(?<= )").length;
                  return last || teller.tell(piece) == next ? next : Next.STOP;
                });
        return reply;
      }

      @Override
      public void read(Conversation conversation, Readings readings) {
        throw new UnsupportedOperationException("this model only speaks");
      }
    };
  }

  private final class Teller {
    private final int prompt;
    private final Readings readings;
    private int place;

    Teller(int prompt, Readings readings) {
      this.prompt = prompt;
      this.readings = readings;
    }

    Next tell(String word) {
      int at = place++;
      boolean tenth = at == prompt + 10;
      float[] logits = logits(word);
      return switch (telling) {
        case NOT_AT_ALL -> Next.CONTINUE;
        case LEAVING_ONE_OUT -> tenth ? Next.CONTINUE : readings.row(at, prompt, logits);
        case ONE_TWICE -> {
          readings.row(at, prompt, logits);
          yield tenth ? readings.row(at, prompt, logits) : Next.CONTINUE;
        }
        case NO_NUMBER -> {
          logits[1] = tenth ? Float.NaN : logits[1];
          yield readings.row(at, prompt, logits);
        }
        case TOO_FEW_HEADS -> readings.row(at, prompt, tenth ? new float[] {-3} : logits);
        case NOT_THE_PROMPT ->
            at < prompt ? Next.CONTINUE : readings.row(at - prompt, prompt, logits);
        case OF_A_SHORTER_PROMPT -> readings.row(at, tenth ? prompt - 1 : prompt, logits);
        case AS_IT_SHOULD, NOT_THE_LAST -> readings.row(at, prompt, logits);
      };
    }
  }
}
