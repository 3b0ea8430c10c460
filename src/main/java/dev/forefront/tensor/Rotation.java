package dev.forefront.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Rotary positions (Su et al. 2021): of the first {@code 2 pairs} entries of a head, entry i turns
 * with entry {@code i + pairs}; the rest stays. Kept until closed.
 */
public final class Rotation implements AutoCloseable {
  private final int pairs;
  private final Tensor cos;
  private final Tensor sin;

  /**
   * @param cos of the angle of each pair at each place, {@code [places][pairs]}
   * @param sin likewise
   */
  public Rotation(int pairs, float[] cos, float[] sin) {
    this.pairs = pairs;
    long[] shape = {cos.length / pairs, 1, pairs};
    try (Scope _ = Scope.open()) {
      this.cos = Scope.keep(Tensor.of(cos, shape));
      this.sin = Scope.keep(Tensor.of(sin, shape));
    }
  }

  int pairs() {
    return pairs;
  }

  /** Of the first places, {@code [places][pairs]}. */
  float[] cosines(int places) {
    return first(cos, places);
  }

  /** Likewise. */
  float[] sines(int places) {
    return first(sin, places);
  }

  private float[] first(Tensor angles, int places) {
    float[] numbers = new float[places * pairs];
    MemorySegment.copy(
        angles.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, numbers, 0, numbers.length);
    return numbers;
  }

  /**
   * Turns heads that stand at the places from 0 on.
   *
   * @param x {@code [rows, length, heads, head size]}
   */
  Tensor turned(Tensor x) {
    Tensor ownCos = cos.narrow(0, 0, x.size(1)).unsqueeze(0);
    Tensor ownSin = sin.narrow(0, 0, x.size(1)).unsqueeze(0);
    long rest = x.size(3) - 2L * pairs;
    List<Tensor> parts = rest == 0 ? x.split(3, pairs, pairs) : x.split(3, pairs, pairs, rest);
    Tensor a = parts.getFirst();
    Tensor b = parts.get(1);
    Tensor first = a.times(ownCos).plusProduct(b, ownSin, -1);
    Tensor second = b.times(ownCos).plusProduct(a, ownSin, 1);
    return Tensor.cat(
        rest == 0 ? List.of(first, second) : List.of(first, second, parts.getLast()), 3);
  }

  @Override
  public void close() {
    cos.close();
    sin.close();
  }
}
