package dev.forefront.data;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the batch of the next step on a thread of its own while this one's is learnt from; one
 * at a time. For use by one thread.
 */
public final class BatchesAhead implements BatchSource, AutoCloseable {
  private final BatchSource source;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("forefront-batches").daemon().factory());
  private int prepared = -1;
  private @Nullable Future<TokenBatch> next;

  public BatchesAhead(BatchSource source) {
    this.source = source;
  }

  @Override
  public TokenBatch batch(int step) {
    Future<TokenBatch> ready = next;
    TokenBatch batch = ready != null && prepared == step ? await(ready) : source.batch(step);
    prepared = step + 1;
    next = thread.submit(() -> source.batch(step + 1));
    return batch;
  }

  @Override
  public List<String> documents(int step) {
    return source.documents(step);
  }

  private static TokenBatch await(Future<TokenBatch> ready) {
    try {
      return ready.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was prepared", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a batch was not prepared", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
