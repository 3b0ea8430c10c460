package dev.forefront.tensor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * Hears, on the thread of a backward pass, that a leaf's gradient is about to grow. Everything that
 * came before it in the same pass is added already.
 */
public final class GradientHook implements AutoCloseable {
  /** By the address of the leaf: who adds to a gradient by himself tells them too. */
  private static final Map<Long, List<Runnable>> LISTENING = new ConcurrentHashMap<>();

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
      LISTENING
          .computeIfAbsent(address(leaf.pointer()), _ -> new CopyOnWriteArrayList<>())
          .add(work);
    }
  }

  private static long address(org.bytedeco.pytorch.Tensor leaf) {
    return leaf.unsafeGetTensorImpl().address();
  }

  /** Says that a leaf's gradient is about to grow by other hands than libtorch's. */
  static void tell(org.bytedeco.pytorch.Tensor leaf) {
    if (!LISTENING.isEmpty()) {
      LISTENING.getOrDefault(address(leaf), List.of()).forEach(Runnable::run);
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
    try (Scope _ = Scope.open()) {
      LISTENING.computeIfPresent(
          address(leaf.pointer()),
          (_, works) -> {
            works.remove(heard.work);
            return works.isEmpty() ? null : works;
          });
    }
    leaf.pointer().remove_hook(number);
    heard.close();
  }
}
