package dev.forefront.train;

import dev.forefront.tensor.Group;
import dev.forefront.tensor.Place;
import dev.forefront.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Ranks that are threads of this process and meet over real sockets. */
final class ThreadRanks {
  private ThreadRanks() {}

  /** What each rank answered, by rank; the first failure is thrown. */
  static <T> List<T> run(int size, Function<Ranks, T> work) {
    if (size == 1) {
      return List.of(work.apply(Ranks.alone()));
    }
    int port = freePort();
    int usual = Torch.threads();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(size, Thread.ofPlatform().name("rank-", 0).factory())) {
      List<Future<T>> answers = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        Place place = new Place(rank, size, "127.0.0.1", port, Place.Host.RANK_0, 0);
        answers.add(threads.submit(() -> as(place, work)));
      }
      List<T> all = new ArrayList<>();
      for (Future<T> answer : answers) {
        all.add(answer.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      // The number is the process's: the next class is not to inherit one thread.
      Torch.threads(usual);
    }
  }

  private static <T> T as(Place place, Function<Ranks, T> work) {
    Torch.threads(1);
    List<T> answer = new ArrayList<>();
    try (Ranks ranks = Ranks.of(Group.join(place, Duration.ofSeconds(60)))) {
      ranks.together(() -> answer.add(work.apply(ranks)));
    }
    return answer.getFirst();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
