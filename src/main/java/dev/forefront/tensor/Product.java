package dev.forefront.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Products of activations with a weight.
 *
 * <p>libtorch sends a linear layer in float32 to MKL, which on processors that Intel has not made
 * uses half of a 512-bit vector, and spends a part of its time on copies where vectors have 256
 * bits. A convolution it sends to oneDNN, which writes its code for the vectors that it finds: so a
 * large product is a convolution of one point, whose image is a row of tokens and whose channels
 * are their numbers. Nothing is copied. Measured in docs/performance.md.
 */
final class Product {

  /** Who computes a large product. */
  enum Way {
    /** MKL. */
    LINEAR,
    /** oneDNN, both derivatives too. */
    CONVOLUTION,
    /**
     * oneDNN, but for the derivative by the weight: with vectors of 256 bits it takes more than
     * twice MKL's time for that one, and less for the others.
     */
    CONVOLUTION_BUT_FOR_WEIGHTS
  }

  private static final Way BEST = best();

  /** Multiplications from which on oneDNN's own time of some microseconds is paid back. */
  private static final long LARGE = 1 << 23;

  /** Numbers of an image that libtorch finds worth oneDNN; it has slower ways for smaller ones. */
  private static final long LEAST_IMAGE = 20_480;

  /** Images that one thread must be given at least, lest libtorch leaves oneDNN out. */
  private static final long BATCH = 16;

  private static final long[] STRIDE = {1, 1};
  private static final long[] PADDING = {0, 0};
  private static final long GROUPS = 1;

  private Product() {}

  /**
   * {@code x @ weight^T + bias}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]}, or null for none
   * @return {@code [..., out]}
   */
  static Tensor of(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return of(x, weight, bias, BEST);
  }

  /**
   * @param way of large products, where it can be taken
   */
  static Tensor of(Tensor x, Tensor weight, @Nullable Tensor bias, Way way) {
    var added = bias == null ? new TensorOptional() : new TensorOptional(bias.pointer());
    long images = way == Way.LINEAR ? 0 : images(x.pointer(), weight.size(0));
    if (images == 0) {
      return linear(x, weight, added);
    }
    if (way == Way.CONVOLUTION || !GradMode.is_enabled() || !weight.hasHistory()) {
      return convolution(x, weight, added, images);
    }
    if (!x.hasHistory() || !weight.pointer().is_leaf() || bias != null) {
      return linear(x, weight, added);
    }
    Tensor y = convolution(x, weight.detach(), added, images);
    WeightGradient.follow(x, weight, y);
    return y;
  }

  private static Tensor linear(Tensor x, Tensor weight, TensorOptional bias) {
    return new Tensor(torch.linear(x.pointer(), weight.pointer(), bias));
  }

  /** By what libtorch found, or was told of the processor. */
  private static Way best() {
    try (BytePointer capability = torch.get_cpu_capability()) {
      String vectors = capability.getString();
      return vectors.startsWith("AVX512")
          ? Way.CONVOLUTION
          : vectors.equals("AVX2") ? Way.CONVOLUTION_BUT_FOR_WEIGHTS : Way.LINEAR;
    }
  }

  /** Into how many images the rows go, or 0 where the product is better none. */
  private static long images(org.bytedeco.pytorch.Tensor x, long out) {
    if (x.numel() * out <= LARGE
        || x.numel() <= LEAST_IMAGE
        || x.scalar_type().intern() != ScalarType.Float
        || Torch.computing().products() != Computing.Products.FLOAT32
        || x.is_cuda()
        || !torch.hasMKLDNN()) {
      return 0;
    }
    if (torch.get_num_threads() > 1) {
      return 1;
    }
    return x.numel() / x.size(-1) % BATCH == 0 ? BATCH : 0;
  }

  private static Tensor convolution(Tensor x, Tensor weight, TensorOptional bias, long images) {
    try (Scope own = Scope.open()) {
      long[] shape = x.shape();
      long in = shape[shape.length - 1];
      long out = weight.size(0);
      long rows = x.pointer().numel() / in;
      // Channels first, as convolutions are told, and last in memory, as they already lie.
      var image = x.pointer().reshape(images, rows / images, 1, in).permute(0, 3, 1, 2);
      var filter = weight.pointer().reshape(out, in, 1, 1);
      var y = torch.conv2d(image, filter, bias, STRIDE, PADDING, STRIDE, GROUPS);
      shape[shape.length - 1] = out;
      return own.passOn(new Tensor(y.permute(0, 2, 3, 1).reshape(shape)));
    }
  }
}
