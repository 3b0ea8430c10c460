package dev.forefront.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.jspecify.annotations.Nullable;

/**
 * Work of our own that is done when the backward pass comes to a tensor.
 *
 * <p>The native side holds a hook by its address and never says that it has let go of it: each is
 * used again once it was called, and none is freed.
 */
final class BackwardHook extends VoidTensorHook {
  /**
   * Those that may wait for their backward pass, on each thread. A history that is thrown away
   * leaves its hooks waiting; the oldest are given up for new ones.
   */
  private static final int MOST = 4_096;

  private static final ThreadLocal<Hooks> HOOKS = ThreadLocal.withInitial(Hooks::new);

  /** What is done, with the gradient of the tensor and what was kept for it. */
  @FunctionalInterface
  interface Work {
    void run(org.bytedeco.pytorch.Tensor gradient, List<org.bytedeco.pytorch.Tensor> kept);
  }

  private record Hooks(Deque<BackwardHook> idle, Deque<BackwardHook> waiting) {
    Hooks() {
      this(new ArrayDeque<>(), new ArrayDeque<>());
    }
  }

  private record Task(
      Work work, List<org.bytedeco.pytorch.Tensor> kept, Deque<BackwardHook> waiting) {}

  private @Nullable Task task;

  private BackwardHook() {}

  /**
   * Has work done once, when the gradient of a tensor is known.
   *
   * @param y with a history
   * @param kept what the work needs, which lives until then
   */
  static void on(Tensor y, List<Tensor> kept, Work work) {
    Hooks own = HOOKS.get();
    if (own.waiting().size() == MOST) {
      // Its history is believed to be gone; it does not serve another.
      own.waiting().remove().letGo();
    }
    BackwardHook idle = own.idle().poll();
    BackwardHook one = idle == null ? made() : idle;
    one.task = new Task(work, kept.stream().map(BackwardHook::kept).toList(), own.waiting());
    own.waiting().add(one);
    y.pointer().register_hook(one);
  }

  private static BackwardHook made() {
    BackwardHook made = new BackwardHook();
    made.retainReference();
    return made;
  }

  private static org.bytedeco.pytorch.Tensor kept(Tensor tensor) {
    org.bytedeco.pytorch.Tensor own = new org.bytedeco.pytorch.Tensor(tensor.pointer());
    own.retainReference();
    return own;
  }

  private void letGo() {
    if (task != null) {
      task.kept().forEach(org.bytedeco.pytorch.Tensor::close);
    }
    task = null;
  }

  @Override
  public void call(TensorBase gradient) {
    Task of = task;
    if (of == null) {
      throw new IllegalStateException(
          "a backward pass came to an operation after %,d others".formatted(MOST));
    }
    try (PointerScope _ = new PointerScope()) {
      of.work().run(new org.bytedeco.pytorch.Tensor(gradient), of.kept());
    }
    // The last operation is the first that a backward pass comes to.
    of.waiting().removeLastOccurrence(this);
    letGo();
    HOOKS.get().idle().add(this);
  }
}
