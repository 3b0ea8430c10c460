package dev.forefront.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * Owns every tensor that is born while it is open on this thread and frees them when it closes.
 * Open one around each training or decoding step:
 *
 * {@snippet :
 * try (Scope step = Scope.open()) {
 *   Tensor loss = ...
 * }
 * }
 */
public final class Scope implements AutoCloseable {
  private final @Nullable PointerScope around;
  private final PointerScope pointers;

  private Scope() {
    Torch.start();
    around = PointerScope.getInnerScope();
    pointers = new PointerScope();
  }

  public static Scope open() {
    return new Scope();
  }

  /**
   * Lets a tensor outlive every open scope; {@link Tensor#close} frees it.
   *
   * @return the same tensor
   */
  public static Tensor keep(Tensor tensor) {
    tensor.pointer().retainReference();
    return tensor;
  }

  /**
   * Gives a tensor that was born in this scope to the one around it, which frees it; where there is
   * none it stays.
   *
   * @return the same tensor
   */
  public Tensor passOn(Tensor tensor) {
    if (around == null) {
      return keep(tensor);
    }
    around.attach(tensor.pointer());
    return tensor;
  }

  /** Native objects alive in this process that Java knows of; for tests that look for leaks. */
  public static long live() {
    return Pointer.totalCount();
  }

  @Override
  public void close() {
    pointers.close();
  }
}
