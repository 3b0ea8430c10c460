package dev.forefront.model;

import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.FullAttention;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An encoder of texts that sees all of a text at once: BERT (Devlin et al. 2019), with GELU in its
 * tanh form, to be trained on. Its tables stay as they are. Weights have Hugging Face's names, and
 * one kind of tokens: its part is in the table of positions.
 */
public final class Bert implements AutoCloseable {
  /** Of layer norms. */
  public static final double EPSILON = 1e-12;

  /** {@code [vocabulary, width]}. */
  public static final String WORDS = "embeddings.word_embeddings.weight";

  /** {@code [positions, width]}. */
  public static final String POSITIONS = "embeddings.position_embeddings.weight";

  /** Of the norm over both tables' sum. */
  public static final String NORM = "embeddings.LayerNorm";

  private static final String LAYER = "encoder.layer.";
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final BertShape shape;
  private final Tensor words;
  private final Tensor positions;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  /**
   * @param weights row-major numbers by name
   */
  public Bert(BertShape shape, Function<String, float[]> weights) {
    this.shape = shape;
    try (Scope _ = Scope.open()) {
      words = table(weights, WORDS, shape.vocabulary());
      positions = table(weights, POSITIONS, shape.positions());
      vectors(weights, NORM, shape.width());
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (Product one : Product.values()) {
          String name = one.name(layer);
          add(weights, name + WEIGHT, one.outputs(shape), one.inputs(shape));
          add(weights, name + BIAS, one.outputs(shape));
        }
        for (Norm one : Norm.values()) {
          vectors(weights, one.name(layer), shape.width());
        }
      }
    }
  }

  /** The products of a layer. */
  public enum Product {
    QUERY("attention.self.query"),
    KEY("attention.self.key"),
    VALUE("attention.self.value"),
    OUT("attention.output.dense"),
    UP("intermediate.dense"),
    DOWN("output.dense");

    private final String part;

    Product(String part) {
      this.part = part;
    }

    /** The name of its weight and bias in a layer, without their own last part. */
    public String name(int layer) {
      return LAYER + layer + "." + part;
    }

    public int outputs(BertShape shape) {
      return this == UP ? shape.inner() : shape.width();
    }

    public int inputs(BertShape shape) {
      return this == DOWN ? shape.inner() : shape.width();
    }
  }

  /** The norms of a layer, each after what is added. */
  public enum Norm {
    AFTER_ATTENTION("attention.output.LayerNorm"),
    AFTER_FEED_FORWARD("output.LayerNorm");

    private final String part;

    Norm(String part) {
      this.part = part;
    }

    /** Likewise. */
    public String name(int layer) {
      return LAYER + layer + "." + part;
    }
  }

  private static Tensor table(Function<String, float[]> weights, String name, int rows) {
    float[] numbers = weights.apply(name);
    return Scope.keep(Tensor.of(numbers, rows, numbers.length / rows));
  }

  private void vectors(Function<String, float[]> weights, String name, int width) {
    add(weights, name + WEIGHT, width);
    add(weights, name + BIAS, width);
  }

  private void add(Function<String, float[]> weights, String name, long... size) {
    Tensor tensor = Scope.keep(Tensor.of(weights.apply(name), size)).requireGradient();
    Kind kind = size.length > 1 ? Kind.MATRIX : Kind.VECTOR;
    parameters.put(name, new Parameter(name, tensor, kind, List.of(size[0])));
  }

  public BertShape shape() {
    return shape;
  }

  /** What is trained: all but the tables. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /**
   * Texts of one length.
   *
   * @param ids int64 {@code [batch, length]}, no longer than there are positions
   * @return {@code [batch, length, width]}
   */
  public Tensor encode(Tensor ids) {
    Tensor x = words.embedding(ids).plus(positions.narrow(0, 0, ids.size(1)));
    x = norm(x, NORM);
    for (int layer = 0; layer < shape.layers(); layer++) {
      Tensor heard = linear(attention(x, layer), Product.OUT, layer);
      x = norm(x.plus(heard), Norm.AFTER_ATTENTION.name(layer));
      Tensor up = linear(x, Product.UP, layer).geluTanh();
      x = norm(x.plus(linear(up, Product.DOWN, layer)), Norm.AFTER_FEED_FORWARD.name(layer));
    }
    return x;
  }

  private Tensor attention(Tensor x, int layer) {
    List<Tensor> heads = new ArrayList<>();
    for (Product one : List.of(Product.QUERY, Product.KEY, Product.VALUE)) {
      long size = shape.width() / shape.heads();
      heads.add(
          linear(x, one, layer).view(x.size(0), x.size(1), shape.heads(), size).transpose(1, 2));
    }
    return FullAttention.of(heads.get(0), heads.get(1), heads.get(2))
        .transpose(1, 2)
        .reshape(x.size(0), x.size(1), shape.width());
  }

  private Tensor linear(Tensor x, Product product, int layer) {
    String name = product.name(layer);
    return x.linear(tensor(name + WEIGHT), tensor(name + BIAS));
  }

  private Tensor norm(Tensor x, String name) {
    return x.layerNorm(tensor(name + WEIGHT), tensor(name + BIAS), EPSILON);
  }

  private Tensor tensor(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("an encoder has no weight " + name);
    }
    return parameter.tensor();
  }

  /** What was trained, as it is now, by name. */
  public Map<String, float[]> trained() {
    Map<String, float[]> weights = new LinkedHashMap<>();
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      parameters.forEach((name, one) -> weights.put(name, one.tensor().detach().floats()));
    }
    return weights;
  }

  @Override
  public void close() {
    words.close();
    positions.close();
    parameters.values().forEach(one -> one.tensor().close());
  }
}
