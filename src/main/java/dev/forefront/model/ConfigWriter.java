package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes config.json so that transformers 4 and 5 both read it. */
final class ConfigWriter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ConfigWriter() {}

  static void write(ModelConfig config, DType stored, Path file) {
    Architecture architecture = config.architecture();
    ObjectNode root = JSON.createObjectNode();
    boolean reward = config.head() == Head.REWARD;
    root.putArray("architectures")
        .add(reward ? architecture.rewardName() : architecture.className());
    root.put("attention_bias", false);
    root.put("attention_dropout", 0.0);
    putId(root, "bos_token_id", config.bosId());
    putId(root, "eos_token_id", config.eosId());
    root.put("head_dim", config.headSize());
    root.put(
        architecture.has(Trait.GELU) ? "hidden_activation" : "hidden_act",
        architecture.has(Trait.GELU) ? "gelu_pytorch_tanh" : "silu");
    root.put("hidden_size", config.hiddenSize());
    if (reward) {
      root.putObject("id2label").put("0", "REWARD");
      root.putObject("label2id").put("REWARD", 0);
    }
    root.put("initializer_range", 0.02);
    root.put("intermediate_size", config.intermediateSize());
    if (config.cache() != CacheType.F32) {
      root.put(CacheType.KEY, config.cache().label());
    }
    root.put("max_position_embeddings", config.contextLength());
    root.put("mlp_bias", false);
    root.put("model_type", architecture.modelType());
    root.put("num_attention_heads", config.heads());
    root.put("num_hidden_layers", config.layers());
    root.put("num_key_value_heads", config.keyValueHeads());
    if (architecture == Architecture.PHI3) {
      // What transformers takes otherwise is outside a small vocabulary.
      root.putNull("pad_token_id");
    }
    root.put("rms_norm_eps", Double.parseDouble(Float.toString(config.normEpsilon())));
    root.put("rope_theta", config.rope().theta());
    root.set(
        "rope_scaling",
        RopeJson.write(config.rope().scaling(), config.headSize(), JSON.createObjectNode()));
    if (config.rope().share() != 1) {
      root.put("partial_rotary_factor", config.rope().share());
    }
    if (config.rope().scaling() instanceof Rope.LongRope longRope) {
      root.put("original_max_position_embeddings", longRope.originalContext());
    }
    putAttending(root, config);
    root.put("tie_word_embeddings", config.tied());
    root.put(
        "torch_dtype",
        switch (stored) {
          case F16 -> "float16";
          case BF16 -> "bfloat16";
          case F32, I64, I32, U8, BOOL -> "float32";
        });
    root.put("use_cache", true);
    root.put("vocab_size", config.vocabularySize());
    AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private static void putAttending(ObjectNode root, ModelConfig config) {
    Attending attending = config.attending();
    Rope windowedRope = attending.windowedRope();
    if (windowedRope != null) {
      root.put("rope_local_base_freq", windowedRope.theta());
    }
    if (config.architecture().has(Trait.SCALED_EMBEDDING)) {
      double scalar = attending.queryScalar();
      // Transformers takes a whole number only where it is one.
      if (scalar == Math.rint(scalar)) {
        root.put("query_pre_attn_scalar", (long) scalar);
      } else {
        root.put("query_pre_attn_scalar", scalar);
      }
      putCap(root, "attn_logit_softcapping", attending.scoreCap());
      putCap(root, "final_logit_softcapping", config.logitCap());
    }
    if (config.architecture().windowing() == Windowing.NEVER) {
      return;
    }
    boolean windowed = attending.isWindowed();
    if (config.architecture().windowing() == Windowing.UPPER) {
      root.put("use_sliding_window", windowed);
      root.put("max_window_layers", Math.max(0, attending.windowed().indexOf(true)));
    }
    if (windowed) {
      root.put("sliding_window", attending.window());
    } else {
      root.putNull("sliding_window");
    }
    if (config.architecture().windowing() != Windowing.ALWAYS) {
      ArrayNode types = root.putArray("layer_types");
      attending.windowed().forEach(w -> types.add(w ? "sliding_attention" : "full_attention"));
    }
  }

  private static void putCap(ObjectNode root, String key, double cap) {
    if (cap == 0) {
      root.putNull(key);
    } else {
      root.put(key, cap);
    }
  }

  private static void putId(ObjectNode root, String key, int id) {
    if (id < 0) {
      root.putNull(key);
    } else {
      root.put(key, id);
    }
  }
}
