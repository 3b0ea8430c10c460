package dev.forefront.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A native, row-major array of numbers that can record how it was computed. Freed by the {@link
 * Scope} in which it was born, unless kept. Not safe for use by several threads at once.
 *
 * <p>Operations are libtorch's own under their usual names; see
 * https://docs.pytorch.org/docs/stable/torch.html for their definitions.
 */
public final class Tensor implements AutoCloseable {
  private final org.bytedeco.pytorch.Tensor t;

  Tensor(org.bytedeco.pytorch.Tensor t) {
    this.t = t;
  }

  org.bytedeco.pytorch.Tensor pointer() {
    return t;
  }

  // ---- making ----

  /** Copies float32 numbers. */
  public static Tensor of(float[] values, long... shape) {
    requireSize(values.length, shape);
    Torch.start();
    try (FloatPointer data = new FloatPointer(values)) {
      return copied(torch.from_blob(data, shape, host(ScalarType.Float)));
    }
  }

  /** Copies int64 numbers. */
  public static Tensor of(long[] values, long... shape) {
    requireSize(values.length, shape);
    Torch.start();
    try (LongPointer data = new LongPointer(values)) {
      return copied(torch.from_blob(data, shape, host(ScalarType.Long)));
    }
  }

  /** Token ids and the like as int64 {@code [rows, length]}. */
  public static Tensor of(int[][] rows) {
    int length = rows[0].length;
    long[] values = new long[rows.length * length];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < length; i++) {
        values[row * length + i] = rows[row][i];
      }
    }
    return of(values, rows.length, length);
  }

  public static Tensor zeros(long... shape) {
    Torch.start();
    return new Tensor(torch.zeros(shape, options(ScalarType.Float)));
  }

  /** Float32 numbers that nobody has set yet. */
  public static Tensor empty(long... shape) {
    Torch.start();
    return new Tensor(torch.empty(shape, options(ScalarType.Float), new MemoryFormatOptional()));
  }

  public static Tensor ones(long... shape) {
    Torch.start();
    return new Tensor(torch.ones(shape, options(ScalarType.Float)));
  }

  /** Zeros of the same shape and type. */
  public Tensor zerosLike() {
    return new Tensor(torch.zeros_like(t));
  }

  public static Tensor cat(List<Tensor> tensors, long dimension) {
    return new Tensor(torch.cat(vector(tensors), dimension));
  }

  // ---- looking ----

  public long[] shape() {
    return t.shape();
  }

  /** Size of one dimension. */
  public long size(int dimension) {
    return t.size(dimension);
  }

  /** Numbers in it. */
  public long count() {
    return t.numel();
  }

  /** The only number of a tensor of size one; waits for it to be computed. */
  public double item() {
    return t.item_double();
  }

  /** All numbers in row-major order, as float32. */
  public float[] floats() {
    try (Scope _ = Scope.open()) {
      org.bytedeco.pytorch.Tensor dense = t.detach().to(ScalarType.Float).cpu().contiguous();
      float[] values = new float[Math.toIntExact(dense.numel())];
      FloatBuffer buffer = dense.createBuffer();
      buffer.get(values);
      return values;
    }
  }

  /**
   * The memory of a kept tensor's float32 numbers, row-major and without gaps: it changes when they
   * do, and may not be read once the tensor is closed. Of a tensor on a graphics card it is a copy.
   */
  public MemorySegment memory() {
    if (!t.is_contiguous() || t.scalar_type().intern() != ScalarType.Float) {
      throw new IllegalStateException("the numbers of %s do not lie together".formatted(this));
    }
    if (t.is_cuda()) {
      return MemorySegment.ofArray(floats());
    }
    FloatBuffer numbers = t.createBuffer();
    return MemorySegment.ofBuffer(numbers);
  }

  /** Overwrites all numbers; shapes stay. */
  public void set(float[] values) {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      t.copy_(of(values, shape()).t);
    }
  }

  /** Overwrites all numbers with those of another of this shape. */
  public void set(Tensor other) {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      t.copy_(other.t);
    }
  }

  // ---- gradients ----

  /** Whether it was made of something whose gradient is wanted. */
  public boolean hasHistory() {
    return t.requires_grad();
  }

  /** Marks a leaf whose gradient {@link #backward} fills. */
  public Tensor requireGradient() {
    t.set_requires_grad(true);
    return this;
  }

  /** Adds the derivatives of this number to the gradients of all leaves it came from. */
  public void backward() {
    t.backward();
  }

  /** Likewise, with {@code gradient} as the derivative of something further on by this. */
  public void backward(Tensor gradient) {
    t.backward(gradient.t, new BoolOptional(), false, new TensorArrayRefOptional());
  }

  /** The gradient; born in the current scope. Ask {@link #hasGradient} first. */
  public Tensor gradient() {
    return new Tensor(t.grad());
  }

  public boolean hasGradient() {
    try (Scope _ = Scope.open()) {
      return t.grad().defined();
    }
  }

  /** Forgets the gradient and frees it. */
  public void clearGradient() {
    try (Scope _ = Scope.open()) {
      t.mutable_grad().reset();
    }
  }

  /** Gives a gradient of zeros where there is none. */
  public void fillGradient() {
    if (!hasGradient()) {
      try (Scope _ = Scope.open()) {
        t.mutable_grad().put(torch.zeros_like(t));
      }
    }
  }

  /** Has something run whenever a backward pass is about to add to this leaf's gradient. */
  public GradientHook onGradient(Runnable work) {
    return new GradientHook(this, work);
  }

  /** The same numbers without history. */
  public Tensor detach() {
    return new Tensor(t.detach());
  }

  // ---- shapes ----

  public Tensor view(long... shape) {
    return new Tensor(t.view(shape));
  }

  public Tensor reshape(long... shape) {
    return new Tensor(t.reshape(shape));
  }

  public Tensor transpose(long a, long b) {
    return new Tensor(t.transpose(a, b));
  }

  public Tensor contiguous() {
    return new Tensor(t.contiguous());
  }

  public Tensor unsqueeze(long dimension) {
    return new Tensor(t.unsqueeze(dimension));
  }

  /** Entries {@code [from, from + length)} of a dimension; shares memory. */
  public Tensor narrow(long dimension, long from, long length) {
    return new Tensor(t.narrow(dimension, from, length));
  }

  /** Consecutive stretches of a dimension, which they cover; they share memory. */
  public List<Tensor> split(long dimension, long... lengths) {
    TensorVector parts = t.split_with_sizes(lengths, dimension);
    List<Tensor> tensors = new ArrayList<>(lengths.length);
    for (int i = 0; i < lengths.length; i++) {
      tensors.add(new Tensor(parts.get(i)));
    }
    return tensors;
  }

  /** Rows named by int64 {@code indices}. */
  public Tensor indexSelect(long dimension, Tensor indices) {
    return new Tensor(t.index_select(dimension, indices.t));
  }

  /** {@code out[i][j] = this[i][index[i][j]]} for dimension 1. */
  public Tensor gather(long dimension, Tensor index) {
    return new Tensor(t.gather(dimension, index.t));
  }

  // ---- arithmetic ----

  public Tensor plus(Tensor other) {
    return new Tensor(t.add(other.t));
  }

  public Tensor plus(double number) {
    return new Tensor(t.add(new Scalar(number)));
  }

  public Tensor minus(Tensor other) {
    return new Tensor(t.sub(other.t));
  }

  public Tensor times(Tensor other) {
    return new Tensor(t.mul(other.t));
  }

  public Tensor times(double factor) {
    return new Tensor(t.mul(new Scalar(factor)));
  }

  /** {@code this + factor * a * b} in one pass. */
  public Tensor plusProduct(Tensor a, Tensor b, double factor) {
    return new Tensor(t.addcmul(a.t, b.t, new Scalar(factor)));
  }

  public Tensor square() {
    return new Tensor(t.square());
  }

  public Tensor exp() {
    return new Tensor(t.exp());
  }

  public Tensor negate() {
    return new Tensor(t.neg());
  }

  public Tensor sum() {
    return new Tensor(t.sum());
  }

  public Tensor sum(long dimension) {
    return new Tensor(t.sum(dimension));
  }

  /** Mean over a dimension, which is left out. */
  public Tensor mean(long dimension) {
    return new Tensor(t.mean(new long[] {dimension}, false, new ScalarTypeOptional()));
  }

  public Tensor mean() {
    return new Tensor(t.mean());
  }

  /** In place, without history. */
  public void addInPlace(Tensor other) {
    try (Torch.NoGrad _ = Torch.noGrad()) {
      t.add_(other.t);
    }
  }

  /** In place, without history. */
  public void timesInPlace(double factor) {
    try (Torch.NoGrad _ = Torch.noGrad()) {
      t.mul_(new Scalar(factor));
    }
  }

  // ---- networks ----

  /**
   * {@code this @ weight^T}.
   *
   * @param weight {@code [out, in]}
   */
  public Tensor linear(Tensor weight) {
    return Product.of(this, weight, null);
  }

  public Tensor linear(Tensor weight, Tensor bias) {
    return Product.of(this, weight, bias);
  }

  /** Rows of this table {@code [rows, width]} for int64 ids. */
  public Tensor embedding(Tensor ids) {
    return new Tensor(torch.embedding(t, ids.t));
  }

  /** Zhang and Sennrich 2019, over the last dimension. */
  public Tensor rmsNorm(Tensor weight, double epsilon) {
    return new Tensor(
        torch.rms_norm(
            t, weight.shape(), new TensorOptional(weight.t), new DoubleOptional(epsilon)));
  }

  /** Ba et al. 2016, over the last dimension. */
  public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon) {
    return new Tensor(
        torch.layer_norm(
            t,
            weight.shape(),
            new TensorOptional(weight.t),
            new TensorOptional(bias.t),
            epsilon,
            true));
  }

  /** Square root of the sum of squares. */
  public Tensor norm() {
    return new Tensor(torch.linalg_vector_norm(t));
  }

  public Tensor silu() {
    return new Tensor(torch.silu(t));
  }

  /** {@code max(0, x)}. */
  public Tensor relu() {
    return new Tensor(t.relu());
  }

  /** {@code 1 / (1 + exp(-x))}. */
  public Tensor sigmoid() {
    return new Tensor(t.sigmoid());
  }

  /**
   * {@code log(1 - exp(x))} for x below 0, exact near 0 too. What is above -1e-6 counts as -1e-6
   * and has no gradient: at 0 there is no logarithm.
   */
  public Tensor logOneMinusExp() {
    return new Tensor(t.clamp_max(new Scalar(-1e-6)).expm1().neg().log());
  }

  /** {@code log(1 / (1 + exp(-x)))} without overflow. */
  public Tensor logSigmoid() {
    return new Tensor(torch.log_sigmoid(t));
  }

  public Tensor logSoftmax(long dimension) {
    return new Tensor(torch.log_softmax(t, dimension));
  }

  public Tensor logSumExp(long dimension) {
    return new Tensor(torch.logsumexp(t, new long[] {dimension}, false));
  }

  /** GELU (Hendrycks and Gimpel 2016) in its tanh form. */
  public Tensor geluTanh() {
    return new Tensor(torch.gelu(t, new BytePointer("tanh")));
  }

  /** {@code cap * tanh(this / cap)}. */
  public Tensor softCap(double cap) {
    return new Tensor(t.mul(new Scalar(1 / cap)).tanh().mul(new Scalar(cap)));
  }

  /**
   * Sum of the cross entropies of logits {@code [n, classes]} (this) with int64 {@code labels [n]}.
   */
  public Tensor crossEntropySum(Tensor labels) {
    return crossEntropySum(labels, 0);
  }

  /**
   * Likewise, with a share of each label spread evenly over all classes (Szegedy et al. 2016,
   * section 7).
   */
  public Tensor crossEntropySum(Tensor labels, double smoothing) {
    long sum = torch.Reduction.Sum.value;
    return new Tensor(
        torch.cross_entropy_loss(t, labels.t, new TensorOptional(), sum, -100, smoothing));
  }

  /** Frees a kept tensor. */
  @Override
  public void close() {
    t.close();
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape());
  }

  static TensorVector vector(List<Tensor> tensors) {
    TensorVector vector = new TensorVector();
    for (Tensor tensor : tensors) {
      vector.push_back(tensor.t);
    }
    return vector;
  }

  /** Of what is born where everything is computed. */
  static TensorOptions options(ScalarType type) {
    return host(type).device(new DeviceOptional(Torch.computing().device().pointer()));
  }

  private static TensorOptions host(ScalarType type) {
    return new TensorOptions().dtype(new ScalarTypeOptional(type));
  }

  private static Tensor copied(org.bytedeco.pytorch.Tensor lent) {
    Device device = Torch.computing().device();
    return new Tensor(
        device == Device.CPU
            ? lent.clone()
            : lent.to(device.pointer(), lent.scalar_type().intern()));
  }

  private static void requireSize(long count, long[] shape) {
    if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != count) {
      throw new IllegalArgumentException(
          "%d numbers do not fill shape %s".formatted(count, Arrays.toString(shape)));
    }
  }
}
