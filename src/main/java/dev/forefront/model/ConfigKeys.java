package dev.forefront.model;

import java.util.Set;
import java.util.TreeSet;

/** The keys of config.json: what is read, and what changes nothing that is computed here. */
final class ConfigKeys {
  private static final Set<String> READ =
      Set.of(
          "architectures",
          "model_type",
          "vocab_size",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "head_dim",
          "max_position_embeddings",
          "rms_norm_eps",
          "rope_theta",
          "rope_scaling",
          "rope_parameters",
          "rope_local_base_freq",
          "rope_interleaved",
          "partial_rotary_factor",
          "original_max_position_embeddings",
          "tie_word_embeddings",
          "bos_token_id",
          "eos_token_id",
          "hidden_act",
          "hidden_activation",
          "attention_bias",
          "mlp_bias",
          "sliding_window",
          "use_sliding_window",
          "max_window_layers",
          "layer_types",
          "sliding_window_pattern",
          "query_pre_attn_scalar",
          "attn_logit_softcapping",
          "final_logit_softcapping",
          "use_bidirectional_attention",
          "quantization_config",
          CacheType.KEY);

  /** About training, saving and other programs. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "transformers_version",
          "torch_dtype",
          "dtype",
          "use_cache",
          "initializer_range",
          "attention_dropout",
          "resid_pdrop",
          "embd_pdrop",
          "hidden_dropout",
          "pad_token_id",
          "unk_token_id",
          "sep_token_id",
          "cls_token_id",
          "pretraining_tp",
          "is_llama_config",
          "cache_implementation",
          "auto_map",
          "transformers.js_config",
          "id2label",
          "label2id",
          "problem_type",
          "output_attentions",
          "output_hidden_states",
          "return_dict",
          "chunk_size_feed_forward",
          "num_labels",
          "task_specific_params",
          "unsloth_version",
          "unsloth_fixed");

  private ConfigKeys() {}

  /** Whether a key that carries a value is understood; those with an underscore are private. */
  static boolean knows(String key) {
    return READ.contains(key) || WITHOUT_EFFECT.contains(key) || key.startsWith("_");
  }

  /** All that are read, for error messages. */
  static String known() {
    return String.join(", ", new TreeSet<>(READ));
  }
}
