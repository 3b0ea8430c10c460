package dev.forefront.tensor;

import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.GradMode;

/**
 * {@link CausalAttention} on the processors, by {@link AttentionWork}: what libtorch gives MKL to
 * multiply are blocks too small for it, and between rotation and attention it writes everything to
 * memory several times. Measured in docs/performance.md.
 */
final class AttentionKernel {
  private static final ForkJoinPool POOL =
      new ForkJoinPool(
          1,
          pool -> {
            ForkJoinWorkerThread thread =
                ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            thread.setName("forefront-attention-" + thread.getPoolIndex());
            return thread;
          },
          null,
          true);

  private static final ThreadLocal<AttentionWork> WORK =
      ThreadLocal.withInitial(AttentionWork::new);

  private AttentionKernel() {}

  /** Whether tensors are born where it computes, in numbers that it computes with. */
  static boolean computes() {
    Computing here = Torch.computing();
    return here.device() == Device.CPU && here.products() == Computing.Products.FLOAT32;
  }

  /**
   * @param heard {@code [..., heads + 2 keyValueHeads, head size]}
   * @param documents within the tokens of heard
   * @return {@code [..., heads, head size]}
   */
  static Tensor of(
      CausalAttention attention, Tensor heard, Rotation rotation, Documents documents) {
    try (Scope own = Scope.open()) {
      // Of our own, so that its gradient is what this attention gives and nothing else.
      Tensor x = new Tensor(heard.pointer().contiguous().view(heard.shape()));
      boolean isFollowed = x.hasHistory() && GradMode.is_enabled();
      // A copy of the queries, which only lends its history and its shape.
      Tensor read = new Tensor(x.pointer().narrow(-2, 0, attention.heads()).clone());
      Tensor numbers = read.detach();
      Rehearsal.end();
      AttentionPass pass = AttentionPass.of(attention, x, numbers, rotation, documents);
      pass.gaps(pass.read(), attention.heads());
      share(pass, (work, part) -> work.forward(pass, part));
      if (isFollowed) {
        BackwardHook.on(
            x, List.of(x.detach(), numbers), (gradient, _) -> back(pass, new Tensor(gradient)));
      }
      return own.passOn(read);
    }
  }

  /** Writes the gradient of queries, keys and values over that of the copied queries. */
  private static void back(AttentionPass pass, Tensor gradient) {
    var memory = gradient.memory();
    pass.gaps(memory, pass.heads() + 2 * pass.keyValueHeads());
    share(pass, (work, part) -> work.back(pass, part, memory));
  }

  private static void share(AttentionPass pass, ObjIntConsumer<AttentionWork> work) {
    int threads = Math.min(Torch.threads(), pass.parts());
    if (POOL.getParallelism() < threads) {
      POOL.setParallelism(threads);
    }
    AtomicInteger next = new AtomicInteger();
    Runnable taking =
        () -> {
          AttentionWork own = WORK.get();
          for (int part; (part = next.getAndIncrement()) < pass.parts(); ) {
            work.accept(own, part);
          }
        };
    List<? extends ForkJoinTask<?>> tasks =
        Stream.generate(() -> POOL.submit(taking)).limit(threads).toList();
    tasks.forEach(ForkJoinTask::join);
  }
}
