package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs texts through a guard's probe without a reply: to check one, to calibrate and to measure.
 * Safe to use from any thread.
 */
public final class Probing {
  private final Probes probes;
  private final LanguageModel.Watched model;
  private final ProbeTexts texts;

  /**
   * @throws dev.forefront.conversation.BadInputException where the probe is for another model
   */
  Probing(Probes probes, LanguageModel model) {
    this.probes = probes;
    this.model = model.watched(probes.probe());
    texts = new ProbeTexts(model::countTokens, model.contextLength());
  }

  /**
   * What the probe makes of a text.
   *
   * @param logit the highest mean log odds of the head that gives the verdict
   * @param block where that reaches the limit, or the readings fail; else null
   * @param hazards probability of each hazard at the text's end; they name and do not block
   */
  public record Read(double logit, Verdict.@Nullable Block block, Map<Hazard, Double> hazards) {
    public Read {
      hazards = Map.copyOf(hazards);
    }

    /** The verdict head's highest probability, 0..1. */
    public double score() {
      return TextHeads.probability(logit);
    }
  }

  /** Reads a text as a person's request, as much of it as fits into the model's context. */
  public Read request(String text) {
    return request(texts.request(text).conversation());
  }

  /** Reads a text as a reply, as much of it as fits into the model's context. */
  public Read reply(String request, String reply) {
    ProbeTexts.Placed placed = texts.reply(request, reply);
    return reply(placed.conversation(), placed.from());
  }

  /** Reads a conversation as a request. */
  public Read request(Conversation conversation) {
    return read(conversation, 0, Side.INPUT);
  }

  /**
   * Reads the end of a conversation as a reply.
   *
   * @param promptTokens what comes before the reply and is read with it
   */
  public Read reply(Conversation conversation, int promptTokens) {
    return read(conversation, promptTokens, Side.OUTPUT);
  }

  private Read read(Conversation conversation, int promptTokens, Side side) {
    ProbeReader reader = probes.reader();
    Verdict.@Nullable Block[] first = new Verdict.@Nullable Block[1];
    int[] rows = new int[2];
    model.read(
        conversation,
        (place, all, logits) -> {
          rows[0] = place + 1;
          rows[1] = all;
          int prompt = side == Side.INPUT ? all : Math.max(1, Math.min(promptTokens, all - 1));
          Verdict.Block block = reader.readOn(place, prompt, logits);
          // A prompt before a reply is not judged here.
          if (first[0] == null && block != null && (side == Side.INPUT || place >= prompt)) {
            first[0] = block;
          }
          return Next.CONTINUE;
        });
    if (rows[0] == 0 || rows[0] != rows[1]) {
      first[0] = Watchdog.failure("the probe has not read the whole text");
    }
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    probes
        .view(side)
        .named()
        .forEach((hazard, head) -> hazards.put(hazard, TextHeads.probability(reader.mean(head))));
    return new Read(reader.highest(side), first[0], hazards);
  }
}
