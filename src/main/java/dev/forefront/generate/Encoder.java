package dev.forefront.generate;

import dev.forefront.model.Bert;
import dev.forefront.model.BertShape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * An encoder of texts in plain Java: BERT (Devlin et al. 2019), with GELU in its tanh form. Its
 * numbers are the same to the last bit on every processor, whatever its vectors, and whether the
 * JVM's compiler has made code of these yet. Immutable and shared, but for which kernels are used.
 */
public final class Encoder {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** Vectors are used once they take at most this part of the plain loops' time. */
  private static final double FAST = 0.5;

  /** After which they are used in any case. */
  private static final long ENOUGH_NANOS = 20_000_000_000L;

  private static final int REHEARSED = 8;

  /**
   * @param positions the longest text, in tokens
   * @param width numbers of a token
   * @param heads of attention, {@code width / heads} numbers each
   * @param inner numbers between the two products of a feed-forward layer
   */
  public record Shape(int positions, int width, int heads, int inner, int layers) {
    public Shape {
      if (Math.min(Math.min(positions, width), Math.min(heads, inner)) < 1
          || layers < 0
          || width % heads != 0) {
        throw new IllegalArgumentException("an encoder has no such shape");
      }
    }

    private BertShape bert() {
      return new BertShape(1, positions, width, heads, inner, layers);
    }
  }

  /**
   * What a weight is.
   *
   * @param rows of a matrix; 0 for a vector
   * @param numbers in all
   */
  public record Size(int rows, int numbers) {}

  /** All weights but the table, by Hugging Face's names, in the order in which they are used. */
  public static Map<String, Size> layout(Shape shape) {
    int width = shape.width();
    Map<String, Size> sizes = new LinkedHashMap<>();
    sizes.put(Bert.POSITIONS, new Size(shape.positions(), shape.positions() * width));
    vectors(sizes, Bert.NORM, width);
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (Bert.Product one : Bert.Product.values()) {
        int outputs = one.outputs(shape.bert());
        int numbers = Math.multiplyExact(outputs, one.inputs(shape.bert()));
        sizes.put(one.name(layer) + WEIGHT, new Size(outputs, numbers));
        sizes.put(one.name(layer) + BIAS, new Size(0, outputs));
        if (one == Bert.Product.OUT) {
          vectors(sizes, Bert.Norm.AFTER_ATTENTION.name(layer), width);
        }
      }
      vectors(sizes, Bert.Norm.AFTER_FEED_FORWARD.name(layer), width);
    }
    return sizes;
  }

  private static void vectors(Map<String, Size> sizes, String name, int width) {
    sizes.put(name + WEIGHT, new Size(0, width));
    sizes.put(name + BIAS, new Size(0, width));
  }

  /** A row for each token of the vocabulary. */
  @FunctionalInterface
  public interface Table {
    /** Writes a token's numbers. */
    void read(int id, float[] to, int at);
  }

  /** Of a layer norm. */
  private record Norm(float[] weight, float[] bias) {
    static Norm of(Function<String, float[]> weights, String name) {
      return new Norm(weights.apply(name + WEIGHT), weights.apply(name + BIAS));
    }

    /** Norms a row where it stands. */
    void apply(float[] x, int at) {
      int width = weight.length;
      float mean = Plain.sum(x, at, width) / width;
      for (int i = 0; i < width; i++) {
        x[at + i] -= mean;
      }
      float scale = (float) (1 / Math.sqrt(Plain.squares(x, at, width) / width + Bert.EPSILON));
      for (int i = 0; i < width; i++) {
        x[at + i] = x[at + i] * scale * weight[i] + bias[i];
      }
    }
  }

  /** A product and what is added to it. */
  private record Linear(FloatPanels panels, float[] bias) {
    static Linear of(
        Function<String, float[]> weights, BertShape shape, Bert.Product one, int layer) {
      String name = one.name(layer);
      return new Linear(
          new FloatPanels(weights.apply(name + WEIGHT), one.outputs(shape), one.inputs(shape)),
          weights.apply(name + BIAS));
    }

    int stride() {
      return Panels.padded(panels.outputs());
    }

    float[] of(Kernels kernels, Inputs x, int rows, Scratch scratch) {
      float[] y = new float[rows * stride()];
      for (int part = 0; part < panels.parts(rows); part++) {
        if (kernels == Kernels.PLAIN) {
          panels.multiplyPlainly(part, x, rows, y, stride(), scratch);
        } else {
          panels.multiply(part, x, rows, y, stride(), scratch);
        }
      }
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < bias.length; i++) {
          y[row * stride() + i] += bias[i];
        }
      }
      return y;
    }
  }

  private record Layer(
      Linear query,
      Linear key,
      Linear value,
      Linear out,
      Norm afterAttention,
      Linear up,
      Linear down,
      Norm afterFeedForward) {}

  private final Shape shape;
  private final Table words;
  private final float[] positions;
  private final Norm norm;
  private final Layer[] layers;
  private volatile Kernels kernels = Kernels.PLAIN;

  /**
   * @param weights row-major numbers under Hugging Face's names; positions have the part of the one
   *     kind of tokens in them
   */
  public Encoder(Shape shape, Table words, Function<String, float[]> weights) {
    this.shape = shape;
    this.words = words;
    positions = weights.apply(Bert.POSITIONS);
    norm = Norm.of(weights, Bert.NORM);
    layers = new Layer[shape.layers()];
    BertShape known = shape.bert();
    for (int i = 0; i < layers.length; i++) {
      layers[i] =
          new Layer(
              Linear.of(weights, known, Bert.Product.QUERY, i),
              Linear.of(weights, known, Bert.Product.KEY, i),
              Linear.of(weights, known, Bert.Product.VALUE, i),
              Linear.of(weights, known, Bert.Product.OUT, i),
              Norm.of(weights, Bert.Norm.AFTER_ATTENTION.name(i)),
              Linear.of(weights, known, Bert.Product.UP, i),
              Linear.of(weights, known, Bert.Product.DOWN, i),
              Norm.of(weights, Bert.Norm.AFTER_FEED_FORWARD.name(i)));
    }
  }

  public Shape shape() {
    return shape;
  }

  /**
   * The mean of the last layer over a text.
   *
   * @param ids at least one and no more than there are positions
   * @return {@code width} numbers
   */
  public float[] mean(int[] ids) {
    return mean(ids, kernels, layers.length);
  }

  float[] mean(int[] ids, Kernels by, int depth) {
    if (ids.length == 0 || ids.length > shape.positions()) {
      throw new IllegalArgumentException(
          "a text has 1 to %d tokens, not %d".formatted(shape.positions(), ids.length));
    }
    int width = shape.width();
    Inputs x = new Inputs(ids.length, width);
    for (int row = 0; row < ids.length; row++) {
      words.read(ids[row], x.numbers(), row * width);
      for (int i = 0; i < width; i++) {
        x.numbers()[row * width + i] += positions[row * width + i];
      }
      norm.apply(x.numbers(), row * width);
    }
    Scratch scratch = new Scratch();
    for (int layer = 0; layer < depth; layer++) {
      advance(layers[layer], by, x, ids.length, scratch);
    }
    float[] mean = new float[width];
    for (int row = 0; row < ids.length; row++) {
      for (int i = 0; i < width; i++) {
        mean[i] += x.numbers()[row * width + i];
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= ids.length;
    }
    return mean;
  }

  private void advance(Layer layer, Kernels by, Inputs x, int rows, Scratch scratch) {
    Inputs heard = attention(layer, by, x, rows, scratch);
    add(layer.out.of(by, heard, rows, scratch), layer.out.stride(), x, rows, layer.afterAttention);
    float[] up = layer.up.of(by, x, rows, scratch);
    int stride = layer.up.stride();
    // Padding is a multiple of the lanes, and what it holds is not read.
    if (by == Kernels.PLAIN) {
      Plain.gelu(up, up.length);
    } else {
      Vectors.gelu(up, up.length);
    }
    Inputs inner = new Inputs(rows, shape.inner());
    for (int row = 0; row < rows; row++) {
      System.arraycopy(up, row * stride, inner.numbers(), row * shape.inner(), shape.inner());
    }
    float[] down = layer.down.of(by, inner, rows, scratch);
    add(down, layer.down.stride(), x, rows, layer.afterFeedForward);
  }

  private void add(float[] more, int stride, Inputs x, int rows, Norm after) {
    int width = shape.width();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        x.numbers()[row * width + i] += more[row * stride + i];
      }
      after.apply(x.numbers(), row * width);
    }
  }

  private Inputs attention(Layer layer, Kernels by, Inputs x, int rows, Scratch scratch) {
    float[] query = layer.query.of(by, x, rows, scratch);
    float[] key = layer.key.of(by, x, rows, scratch);
    float[] value = layer.value.of(by, x, rows, scratch);
    int stride = layer.query.stride();
    int size = shape.width() / shape.heads();
    Inputs heard = new Inputs(rows, shape.width());
    float[] turned = new float[size * rows];
    float[] scores = new float[rows];
    for (int head = 0; head < shape.heads(); head++) {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < size; i++) {
          turned[i * rows + row] = key[row * stride + head * size + i];
        }
      }
      for (int row = 0; row < rows; row++) {
        Arrays.fill(scores, 0);
        for (int i = 0; i < size; i++) {
          addTo(by, scores, 0, turned, i * rows, query[row * stride + head * size + i], rows);
        }
        softmax(scores, 1 / (float) Math.sqrt(size));
        int to = row * shape.width() + head * size;
        for (int other = 0; other < rows; other++) {
          int from = other * stride + head * size;
          addTo(by, heard.numbers(), to, value, from, scores[other], size);
        }
      }
    }
    return heard;
  }

  private static void addTo(
      Kernels by, float[] y, int yAt, float[] x, int xAt, float factor, int length) {
    int i = by == Kernels.PLAIN ? 0 : Vectors.addTo(y, yAt, x, xAt, factor, length);
    for (; i < length; i++) {
      y[yAt + i] = Math.fma(x[xAt + i], factor, y[yAt + i]);
    }
  }

  private static void softmax(float[] scores, float scale) {
    float most = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      most = Math.max(most, score);
    }
    float sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Plain.exp((scores[i] - most) * scale);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /**
   * Runs the kernels until the JVM's compiler is through with them, and uses them from then on;
   * until then texts are encoded by plain loops. Returns after some seconds, in most of which it
   * rests.
   */
  public void rehearse() {
    int[] ids = new int[Math.min(REHEARSED, shape.positions())];
    int depth = Math.min(1, layers.length);
    long until = System.nanoTime() + ENOUGH_NANOS;
    try {
      long vectors;
      do {
        vectors = nanos(ids, Kernels.VECTORS, depth);
        Thread.sleep(2 * vectors / 1_000_000);
      } while (vectors > FAST * nanos(ids, Kernels.PLAIN, depth) && System.nanoTime() < until);
      kernels = Kernels.VECTORS;
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private long nanos(int[] ids, Kernels by, int depth) {
    long from = System.nanoTime();
    mean(ids, by, depth);
    return System.nanoTime() - from;
  }
}
