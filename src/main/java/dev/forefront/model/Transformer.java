package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import dev.forefront.tensor.CausalAttention;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The trainable model on the native tensors: a decoder-only transformer (Touvron et al. 2023) in
 * the variants of {@link Architecture}. Lives on one platform thread. Its parameters outlive
 * scopes; {@link #close} frees them.
 *
 * <p>With an adapter the adapter's matrices alone are trained, and the model's weights stay as they
 * are.
 */
public final class Transformer implements AutoCloseable {

  /** What a parameter is to an optimizer. */
  public enum Kind {
    /** A row for each token of the vocabulary: embedding and head. */
    TABLE,
    /** A projection inside a block. */
    MATRIX,
    /** Norms and biases. */
    VECTOR
  }

  /**
   * A trainable tensor.
   *
   * @param name Hugging Face's name, or of the first of several that are held in one
   * @param rows of each of the matrices that lie one below the other in the tensor
   */
  public record Parameter(String name, Tensor tensor, Kind kind, List<Long> rows) {
    public Parameter {
      rows = List.copyOf(rows);
    }
  }

  private final ModelConfig config;
  private final @Nullable AdapterConfig adapting;
  private final List<Parameter> held = new ArrayList<>();
  private final Map<String, LowRank> adapted = new LinkedHashMap<>();
  private final List<Parameter> trained = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor embedding;
  private final Tensor norm;
  private final Tensor head;
  private final Rotations rotations;

  private Transformer(ModelConfig config, WeightNames.Source source, @Nullable Adapter adapter) {
    this.config = config;
    adapting = adapter == null ? null : adapter.config();
    WeightNames names = new WeightNames(config);
    embedding = parameter(names.embedding(), source);
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(block(names, layer, source, adapter));
    }
    norm = parameter(names.norm(), source);
    head = config.tied() ? embedding : parameter(names.head(), source);
    rotations = new Rotations(config);
    if (adapter == null) {
      trained.addAll(held);
    }
  }

  /**
   * Fresh weights: matrices from N(0, 0.02), those that write into the residual stream divided by
   * the square root of twice the layers (Radford et al. 2019), norms one. The same seed gives the
   * same weights.
   */
  public static Transformer initialize(ModelConfig config, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double residual = 0.02 / Math.sqrt(2.0 * config.layers());
    return new Transformer(
        config,
        part -> {
          int count = Math.toIntExact(part.count());
          if (!part.isNorm() && !part.isBias()) {
            return gaussian(random, count, part.writesResidual() ? residual : 0.02);
          }
          float[] values = new float[count];
          if (part.isNorm()) {
            Arrays.fill(values, config.architecture().has(Trait.SHIFTED_NORM) ? 0 : 1);
          }
          return values;
        },
        null);
  }

  /**
   * Loads a model folder or GGUF file, weights widened.
   *
   * @throws dev.forefront.conversation.BadInputException where a tensor is missing or misshapen
   */
  public static Transformer load(Path model) {
    try (ModelWeights weights = ModelWeights.open(model)) {
      return load(weights);
    }
  }

  /**
   * Loads a reward model.
   *
   * @throws BadInputException where it is one that writes
   */
  public static Transformer loadReward(Path model) {
    try (ModelWeights weights = ModelWeights.openAny(model, Loading.UNWITNESSED)) {
      if (weights.config().head() != Head.REWARD) {
        throw new BadInputException(model + " is no reward model: it has no score.weight");
      }
      return load(weights);
    }
  }

  /**
   * A reward model to be: another model's body under a fresh head, from N(0, 0.02).
   *
   * @param seed of the head
   */
  public static Transformer rewarding(Path model, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (ModelWeights weights = ModelWeights.open(model)) {
      return new Transformer(
          weights.config().with(Head.REWARD),
          part ->
              part.name().equals(WeightNames.REWARD)
                  ? gaussian(random, Math.toIntExact(part.count()), 0.02)
                  : weights.floats(part),
          null);
    }
  }

  private static float[] gaussian(SplittableRandom random, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  /** Likewise, of files that are open; they are not needed afterwards. */
  public static Transformer load(ModelWeights weights) {
    return new Transformer(weights.config(), weights::floats, null);
  }

  /**
   * Loads a model of which an adapter is trained, and nothing else.
   *
   * @param adapter what it begins with
   * @throws BadInputException where the adapter is not for this model, or changes more than the
   *     matrices of its blocks
   */
  public static Transformer adapting(Path model, Adapter adapter) {
    try (ModelWeights weights = ModelWeights.open(model)) {
      adapter.requireFits(new WeightNames(weights.config()));
      Transformer made = new Transformer(weights.config(), weights::floats, adapter);
      List<String> left = new ArrayList<>(adapter.pairs().keySet());
      left.removeAll(made.adapted.keySet());
      if (!left.isEmpty()) {
        made.close();
        throw new BadInputException(
            "the adapter changes %s: only matrices inside the blocks can be tuned by one"
                .formatted(left.getFirst()));
      }
      return made;
    }
  }

  /**
   * What {@link #checkpoint} wrote into a folder.
   *
   * @param start makes the model that the run began with
   */
  public static Transformer resume(Path folder, Supplier<Transformer> start) {
    if (!Adapter.isIn(folder)) {
      try (ModelWeights weights = ModelWeights.openAny(folder, Loading.UNWITNESSED)) {
        return load(weights);
      }
    }
    Transformer model = start.get();
    Adapter.open(folder)
        .pairs()
        .forEach(
            (name, pair) -> {
              LowRank own = model.adapted.get(name);
              if (own == null) {
                throw new BadInputException(
                    "%s holds an adapter of other matrices than the run's".formatted(folder));
              }
              own.set(pair);
            });
    return model;
  }

  /** Writes config.json, generation_config.json and model.safetensors, an adapter added. */
  public void write(Path folder) {
    ModelFolder.write(folder, config, weights());
  }

  /**
   * Writes what a run needs to go on, into a folder: the model, or the adapter alone where nothing
   * else changes. A model's numbers are not copied, so it is called before they change.
   */
  public Consumer<Path> checkpoint() {
    Optional<Adapter> adapter = adapter();
    if (adapter.isPresent()) {
      return adapter.get()::write;
    }
    List<SafeTensors.Entry> weights = weights();
    return folder -> ModelFolder.write(folder, config, weights);
  }

  /** What is trained, where that is an adapter; a copy. */
  public Optional<Adapter> adapter() {
    if (adapting == null) {
      return Optional.empty();
    }
    Map<String, Adapter.Pair> pairs = new LinkedHashMap<>();
    adapted.forEach((name, own) -> pairs.put(name, own.pair()));
    return Optional.of(new Adapter(adapting, pairs));
  }

  /**
   * All weights under Hugging Face's names, in their own memory: they change when the model does.
   * What an adapter changes is a copy, with the adapter added.
   */
  public List<SafeTensors.Entry> weights() {
    Optional<Adapter> adapter = adapter();
    List<SafeTensors.Entry> entries = new ArrayList<>();
    WeightNames names = new WeightNames(config);
    int at = 0;
    for (List<WeightNames.Part> parts : names.inOrder()) {
      MemorySegment all = held.get(at++).tensor().memory();
      long from = 0;
      for (WeightNames.Part part : parts) {
        long bytes = part.count() * Float.BYTES;
        MemorySegment own = all.asSlice(from, bytes);
        entries.add(
            adapter.isPresent() && adapter.get().changes(part)
                ? added(part, own, adapter.get())
                : new SafeTensors.Entry(part.name(), DType.F32, part.shape(), own));
        from += bytes;
      }
    }
    return entries;
  }

  private static SafeTensors.Entry added(
      WeightNames.Part part, MemorySegment weight, Adapter adapter) {
    float[] values = weight.toArray(ValueLayout.JAVA_FLOAT);
    adapter.addTo(part, values);
    return SafeTensors.of(part.name(), values, part.shape());
  }

  public ModelConfig config() {
    return config;
  }

  /** What is trained, in a fixed order; each matrix appears once. */
  public List<Parameter> parameters() {
    return Collections.unmodifiableList(trained);
  }

  /**
   * The residual stream after the final norm.
   *
   * @return {@code [rows, length, width]}
   */
  public Tensor hidden(TokenInput input) {
    RecomputedPass.Body body = body(input);
    Tensor x_BTD = body.start().get();
    for (UnaryOperator<Tensor> block : body.blocks()) {
      x_BTD = block.apply(x_BTD);
    }
    return body.end().apply(x_BTD);
  }

  /** One way through the body, and back when it is asked for. */
  public Pass pass(TokenInput input, Recall recall) {
    return switch (recall) {
      case KEEP -> new Pass.Kept(hidden(input));
      case RECOMPUTE -> new RecomputedPass(body(input));
    };
  }

  /** The residual stream before the first layer and after each, {@code [rows, length, width]}. */
  List<Tensor> residuals(TokenInput input) {
    RecomputedPass.Body body = body(input);
    List<Tensor> residuals = new ArrayList<>(List.of(body.start().get()));
    body.blocks().forEach(block -> residuals.add(block.apply(residuals.getLast())));
    return residuals;
  }

  private RecomputedPass.Body body(TokenInput input) {
    requireRoom(input);
    boolean areTold = CausalAttention.takesDocuments(config.attending().scoreCap());
    Segments segments = input.isPlain() ? null : new Segments(input, areTold);
    List<UnaryOperator<Tensor>> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      int number = layer;
      layers.add(x_BTD -> layer(number, x_BTD, segments));
    }
    return new RecomputedPass.Body(
        () -> embedded(input), layers, x_BTD -> Block.norm(config, x_BTD, norm));
  }

  private Tensor embedded(TokenInput input) {
    Tensor x_BTD = embedding.embedding(Tensor.of(input.ids()));
    return config.embeddingScale() == 1 ? x_BTD : x_BTD.times(config.embeddingScale());
  }

  /** What a layer makes on its way is freed with it, but for what the way back needs. */
  private Tensor layer(int layer, Tensor x_BTD, @Nullable Segments segments) {
    int window = config.attending().window(layer);
    Block.Place place = new Block.Place(rotations.of(layer), window, segments);
    try (Scope own = Scope.open()) {
      return own.passOn(blocks.get(layer).forward(config, x_BTD, place));
    }
  }

  /**
   * @param hidden {@code [..., width]}
   * @return {@code [..., vocabulary]}; of a reward model {@code [..., 1]}, the reward
   */
  public Tensor logits(Tensor hidden) {
    Tensor logits = hidden.linear(head);
    boolean capped = config.logitCap() != 0 && config.head() != Head.REWARD;
    return capped ? logits.softCap(config.logitCap()) : logits;
  }

  @Override
  public void close() {
    held.forEach(parameter -> parameter.tensor().close());
    if (adapting != null) {
      trained.forEach(parameter -> parameter.tensor().close());
    }
    rotations.close();
  }

  private Block block(
      WeightNames names, int layer, WeightNames.Source source, @Nullable Adapter adapter) {
    Tensor attentionNorm = optional(names.attentionNorm(layer), source);
    Projection qkv = projection(names.qkv(layer), names.qkvBias(layer), source, adapter);
    Tensor queryNorm = optional(names.queryNorm(layer), source);
    Tensor keyNorm = optional(names.keyNorm(layer), source);
    Projection out = projection(names.out(layer), List.of(), source, adapter);
    Tensor afterAttention = optional(names.afterAttention(layer), source);
    Tensor feedForwardNorm = optional(names.feedForwardNorm(layer), source);
    Projection gateUp = projection(names.gateUp(layer), List.of(), source, adapter);
    Projection down = projection(names.down(layer), List.of(), source, adapter);
    return new Block(
        attentionNorm,
        qkv,
        queryNorm,
        keyNorm,
        out,
        afterAttention,
        feedForwardNorm,
        gateUp,
        down,
        optional(names.afterFeedForward(layer), source));
  }

  private @Nullable Tensor optional(List<WeightNames.Part> parts, WeightNames.Source source) {
    return parts.isEmpty() ? null : parameter(parts, source);
  }

  private Tensor parameter(List<WeightNames.Part> parts, WeightNames.Source source) {
    long[] shape = WeightNames.joined(parts);
    float[] values =
        new float[Math.toIntExact(parts.stream().mapToLong(WeightNames.Part::count).sum())];
    int at = 0;
    for (WeightNames.Part part : parts) {
      float[] own = source.values(part);
      System.arraycopy(own, 0, values, at, own.length);
      at += own.length;
    }
    try (Scope _ = Scope.open()) {
      Tensor tensor = Scope.keep(Tensor.of(values, shape));
      if (adapting == null) {
        tensor.requireGradient();
      }
      held.add(
          new Parameter(
              parts.getFirst().name(),
              tensor,
              parts.getFirst().kind(),
              parts.stream().map(part -> part.shape()[0]).toList()));
      return tensor;
    }
  }

  private Projection projection(
      List<WeightNames.Part> parts,
      List<WeightNames.Part> bias,
      WeightNames.Source source,
      @Nullable Adapter adapter) {
    Tensor weight = parameter(parts, source);
    Tensor added = optional(bias, source);
    List<LowRank> beside = adapter == null ? List.of() : LowRank.beside(parts, adapter);
    for (int i = 0; i < beside.size(); i++) {
      if (beside.get(i).isTrained()) {
        String name = parts.get(i).name();
        adapted.put(name, beside.get(i));
        trained.addAll(beside.get(i).parameters(name));
      }
    }
    return new Projection(weight, added, beside);
  }

  private void requireRoom(TokenInput input) {
    for (int[] row : input.positions()) {
      int last = Arrays.stream(row).max().orElse(0);
      if (last >= config.contextLength()) {
        throw new IllegalArgumentException(
            "position %d is outside the context of %d tokens"
                .formatted(last, config.contextLength()));
      }
    }
  }
}
