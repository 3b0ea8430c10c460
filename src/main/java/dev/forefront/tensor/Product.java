package dev.forefront.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Products of activations with a weight.
 *
 * <p>libtorch sends a linear layer in float32 to MKL, which uses half of a 512-bit vector on
 * processors that Intel has not made. A convolution it sends to oneDNN, which writes its code for
 * the vectors that it finds: so where these are long a large product is a convolution of one point,
 * whose image is a row of tokens and whose channels are their numbers. Nothing is copied, and its
 * gradients are convolutions as well. Where vectors have 256 bits MKL uses all of them, and is
 * faster. Measured in docs/performance.md.
 */
final class Product {
  private static final boolean LONG_VECTORS = haveLongVectors();

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
    return of(x, weight, bias, LONG_VECTORS);
  }

  /**
   * @param asConvolution whether a large product goes to oneDNN, where it can
   */
  static Tensor of(Tensor x, Tensor weight, @Nullable Tensor bias, boolean asConvolution) {
    var added = bias == null ? new TensorOptional() : new TensorOptional(bias.pointer());
    long images = asConvolution ? images(x.pointer(), weight.size(0)) : 0;
    return images == 0
        ? new Tensor(torch.linear(x.pointer(), weight.pointer(), added))
        : convolution(x, weight, added, images);
  }

  /** Whether libtorch found AVX-512, or was told of it. */
  private static boolean haveLongVectors() {
    try (BytePointer capability = torch.get_cpu_capability()) {
      return capability.getString().startsWith("AVX512");
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
