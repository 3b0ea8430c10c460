package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rotary positions in config.json: {@code rope_theta} and {@code rope_scaling}, or both in one. */
record RopeJson(Path file, JsonNode root, int contextLength) {
  private static final Set<String> KEYS =
      Set.of(
          "rope_type",
          "type",
          "rope_theta",
          "factor",
          "low_freq_factor",
          "high_freq_factor",
          "original_max_position_embeddings",
          "attention_factor",
          "beta_fast",
          "beta_slow",
          "mscale",
          "mscale_all_dim",
          "truncate",
          "short_factor",
          "long_factor",
          "partial_rotary_factor");

  /** One kind of layer's. */
  Rope read(JsonNode scaling, JsonNode theta, double usualTheta) {
    double base = theta.isNumber() ? theta.asDouble() : usualTheta;
    double share = share(scaling);
    if (!scaling.isObject()) {
      return new Rope(base, new Rope.Unscaled(), share);
    }
    for (String key : scaling.propertyNames()) {
      if (!KEYS.contains(key) && carries(scaling.path(key))) {
        throw new BadInputException(
            "%s: rope scaling has the key %s, which is not understood"
                .formatted(file, Foreign.shown(key)));
      }
    }
    String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
    Rope.Scaling read =
        switch (type) {
          case "default" -> new Rope.Unscaled();
          case "linear" -> new Rope.Linear(number(scaling, "factor"));
          case "llama3" ->
              new Rope.Llama3(
                  number(scaling, "factor"),
                  number(scaling, "low_freq_factor"),
                  number(scaling, "high_freq_factor"),
                  original(scaling));
          case "yarn" -> yarn(scaling);
          case "longrope" -> longRope(scaling);
          default ->
              throw new BadInputException(
                  "%s: rope_type \"%s\" is not supported; known are default, linear, llama3, yarn, longrope"
                      .formatted(file, Foreign.shown(type)));
        };
    return new Rope(base, read, share);
  }

  /** Beside the scaling in older files, inside it in newer ones. */
  private double share(JsonNode scaling) {
    String key = "partial_rotary_factor";
    return optional(scaling, key, optional(root, key, 1));
  }

  private Rope.LongRope longRope(JsonNode scaling) {
    // Phi-3 has its original context beside the scaling, and then it decides the factor.
    boolean beside = carries(root.path("original_max_position_embeddings"));
    if (!beside && !carries(scaling.path("original_max_position_embeddings"))) {
      throw wrong(
          "original_max_position_embeddings", scaling.path("original_max_position_embeddings"));
    }
    int original = original(beside ? root : scaling);
    double factor =
        beside
            ? (double) contextLength / original
            : optional(scaling, "factor", (double) contextLength / original);
    return new Rope.LongRope(
        numbers(scaling, "short_factor"),
        numbers(scaling, "long_factor"),
        original,
        contextLength,
        optional(scaling, "attention_factor", Rope.LongRope.recommended(factor, original)));
  }

  private List<Float> numbers(JsonNode scaling, String key) {
    List<Float> numbers = new ArrayList<>();
    for (JsonNode one : scaling.path(key)) {
      if (!one.isNumber()) {
        throw wrong(key, one);
      }
      numbers.add((float) one.asDouble());
    }
    if (numbers.isEmpty()) {
      throw wrong(key, scaling.path(key));
    }
    return numbers;
  }

  private Rope.Yarn yarn(JsonNode scaling) {
    int original = original(scaling);
    double factor =
        carries(scaling.path("factor"))
                || !carries(scaling.path("original_max_position_embeddings"))
            ? number(scaling, "factor")
            : (double) contextLength / original;
    double all = optional(scaling, "mscale_all_dim", 0);
    double some = optional(scaling, "mscale", 0);
    double length =
        some != 0 && all != 0
            ? Rope.Yarn.recommended(factor, some) / Rope.Yarn.recommended(factor, all)
            : Rope.Yarn.recommended(factor, 1);
    return new Rope.Yarn(
        factor,
        original,
        optional(scaling, "beta_fast", 32),
        optional(scaling, "beta_slow", 1),
        optional(scaling, "attention_factor", length),
        scaling.path("truncate").asBoolean(true));
  }

  private int original(JsonNode scaling) {
    JsonNode value = scaling.path("original_max_position_embeddings");
    if (!carries(value)) {
      return contextLength;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong("original_max_position_embeddings", value);
    }
    return value.asInt();
  }

  private double optional(JsonNode scaling, String key, double otherwise) {
    return carries(scaling.path(key)) ? number(scaling, key) : otherwise;
  }

  private double number(JsonNode scaling, String key) {
    JsonNode value = scaling.path(key);
    if (!value.isNumber()) {
      throw wrong(key, value);
    }
    return value.asDouble();
  }

  private BadInputException wrong(String key, JsonNode value) {
    return new BadInputException(
        "%s: rope scaling: %s must be a number, not %s"
            .formatted(
                file, key, value.isMissingNode() ? "missing" : Foreign.shown(value.toString())));
  }

  private static boolean carries(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }

  /** What {@code rope_scaling} holds; null for nothing. */
  static @Nullable ObjectNode write(Rope.Scaling scaling, int headSize, ObjectNode into) {
    return switch (scaling) {
      case Rope.Unscaled _ -> null;
      case Rope.Linear linear -> into.put("rope_type", "linear").put("factor", linear.factor());
      case Rope.Llama3 llama3 ->
          into.put("rope_type", "llama3")
              .put("factor", llama3.factor())
              .put("low_freq_factor", llama3.lowFrequencyFactor())
              .put("high_freq_factor", llama3.highFrequencyFactor())
              .put("original_max_position_embeddings", llama3.originalContext());
      case Rope.Yarn yarn ->
          into.put("rope_type", "yarn")
              .put("factor", yarn.factor())
              .put("original_max_position_embeddings", yarn.originalContext())
              .put("beta_fast", yarn.betaFast())
              .put("beta_slow", yarn.betaSlow())
              .put("attention_factor", yarn.attentionFactor())
              .put("truncate", yarn.truncate());
      case Rope.LongRope longRope -> {
        // Some versions of transformers want these three keys and no other.
        into.put("type", "longrope");
        double factor = (double) longRope.context() / longRope.originalContext();
        if (longRope.attentionFactor()
            != Rope.LongRope.recommended(factor, longRope.originalContext())) {
          into.put("attention_factor", longRope.attentionFactor());
        }
        longRope.shortFactors().forEach(into.putArray("short_factor")::add);
        longRope.longFactors().forEach(into.putArray("long_factor")::add);
        yield into;
      }
      case Rope.Factors _ ->
          throw new BadInputException(
              "config.json has no word for one rope factor for each of %d pairs"
                  .formatted(headSize / 2));
    };
  }
}
