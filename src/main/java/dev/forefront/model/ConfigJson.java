package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * config.json, in the layout of transformers 4 (rope_theta, rope_scaling, torch_dtype) and of 5
 * (rope_parameters, dtype). What is not understood is refused: computing an unknown model as a
 * plain Llama would be silently wrong.
 */
final class ConfigJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final JsonNode root;

  private ConfigJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static ModelConfig read(Path file, Loading loading) {
    JsonNode root;
    try {
      root = JSON.readTree(ModelFolder.readSmall(file, loading));
    } catch (JacksonException e) {
      throw new BadInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!root.isObject()) {
      throw new BadInputException(file + " holds no JSON object");
    }
    return new ConfigJson(file, root).config();
  }

  private ModelConfig config() {
    Architecture architecture = architecture();
    refuseWhatIsNotComputed();
    int hidden = whole("hidden_size");
    int heads = whole("num_attention_heads");
    int eos =
        root.path("eos_token_id").isArray()
            ? root.path("eos_token_id").path(0).asInt(-1)
            : id("eos_token_id");
    try {
      return new ModelConfig(
          architecture,
          whole("vocab_size"),
          hidden,
          whole("intermediate_size"),
          whole("num_hidden_layers"),
          heads,
          given("num_key_value_heads") ? whole("num_key_value_heads") : heads,
          given("head_dim") ? whole("head_dim") : hidden / Math.max(1, heads),
          whole("max_position_embeddings"),
          (float) number("rms_norm_eps"),
          rope(),
          root.path("tie_word_embeddings").asBoolean(false),
          id("bos_token_id"),
          eos);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }

  private Architecture architecture() {
    String type = root.path("model_type").asString("");
    Architecture architecture =
        Architecture.ofModelType(type)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "%s: model_type \"%s\" is not supported; known are %s"
                            .formatted(file, type, Architecture.known())));
    JsonNode names = root.path("architectures");
    if (names.isArray() && !names.isEmpty()) {
      String name = names.get(0).asString("");
      if (!name.equals(architecture.className())) {
        throw new BadInputException(
            "%s: architectures names \"%s\", but model_type \"%s\" is computed as %s"
                .formatted(file, name, type, architecture.className()));
      }
    }
    return architecture;
  }

  private void refuseWhatIsNotComputed() {
    refuseTrue("attention_bias");
    refuseTrue("mlp_bias");
    refuseTrue("rope_interleaved");
    refuseTrue("use_sliding_window");
    String activation = root.path("hidden_act").asString("silu");
    if (!activation.equals("silu")) {
      throw unsupported("hidden_act", activation);
    }
    int context = whole("max_position_embeddings");
    boolean off = root.has("use_sliding_window");
    if (given("sliding_window") && !off && whole("sliding_window") < context) {
      throw unsupported("sliding_window", root.path("sliding_window").toString());
    }
    for (String key :
        List.of("attn_logit_softcapping", "final_logit_softcapping", "quantization_config")) {
      if (given(key)) {
        throw unsupported(key, root.path(key).toString());
      }
    }
  }

  private Rope rope() {
    JsonNode parameters = root.path("rope_parameters");
    JsonNode scaling = parameters.isObject() ? parameters : root.path("rope_scaling");
    JsonNode theta =
        parameters.isObject() ? parameters.path("rope_theta") : root.path("rope_theta");
    double base = theta.isNumber() ? theta.asDouble() : 10_000;
    if (!scaling.isObject()) {
      return new Rope(base, new Rope.Unscaled());
    }
    String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
    return switch (type) {
      case "default" -> new Rope(base, new Rope.Unscaled());
      case "linear" -> new Rope(base, new Rope.Linear(scaling.path("factor").asDouble(1)));
      case "llama3" ->
          new Rope(
              base,
              new Rope.Llama3(
                  scaling.path("factor").asDouble(),
                  scaling.path("low_freq_factor").asDouble(),
                  scaling.path("high_freq_factor").asDouble(),
                  scaling.path("original_max_position_embeddings").asInt()));
      default -> throw unsupported("rope_type", type);
    };
  }

  static void write(ModelConfig config, Path file) {
    ObjectNode root = JSON.createObjectNode();
    root.putArray("architectures").add(config.architecture().className());
    root.put("attention_bias", false);
    root.put("attention_dropout", 0.0);
    putId(root, "bos_token_id", config.bosId());
    putId(root, "eos_token_id", config.eosId());
    root.put("head_dim", config.headSize());
    root.put("hidden_act", "silu");
    root.put("hidden_size", config.hiddenSize());
    root.put("initializer_range", 0.02);
    root.put("intermediate_size", config.intermediateSize());
    root.put("max_position_embeddings", config.contextLength());
    root.put("mlp_bias", false);
    root.put("model_type", config.architecture().modelType());
    root.put("num_attention_heads", config.heads());
    root.put("num_hidden_layers", config.layers());
    root.put("num_key_value_heads", config.keyValueHeads());
    root.put("rms_norm_eps", Double.parseDouble(Float.toString(config.normEpsilon())));
    root.put("rope_theta", config.rope().theta());
    putScaling(root, config.rope().scaling());
    root.put("tie_word_embeddings", config.tied());
    root.put("torch_dtype", "float32");
    root.put("use_cache", true);
    root.put("vocab_size", config.vocabularySize());
    AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private static void putScaling(ObjectNode root, Rope.Scaling scaling) {
    switch (scaling) {
      case Rope.Unscaled _ -> root.putNull("rope_scaling");
      case Rope.Linear linear ->
          root.putObject("rope_scaling").put("rope_type", "linear").put("factor", linear.factor());
      case Rope.Llama3 llama3 ->
          root.putObject("rope_scaling")
              .put("rope_type", "llama3")
              .put("factor", llama3.factor())
              .put("low_freq_factor", llama3.lowFrequencyFactor())
              .put("high_freq_factor", llama3.highFrequencyFactor())
              .put("original_max_position_embeddings", llama3.originalContext());
    }
  }

  private static void putId(ObjectNode root, String key, int id) {
    if (id < 0) {
      root.putNull(key);
    } else {
      root.put(key, id);
    }
  }

  private boolean given(String key) {
    return root.has(key) && !root.path(key).isNull();
  }

  private int id(String key) {
    return given(key) ? whole(key) : -1;
  }

  private int whole(String key) {
    JsonNode value = root.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new BadInputException(
          "%s: %s must be a whole number, not %s"
              .formatted(file, key, value.isMissingNode() ? "missing" : value));
    }
    return value.asInt();
  }

  private double number(String key) {
    JsonNode value = root.path(key);
    if (!value.isNumber()) {
      throw new BadInputException(
          "%s: %s must be a number, not %s"
              .formatted(file, key, value.isMissingNode() ? "missing" : value));
    }
    return value.asDouble();
  }

  private void refuseTrue(String key) {
    if (root.path(key).asBoolean(false)) {
      throw unsupported(key, "true");
    }
  }

  private BadInputException unsupported(String key, String value) {
    return new BadInputException("%s: %s %s is not supported".formatted(file, key, value));
  }
}
