package dev.forefront.tensor;

import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * Hears, on the thread of a backward pass, that a leaf's gradient is about to grow. Everything that
 * came before it in the same pass is added already.
 */
public final class GradientHook implements AutoCloseable {
  private final Tensor leaf;
  private final int number;
  // The native side holds it weakly.
  private final Heard heard;

  GradientHook(Tensor leaf, Runnable work) {
    this.leaf = leaf;
    try (Scope _ = Scope.open()) {
      heard = new Heard(work);
      heard.retainReference();
      number = leaf.pointer().register_hook(heard);
    }
  }

  private static final class Heard extends VoidTensorHook {
    private final Runnable work;

    Heard(Runnable work) {
      this.work = work;
    }

    @Override
    public void call(TensorBase gradient) {
      work.run();
    }
  }

  /** Hears no more. */
  @Override
  public void close() {
    leaf.pointer().remove_hook(number);
    heard.close();
  }
}
