package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model's shape in the metadata of a GGUF file. */
final class GgufConfig {
  /** Factors by which the frequencies of rotary positions are divided. */
  static final String ROPE_FACTORS = "rope_freqs.weight";

  /** Other programs have no word for it, and do not need one. */
  static final String CACHE = "forefront." + CacheType.KEY;

  /** Gemma 3's positions in windowed layers, which most of its files leave out. */
  private static final double GEMMA_LOCAL_THETA = 10_000;

  private static final Set<String> KNOWN =
      Set.of(
          "context_length",
          "embedding_length",
          "block_count",
          "feed_forward_length",
          "vocab_size",
          "attention.head_count",
          "attention.head_count_kv",
          "attention.key_length",
          "attention.value_length",
          "attention.layer_norm_rms_epsilon",
          "attention.sliding_window",
          "attn_logit_softcapping",
          "final_logit_softcapping",
          "rope.freq_base",
          "rope.freq_base_swa",
          "rope.dimension_count",
          "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scaling.original_context_length",
          "rope.scaling.attn_factor",
          "rope.scaling.finetuned");

  private final Gguf gguf;
  private final Architecture architecture;

  private GgufConfig(Gguf gguf) {
    this.gguf = gguf;
    String name = gguf.text("general.architecture").orElse("");
    architecture =
        Architecture.ofGgufName(name)
            .orElseThrow(
                () ->
                    gguf.wrong(
                        "general.architecture",
                        "\"%s\" is not supported; known are %s"
                            .formatted(Foreign.shown(name), known())));
  }

  static ModelConfig read(Gguf gguf) {
    GgufConfig reader = new GgufConfig(gguf);
    try {
      return reader.config();
    } catch (IllegalArgumentException e) {
      throw new BadInputException(gguf.file() + ": " + e.getMessage(), e);
    }
  }

  private static String known() {
    List<String> names = new ArrayList<>();
    for (Architecture architecture : Architecture.values()) {
      if (!names.contains(architecture.ggufName())) {
        names.add(architecture.ggufName());
      }
    }
    return String.join(", ", names);
  }

  private ModelConfig config() {
    refuseWhatIsNotComputed();
    int hidden = need("embedding_length");
    int heads = need("attention.head_count");
    int layers = need("block_count");
    if (layers > ModelConfig.MOST_LAYERS) {
      throw gguf.wrong(key("block_count"), "of %,d cannot be".formatted(layers));
    }
    int headSize = whole("attention.key_length").orElse(hidden / Math.max(1, heads));
    same("attention.value_length", headSize);
    same("rope.dimension_count", headSize);
    boolean capped = architecture == Architecture.GEMMA2;
    Gguf.Tensor embedding = gguf.tensors().get("token_embd.weight");
    if (embedding == null) {
      throw gguf.wrong("token_embd.weight", "is missing: the file holds no whole model");
    }
    return new ModelConfig(
        architecture,
        Math.toIntExact(Math.min(Integer.MAX_VALUE, embedding.shape()[0])),
        hidden,
        need("feed_forward_length"),
        layers,
        heads,
        whole("attention.head_count_kv").orElse(heads),
        headSize,
        need("context_length"),
        gguf.real(key("attention.layer_norm_rms_epsilon"))
            .orElseThrow(() -> missing("attention.layer_norm_rms_epsilon"))
            .floatValue(),
        rope(),
        attending(headSize, hidden, heads, layers, capped),
        gguf.real(key("final_logit_softcapping")).orElse(capped ? 30.0 : 0.0),
        gguf.tensors().containsKey("output.weight") ? Head.OWN : Head.TIED,
        id("tokenizer.ggml.bos_token_id"),
        id("tokenizer.ggml.eos_token_id"),
        gguf.text(CACHE)
            .map(label -> CacheType.of(label, gguf.file().toString()))
            .orElse(CacheType.F32));
  }

  private void refuseWhatIsNotComputed() {
    String prefix = architecture.ggufName() + ".";
    for (String key : gguf.keys()) {
      if (key.startsWith(prefix) && !KNOWN.contains(key.substring(prefix.length()))) {
        throw gguf.wrong(
            key,
            "is not understood; known are " + String.join(", ", KNOWN.stream().sorted().toList()));
      }
    }
    if (!gguf.text("general.type").orElse("model").equals("model")) {
      throw gguf.wrong("general.type", "says that this is no model");
    }
    if (gguf.whole("split.count").orElse(1) > 1) {
      throw gguf.wrong("split.count", "says that the model is in several files: merge them first");
    }
    if (architecture != Architecture.GEMMA3 && gguf.real(key("rope.freq_base_swa")).isPresent()) {
      throw gguf.wrong(
          key("rope.freq_base_swa"), "is not supported for " + architecture.ggufName());
    }
    if (!Set.of(Architecture.GEMMA2, Architecture.GEMMA3).contains(architecture)) {
      for (String cap : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
        if (gguf.real(key(cap)).orElse(0.0) != 0) {
          throw gguf.wrong(key(cap), "is not supported for " + architecture.ggufName());
        }
      }
    }
  }

  private Rope rope() {
    double theta =
        gguf.real(key("rope.freq_base"))
            .orElse(architecture == Architecture.GEMMA3 ? 1_000_000.0 : 10_000.0);
    Gguf.Tensor factors = gguf.tensors().get(ROPE_FACTORS);
    if (factors != null) {
      if (factors.shape().length != 1 || factors.shape()[0] > 1 << 16) {
        throw gguf.wrong("tensor " + ROPE_FACTORS, "is no short list");
      }
      List<Float> list = new ArrayList<>();
      for (float factor : Weight.of(factors).floats()) {
        list.add(factor);
      }
      return new Rope(theta, new Rope.Factors(list));
    }
    String type = gguf.text(key("rope.scaling.type")).orElse("none");
    return new Rope(
        theta,
        switch (type) {
          case "none" -> new Rope.Unscaled();
          case "linear" -> new Rope.Linear(factor());
          case "yarn" ->
              new Rope.Yarn(
                  factor(),
                  need("rope.scaling.original_context_length"),
                  32,
                  1,
                  gguf.real(key("rope.scaling.attn_factor")).orElse(1.0)
                      * Rope.Yarn.recommended(factor(), 1),
                  true);
          default ->
              throw gguf.wrong(
                  key("rope.scaling.type"),
                  "\"%s\" is not supported; known are none, linear, yarn"
                      .formatted(Foreign.shown(type)));
        });
  }

  private double factor() {
    return gguf.real(key("rope.scaling.factor")).orElseThrow(() -> missing("rope.scaling.factor"));
  }

  private Attending attending(int headSize, int hidden, int heads, int layers, boolean capped) {
    int window = whole("attention.sliding_window").orElse(0);
    Windowing windowing = architecture.windowing();
    boolean always = windowing != Windowing.NEVER && windowing != Windowing.UPPER;
    if (!always && window > 0 && window < need("context_length")) {
      throw gguf.wrong(
          key("attention.sliding_window"), "is not supported for " + architecture.ggufName());
    }
    List<Boolean> windowed =
        always && window > 0
            ? windowing.layers(layers, 6)
            : Collections.nCopies(Math.max(0, layers), false);
    return new Attending(
        queryScalar(architecture, headSize, hidden, heads, layers),
        gguf.real(key("attn_logit_softcapping")).orElse(capped ? 50.0 : 0.0),
        windowed.contains(true) ? window : 0,
        windowed,
        architecture == Architecture.GEMMA3
            ? new Rope(
                gguf.real(key("rope.freq_base_swa")).orElse(GEMMA_LOCAL_THETA), new Rope.Unscaled())
            : null);
  }

  /** Not in the file: the largest Gemmas, known by their layers, scale otherwise (llama.cpp). */
  static double queryScalar(
      Architecture architecture, int headSize, int hidden, int heads, int layers) {
    boolean largest =
        architecture == Architecture.GEMMA2 && layers == 46
            || architecture == Architecture.GEMMA3 && layers == 62;
    return largest ? (double) hidden / heads : headSize;
  }

  private int id(String key) {
    long id = gguf.whole(key).orElse(-1);
    return id < 0 || id > Integer.MAX_VALUE ? -1 : (int) id;
  }

  private int need(String name) {
    return whole(name).orElseThrow(() -> missing(name));
  }

  private BadInputException missing(String name) {
    return gguf.wrong(key(name), "is missing");
  }

  private Optional<Integer> whole(String name) {
    var value = gguf.whole(key(name));
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.getAsLong() < 0 || value.getAsLong() > Integer.MAX_VALUE) {
      throw gguf.wrong(key(name), "of " + Long.toUnsignedString(value.getAsLong()) + " cannot be");
    }
    return Optional.of((int) value.getAsLong());
  }

  private void same(String name, int headSize) {
    int value = whole(name).orElse(headSize);
    if (value != headSize) {
      throw gguf.wrong(
          key(name), "of %d differs from the head's size %d".formatted(value, headSize));
    }
  }

  private String key(String name) {
    return architecture.ggufName() + "." + name;
  }
}
