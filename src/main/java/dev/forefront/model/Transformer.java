package dev.forefront.model;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The trainable model on the native tensors: a decoder-only transformer (Touvron et al. 2023) in
 * the variants of {@link Architecture}. Lives on one platform thread. Its parameters outlive
 * scopes; {@link #close} frees them.
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
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor embedding;
  private final Tensor norm;
  private final Tensor head;
  private final Tensor cos;
  private final Tensor sin;

  private Transformer(ModelConfig config, WeightNames.Source source) {
    this.config = config;
    WeightNames names = new WeightNames(config);
    embedding = parameter(names.embedding(), source);
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(block(names, layer, source));
    }
    norm = parameter(names.norm(), source);
    head = config.tied() ? embedding : parameter(names.head(), source);
    cos = angles(Math::cos);
    sin = angles(Math::sin);
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
          float[] values = new float[Math.toIntExact(part.count())];
          if (part.isNorm()) {
            Arrays.fill(values, 1);
          } else if (!part.isBias()) {
            double deviation = part.writesResidual() ? residual : 0.02;
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) (random.nextGaussian() * deviation);
            }
          }
          return values;
        });
  }

  /**
   * Loads a model folder, 16-bit weights widened.
   *
   * @throws dev.forefront.conversation.BadInputException where a tensor is missing or misshapen
   */
  public static Transformer load(Path folder) {
    ModelConfig config = ModelFolder.config(folder);
    try (SafeTensors weights = ModelFolder.weights(folder)) {
      return new Transformer(config, part -> weights.entry(part.name(), part.shape()).floats());
    }
  }

  /** Writes config.json, generation_config.json and model.safetensors. */
  public void write(Path folder) {
    ModelFolder.write(folder, config, weights());
  }

  /** All weights under Hugging Face's names, copied out. */
  public List<SafeTensors.Entry> weights() {
    List<SafeTensors.Entry> entries = new ArrayList<>();
    WeightNames names = new WeightNames(config);
    int at = 0;
    for (List<WeightNames.Part> parts : names.inOrder()) {
      float[] values = parameters.get(at++).tensor().floats();
      int from = 0;
      for (WeightNames.Part part : parts) {
        int count = Math.toIntExact(part.count());
        float[] own = Arrays.copyOfRange(values, from, from + count);
        entries.add(SafeTensors.of(part.name(), own, part.shape()));
        from += count;
      }
    }
    return entries;
  }

  public ModelConfig config() {
    return config;
  }

  /** Trainable tensors in a fixed order; each matrix appears once. */
  public List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /**
   * The residual stream after the final norm.
   *
   * @return {@code [rows, length, width]}
   */
  public Tensor hidden(TokenInput input) {
    Tensor x_BTD = embedding.embedding(Tensor.of(input.ids()));
    Block.Place place = place(input);
    for (Block block : blocks) {
      x_BTD = block.forward(config, x_BTD, place);
    }
    return x_BTD.rmsNorm(norm, config.normEpsilon());
  }

  /**
   * @param hidden {@code [..., width]}
   * @return {@code [..., vocabulary]}
   */
  public Tensor logits(Tensor hidden) {
    return hidden.linear(head);
  }

  @Override
  public void close() {
    parameters.forEach(parameter -> parameter.tensor().close());
    cos.close();
    sin.close();
  }

  private Block block(WeightNames names, int layer, WeightNames.Source source) {
    Tensor attentionNorm = parameter(names.attentionNorm(layer), source);
    Tensor qkv = parameter(names.qkv(layer), source);
    Tensor qkvBias = optional(names.qkvBias(layer), source);
    Tensor queryNorm = optional(names.queryNorm(layer), source);
    Tensor keyNorm = optional(names.keyNorm(layer), source);
    return new Block(
        attentionNorm,
        qkv,
        qkvBias,
        queryNorm,
        keyNorm,
        parameter(names.out(layer), source),
        parameter(names.feedForwardNorm(layer), source),
        parameter(names.gateUp(layer), source),
        parameter(names.down(layer), source));
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
      Tensor tensor = Scope.keep(Tensor.of(values, shape)).requireGradient();
      parameters.add(
          new Parameter(
              parts.getFirst().name(),
              tensor,
              parts.getFirst().kind(),
              parts.stream().map(part -> part.shape()[0]).toList()));
      return tensor;
    }
  }

  private Block.Place place(TokenInput input) {
    int length = input.length();
    requireRoom(input);
    return new Block.Place(
        cos.narrow(0, 0, length).unsqueeze(0),
        sin.narrow(0, 0, length).unsqueeze(0),
        input.isPlain() ? null : Segments.of(input));
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

  private Tensor angles(DoubleUnaryOperator function) {
    float[] frequencies = config.rope().frequencies(config.headSize());
    float[] values = new float[config.contextLength() * frequencies.length];
    for (int position = 0; position < config.contextLength(); position++) {
      for (int i = 0; i < frequencies.length; i++) {
        // The reference multiplies in float32; doing the same keeps far positions equal.
        float angle = position * frequencies[i];
        values[position * frequencies.length + i] = (float) function.applyAsDouble(angle);
      }
    }
    try (Scope _ = Scope.open()) {
      return Scope.keep(Tensor.of(values, config.contextLength(), 1, frequencies.length));
    }
  }
}
