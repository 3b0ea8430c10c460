package dev.forefront.serve;

import dev.forefront.conversation.Bias;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/** The fields of a request that say how to choose tokens, by the names that the vendors gave. */
final class SamplingFields {
  private static final int MOST_STOPS = 64;
  private static final int MOST_BIASES = 1_024;
  private static final int MOST_LOGPROBS = 20;
  private static final Sampling USUAL = Sampling.chat(1, 0);

  private SamplingFields() {}

  static float temperature(Fields fields) {
    return (float) fields.number("temperature", 0, 2).orElse(USUAL.temperature());
  }

  /** Those that both vendors name, or that other servers of open models take beside them. */
  static Cutoffs cutoffs(Fields fields) {
    return new Cutoffs(
        (int) fields.whole("top_k", 0, Integer.MAX_VALUE).orElse(0),
        share(fields, "top_p", USUAL.cutoffs().topP()),
        (float) fields.number("min_p", 0, 1).orElse(0),
        share(fields, "typical_p", 1),
        (float) fields.number("epsilon_cutoff", 0, 0.99).orElse(0),
        (float) fields.number("eta_cutoff", 0, 0.99).orElse(0));
  }

  private static float share(Fields fields, String name, float usual) {
    float share = (float) fields.number(name, 0, 1).orElse(usual);
    if (share == 0) {
      throw ApiException.invalid(name, "must be above 0");
    }
    return share;
  }

  static Penalties penalties(Fields fields) {
    return new Penalties(
        (float) fields.number("repetition_penalty", 0.01, 100).orElse(1),
        (float) fields.number("presence_penalty", -2, 2).orElse(0),
        (float) fields.number("frequency_penalty", -2, 2).orElse(0),
        (int) fields.whole("no_repeat_ngram_size", 0, Integer.MAX_VALUE).orElse(0));
  }

  /** {@code logit_bias}: numbers by token id, of which 100 nearly commands and -100 forbids. */
  static List<Bias> biases(Fields fields) {
    List<Bias> biases = new ArrayList<>();
    if (!fields.has("logit_bias")) {
      return biases;
    }
    Fields told = Fields.of(fields.any("logit_bias"), fields.place("logit_bias"));
    for (Map.Entry<String, JsonNode> one : fields.any("logit_bias").properties()) {
      if (!one.getKey().matches("\\d{1,9}")) {
        throw ApiException.invalid(
            told.place(one.getKey()), "is no token id: name tokens by their numbers");
      }
      float value =
          (float)
              told.number(one.getKey(), -100, 100)
                  .orElseThrow(
                      () -> ApiException.invalid(told.place(one.getKey()), "must be a number"));
      biases.add(
          Bias.of(Integer.parseInt(one.getKey()), value == -100 ? Float.NEGATIVE_INFINITY : value));
    }
    if (biases.size() > MOST_BIASES) {
      throw ApiException.invalid(
          "logit_bias", "must have at most %,d tokens".formatted(MOST_BIASES));
    }
    return biases;
  }

  /** {@code logprobs} and {@code top_logprobs}. */
  static int logprobs(Fields fields) {
    int top = (int) fields.whole("top_logprobs", 0, MOST_LOGPROBS).orElse(0);
    if (fields.flag("logprobs")) {
      return top;
    }
    if (fields.has("top_logprobs")) {
      throw ApiException.invalid("top_logprobs", "needs logprobs to be true");
    }
    return Sampling.NO_LOGPROBS;
  }

  static int minTokens(Fields fields, int maxTokens) {
    return (int) fields.whole("min_tokens", 0, maxTokens).orElse(0);
  }

  static long seed(Fields fields) {
    return fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseGet(SamplingFields::anySeed);
  }

  static long anySeed() {
    return ThreadLocalRandom.current().nextLong();
  }

  /** Refuses what could end a reply in the middle of its form, or begin it before that. */
  static void requireAlone(
      Form form, List<String> stops, String stopsPlace, Conversation conversation) {
    if (form == Form.FREE) {
      return;
    }
    if (!stops.isEmpty()) {
      throw ApiException.invalid(
          stopsPlace, "could end the JSON in its middle: leave it or the format out");
    }
    if (conversation.isBegun()) {
      throw ApiException.invalid(
          "messages",
          "must not end with the assistant's where a format is asked for: the reply has to begin"
              + " with the JSON");
    }
  }

  static List<String> stops(List<Fields.Element> elements) {
    List<String> stops = new ArrayList<>();
    for (Fields.Element one : elements) {
      String stop = one.text();
      if (stop.isEmpty() || stop.length() > 1_000) {
        throw ApiException.invalid(one.place(), "must have 1 to 1,000 characters");
      }
      stops.add(stop);
    }
    if (stops.size() > MOST_STOPS) {
      throw ApiException.invalid("the request has more than " + MOST_STOPS + " stop texts");
    }
    return stops;
  }
}
