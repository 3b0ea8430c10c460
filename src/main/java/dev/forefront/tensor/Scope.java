package dev.forefront.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

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
  private final PointerScope pointers;

  private Scope() {
    Torch.start();
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

  /** Native objects alive in this process that Java knows of; for tests that look for leaks. */
  public static long live() {
    return Pointer.totalCount();
  }

  @Override
  public void close() {
    pointers.close();
  }
}
