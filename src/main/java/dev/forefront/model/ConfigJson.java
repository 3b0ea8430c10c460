package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads config.json, in the layout of transformers 4 (rope_theta, rope_scaling, torch_dtype) and of
 * 5 (rope_parameters, dtype). What is not understood is refused: computing an unknown model as a
 * plain Llama would be silently wrong.
 */
final class ConfigJson {

  private final Path file;
  private final JsonNode root;

  private ConfigJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static ModelConfig read(Path file, Loading loading) {
    JsonNode root;
    try {
      root = StrictJson.MAPPER.readTree(ModelFolder.readSmall(file, loading));
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
    refuseWhatIsNotComputed(architecture);
    int hidden = whole("hidden_size");
    int heads = whole("num_attention_heads");
    int layers = whole("num_hidden_layers");
    int context = whole("max_position_embeddings");
    int eos =
        root.path("eos_token_id").isArray()
            ? root.path("eos_token_id").path(0).asInt(-1)
            : id("eos_token_id");
    try {
      int headSize =
          given("head_dim") || architecture.has(Trait.SCALED_EMBEDDING)
              ? whole("head_dim")
              : hidden / Math.max(1, heads);
      return new ModelConfig(
          architecture,
          whole("vocab_size"),
          hidden,
          whole("intermediate_size"),
          layers,
          heads,
          given("num_key_value_heads") ? whole("num_key_value_heads") : heads,
          headSize,
          context,
          (float) number("rms_norm_eps"),
          rope(architecture, context),
          attending(architecture, headSize, layers, context),
          cap("final_logit_softcapping", architecture == Architecture.GEMMA2 ? 30 : 0),
          head(architecture),
          id("bos_token_id"),
          eos,
          given(CacheType.KEY)
              ? CacheType.of(root.path(CacheType.KEY).asString(""), file.toString())
              : CacheType.F32);
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
                            .formatted(file, Foreign.shown(type), Architecture.known())));
    JsonNode names = root.path("architectures");
    if (names.isArray() && !names.isEmpty()) {
      String name = names.get(0).asString("");
      if (!name.equals(architecture.className()) && !name.equals(architecture.rewardName())) {
        throw new BadInputException(
            "%s: architectures names \"%s\", but model_type \"%s\" is computed as %s"
                .formatted(file, Foreign.shown(name), type, architecture.className()));
      }
    }
    return architecture;
  }

  private Head head(Architecture architecture) {
    if (root.path("architectures").path(0).asString("").equals(architecture.rewardName())) {
      int labels = given("id2label") ? root.path("id2label").size() : whole("num_labels");
      if (labels != 1) {
        throw new BadInputException(
            "%s: a classifier of %d labels is no reward model, which has one"
                .formatted(file, labels));
      }
      return Head.REWARD;
    }
    boolean tied = root.path("tie_word_embeddings").asBoolean(architecture.has(Trait.TIED));
    return tied ? Head.TIED : Head.OWN;
  }

  private void refuseWhatIsNotComputed(Architecture architecture) {
    for (String key :
        List.of("attention_bias", "mlp_bias", "rope_interleaved", "use_bidirectional_attention")) {
      if (root.path(key).asBoolean(false)) {
        throw unsupported(key);
      }
    }
    String activation = architecture.has(Trait.GELU) ? "gelu_pytorch_tanh" : "silu";
    for (String key : List.of("hidden_act", "hidden_activation")) {
      if (given(key) && !root.path(key).asString("").equals(activation)) {
        throw unsupported(key);
      }
    }
    boolean caps = architecture == Architecture.GEMMA2 || architecture == Architecture.GEMMA3;
    for (String key :
        List.of("attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar")) {
      if (given(key) && !caps) {
        throw unsupported(key);
      }
    }
    if (given("quantization_config")) {
      throw unsupported("quantization_config");
    }
    for (String key : root.propertyNames()) {
      JsonNode value = root.path(key);
      boolean empty =
          value.isNull()
              || value.isBoolean() && !value.asBoolean()
              || value.isEmpty() && !value.isValueNode();
      if (!ConfigKeys.knows(key) && !empty) {
        throw new BadInputException(
            "%s: the key %s (%s) is not understood; known are %s"
                .formatted(file, Foreign.shown(key), shortened(value), ConfigKeys.known()));
      }
    }
  }

  private Rope rope(Architecture architecture, int context) {
    RopeJson reader = new RopeJson(file, root, context);
    JsonNode parameters = root.path("rope_parameters");
    if (architecture == Architecture.GEMMA3) {
      JsonNode full = parameters.path("full_attention");
      return full.isObject()
          ? reader.read(full, full.path("rope_theta"), 1_000_000)
          : reader.read(root.path("rope_scaling"), root.path("rope_theta"), 1_000_000);
    }
    Rope rope =
        parameters.isObject()
            ? reader.read(parameters, parameters.path("rope_theta"), 10_000)
            : reader.read(root.path("rope_scaling"), root.path("rope_theta"), 10_000);
    boolean phi = architecture == Architecture.PHI3;
    if (phi && rope.scaling() instanceof Rope.Yarn) {
      // The reference library takes it for longrope there.
      throw new BadInputException(file + ": rope_type \"yarn\" is not supported for phi3");
    }
    if (!phi && (rope.scaling() instanceof Rope.LongRope || rope.share() != 1)) {
      throw new BadInputException(
          file + ": rope_type \"longrope\" and partial_rotary_factor are supported for phi3 alone");
    }
    return rope;
  }

  /** The windowed layers' own, which Gemma 3 alone has. */
  private @Nullable Rope windowedRope(Architecture architecture, int context) {
    if (architecture != Architecture.GEMMA3) {
      return null;
    }
    RopeJson reader = new RopeJson(file, root, context);
    JsonNode own = root.path("rope_parameters").path("sliding_attention");
    return own.isObject()
        ? reader.read(own, own.path("rope_theta"), 10_000)
        : reader.read(own, root.path("rope_local_base_freq"), 10_000);
  }

  private Attending attending(Architecture architecture, int headSize, int layers, int context) {
    List<Boolean> windowed = windowed(architecture, layers);
    int window = windowed.contains(true) ? whole("sliding_window") : 0;
    // The reference's default where config.json is silent is 256, whatever the head's size.
    double scalar =
        given("query_pre_attn_scalar")
            ? number("query_pre_attn_scalar")
            : architecture.has(Trait.SCALED_EMBEDDING) ? 256 : headSize;
    return new Attending(
        scalar,
        cap("attn_logit_softcapping", architecture == Architecture.GEMMA2 ? 50 : 0),
        window,
        windowed,
        windowedRope(architecture, context));
  }

  private List<Boolean> windowed(Architecture architecture, int layers) {
    if (layers > ModelConfig.MOST_LAYERS) {
      throw new IllegalArgumentException(
          "num_hidden_layers must be at most %,d, not %,d"
              .formatted(ModelConfig.MOST_LAYERS, layers));
    }
    List<Boolean> listed = listed();
    Windowing windowing = architecture.windowing();
    boolean off =
        !given("sliding_window")
            || windowing == Windowing.UPPER && !root.path("use_sliding_window").asBoolean(false);
    if (windowing == Windowing.NEVER) {
      if (listed.contains(true)) {
        throw unsupported("layer_types");
      }
      if (given("sliding_window")
          && root.path("use_sliding_window").asBoolean(true)
          && whole("sliding_window") < whole("max_position_embeddings")) {
        throw unsupported("sliding_window");
      }
      return Collections.nCopies(Math.max(0, layers), false);
    }
    if (off) {
      if (listed.contains(true)) {
        throw new BadInputException(
            file + ": layer_types names sliding_attention, but sliding_window is off");
      }
      return Collections.nCopies(Math.max(0, layers), false);
    }
    if (!listed.isEmpty() && windowing != Windowing.ALWAYS) {
      return listed;
    }
    int parameter =
        switch (windowing) {
          case UPPER -> given("max_window_layers") ? whole("max_window_layers") : 28;
          case FIVE_OF_SIX -> given("sliding_window_pattern") ? whole("sliding_window_pattern") : 6;
          case NEVER, ALWAYS, EVERY_SECOND -> 0;
        };
    if (windowing == Windowing.FIVE_OF_SIX && parameter < 1) {
      throw unsupported("sliding_window_pattern");
    }
    return windowing.layers(layers, parameter);
  }

  private List<Boolean> listed() {
    List<Boolean> listed = new ArrayList<>();
    for (JsonNode type : root.path("layer_types")) {
      switch (type.asString("")) {
        case "sliding_attention" -> listed.add(true);
        case "full_attention" -> listed.add(false);
        default ->
            throw new BadInputException(
                "%s: layer_types has %s; known are full_attention and sliding_attention"
                    .formatted(file, shortened(type)));
      }
    }
    return listed;
  }

  /** Null is no cap; a key that is missing means the reference's default. */
  private double cap(String key, double usual) {
    return given(key) ? number(key) : root.has(key) ? 0 : usual;
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
              .formatted(file, key, value.isMissingNode() ? "missing" : shortened(value)));
    }
    return value.asInt();
  }

  private double number(String key) {
    JsonNode value = root.path(key);
    if (!value.isNumber()) {
      throw new BadInputException(
          "%s: %s must be a number, not %s"
              .formatted(file, key, value.isMissingNode() ? "missing" : shortened(value)));
    }
    return value.asDouble();
  }

  private BadInputException unsupported(String key) {
    return new BadInputException(
        "%s: %s %s is not supported for model_type \"%s\""
            .formatted(file, key, shortened(root.path(key)), root.path("model_type").asString("")));
  }

  private static String shortened(JsonNode value) {
    return Foreign.shown(value.isString() ? value.asString() : value.toString());
  }
}
