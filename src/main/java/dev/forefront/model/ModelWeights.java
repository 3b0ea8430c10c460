package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model's configuration and weights, from a Hugging Face folder or a GGUF file, mapped. */
public final class ModelWeights implements AutoCloseable {
  private final WeightNames names;
  private final Function<WeightNames.Part, @Nullable Weight> source;
  private final AutoCloseable files;
  private ModelConfig config;
  private @Nullable Adapter adapter;

  private ModelWeights(
      ModelConfig config,
      Function<WeightNames.Part, @Nullable Weight> source,
      AutoCloseable files) {
    this.config = config;
    this.source = source;
    this.files = files;
    names = new WeightNames(config);
  }

  /**
   * @param model a folder with config.json and safetensors, or a GGUF file
   * @throws BadInputException naming the file and what is missing or not understood; a reward model
   *     writes nothing, and so is none of those that are opened here
   */
  public static ModelWeights open(Path model) {
    return open(model, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it takes. */
  public static ModelWeights open(Path model, Loading loading) {
    ModelWeights weights = openAny(model, loading);
    if (weights.config.head() == Head.REWARD) {
      weights.close();
      throw new BadInputException(
          "%s is a reward model, which judges replies and writes none: ./forefront score asks it"
              .formatted(model));
    }
    return weights;
  }

  /** With whatever head. */
  static ModelWeights openAny(Path model, Loading loading) {
    if (Gguf.is(model)) {
      Gguf gguf = Gguf.open(model, loading);
      try {
        return of(gguf);
      } catch (RuntimeException e) {
        gguf.close();
        throw e;
      }
    }
    ModelConfig config = ModelFolder.config(model, loading);
    SafeTensors tensors = SafeTensors.open(model, loading);
    try {
      return of(model, config, tensors);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /** The weights of a file that is open; they are read until it is closed. */
  public static ModelWeights of(Gguf gguf) {
    ModelConfig config = GgufConfig.read(gguf);
    Set<String> known = known(config, true);
    known.add(GgufConfig.ROPE_FACTORS);
    for (String name : gguf.tensors().keySet()) {
      requireKnown(gguf.file(), name, known);
    }
    return new ModelWeights(
        config,
        part -> {
          Gguf.Tensor tensor = gguf.tensors().get(part.gguf());
          return tensor == null ? null : inOrder(config, part, tensor);
        },
        gguf);
  }

  private static Weight inOrder(ModelConfig config, WeightNames.Part part, Gguf.Tensor tensor) {
    Architecture architecture = config.architecture();
    boolean interleaved = architecture.has(Trait.INTERLEAVED) && part.isQueryOrKey();
    int heads = part.name().contains(".q_proj.") ? config.heads() : config.keyValueHeads();
    boolean shifted = architecture.has(Trait.SHIFTED_IN_GGUF) && part.isNorm();
    return new Weight(
        tensor.name(),
        tensor.encoding(),
        tensor.shape(),
        tensor.data(),
        interleaved ? heads : 0,
        shifted ? 1 : 0);
  }

  private static ModelWeights of(Path folder, ModelConfig config, SafeTensors tensors) {
    Set<String> known = known(config, false);
    // A copy of the embedding, and tables that older releases saved.
    known.add("lm_head.weight");
    for (String name : tensors.entries().keySet()) {
      if (!name.endsWith(".rotary_emb.inv_freq")) {
        requireKnown(folder, Packed.weightOf(name), known);
      }
    }
    Map<String, Weight> weights = Packed.weights(tensors);
    return new ModelWeights(config, part -> weights.get(part.name()), tensors);
  }

  private static Set<String> known(ModelConfig config, boolean gguf) {
    Set<String> known = new HashSet<>();
    for (List<WeightNames.Part> parts : new WeightNames(config).inOrder()) {
      parts.forEach(part -> known.add(gguf ? part.gguf() : part.name()));
    }
    return known;
  }

  /** A bias that nobody adds would be silently wrong. */
  private static void requireKnown(Path file, String name, Set<String> known) {
    if (!known.contains(name)) {
      throw new BadInputException(
          "%s holds tensor %s, which the architecture does not have"
              .formatted(file, Foreign.shown(name)));
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** The names of all weights in this architecture. */
  public WeightNames names() {
    return names;
  }

  /**
   * Adds an adapter's products to the weights that it names, as they are read.
   *
   * @throws BadInputException where the adapter was made for another model
   */
  public ModelWeights with(Adapter added) {
    added.requireFits(names);
    adapter = added;
    return this;
  }

  /** The same weights, whose keys and values are kept in other numbers. */
  public ModelWeights with(CacheType cache) {
    config = config.with(cache);
    return this;
  }

  /**
   * A weight as its file holds it, without any adapter.
   *
   * @throws BadInputException where it is missing or misshapen
   */
  public Weight weight(WeightNames.Part part) {
    Weight weight = source.apply(part);
    if (weight == null) {
      throw new BadInputException("the weights hold no tensor " + part.name());
    }
    if (!Arrays.equals(weight.shape(), part.shape())) {
      throw new BadInputException(
          "tensor %s has shape %s where the configuration asks for %s"
              .formatted(
                  weight.name(), Arrays.toString(weight.shape()), Arrays.toString(part.shape())));
    }
    return weight;
  }

  /** Bytes of the weights by how they are stored. */
  public Map<Encoding, Long> stored() {
    Map<Encoding, Long> bytes = new EnumMap<>(Encoding.class);
    for (List<WeightNames.Part> parts : names.inOrder()) {
      for (WeightNames.Part part : parts) {
        Weight weight = weight(part);
        bytes.merge(weight.encoding(), weight.data().byteSize(), Long::sum);
      }
    }
    return bytes;
  }

  /** Whether an adapter changes a weight: then it is no longer what its file holds. */
  public boolean isAdapted(WeightNames.Part part) {
    return adapter != null && adapter.changes(part);
  }

  /** A weight as float32, an adapter's part added. */
  public float[] floats(WeightNames.Part part) {
    float[] values = weight(part).floats();
    if (adapter != null) {
      adapter.addTo(part, values);
    }
    return values;
  }

  /**
   * Several weights as float32, one below the other.
   *
   * @param parts as {@link #names} gives them
   */
  public float[] floats(List<WeightNames.Part> parts) {
    if (parts.size() == 1) {
      return floats(parts.getFirst());
    }
    long count = parts.stream().mapToLong(WeightNames.Part::count).sum();
    if (count > Integer.MAX_VALUE - 8) {
      throw new BadInputException(parts.getFirst().name() + " is too large for one array");
    }
    float[] all = new float[(int) count];
    int at = 0;
    for (WeightNames.Part part : parts) {
      float[] own = floats(part);
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }

  @Override
  public void close() {
    try {
      files.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
