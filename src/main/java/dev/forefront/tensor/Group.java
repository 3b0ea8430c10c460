package dev.forefront.tensor;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.gloo.Device;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.jspecify.annotations.Nullable;

/**
 * Several processes that compute together: libtorch's c10d, with Gloo between processors and NCCL
 * between graphics cards. All ranks call the same methods in the same order. Whatever waits for
 * another rank ends with a {@link RankLostException} when one is gone.
 *
 * <p>For one thread; its tensors are float32, and all on the processors' memory or all on each
 * rank's own card.
 */
public final class Group implements AutoCloseable {
  /** Between two looks at whether all still live. */
  private static final Duration SLICE = Duration.ofSeconds(1);

  /** Looks during which the own heartbeat may hang in the store. */
  private static final int MOST_HANGING = 25;

  /** Pauses in which the others end once all is done: a minute. */
  private static final int MOST_GOODBYES = 600;

  /** Most that one rank may come later than another to the same place. */
  private static final Duration MOST_WAITING = Duration.ofMinutes(30);

  /** Between two looks at whether a card is done. */
  private static final Duration CARD_PAUSE = Duration.ofNanos(50_000);

  private final Place place;
  private final Rendezvous rendezvous;
  private final Heartbeat heartbeat;
  private final ProcessGroupGloo gloo;
  private @Nullable ProcessGroupNCCL nccl;

  private Group(Place place, Rendezvous rendezvous, Heartbeat heartbeat, ProcessGroupGloo gloo) {
    this.place = place;
    this.rendezvous = rendezvous;
    this.heartbeat = heartbeat;
    this.gloo = gloo;
  }

  /** Something under way; tensors that it fills are not to be touched before it is awaited. */
  @FunctionalInterface
  public interface Pending {
    /**
     * @throws RankLostException where a rank is gone
     */
    void await();
  }

  /**
   * Meets the other ranks.
   *
   * @param patience until all must be there
   * @throws RankLostException where one is not
   */
  public static Group join(Place place, Duration patience) {
    Torch.start();
    Rendezvous rendezvous = Rendezvous.open(place, patience);
    Heartbeat heartbeat = new Heartbeat(rendezvous.another(), place, name(place));
    try (Scope _ = Scope.open()) {
      awaitAll(place, rendezvous, heartbeat, patience);
      ProcessGroupGloo.Options options =
          ProcessGroupGloo.Options.create(new Milliseconds(MOST_WAITING.toMillis()));
      options.devices(new GlooDeviceVector(device(place)));
      ProcessGroupGloo gloo =
          StandardOutput.toError(
              () -> new ProcessGroupGloo(rendezvous.store(), place.rank(), place.size(), options));
      gloo.retainReference();
      rendezvous.patience(Heartbeat.PATIENCE);
      return new Group(place, rendezvous, heartbeat, gloo);
    } catch (RuntimeException e) {
      heartbeat.close();
      rendezvous.close();
      throw e instanceof RankLostException
          ? e
          : new RankLostException("the ranks did not meet: " + Rendezvous.firstLine(e));
    }
  }

  private static void awaitAll(
      Place place, Rendezvous rendezvous, Heartbeat heartbeat, Duration patience) {
    rendezvous.add("joined", 1);
    for (long left = patience.dividedBy(Heartbeat.BEAT); left >= 0; left--) {
      long joined = rendezvous.add("joined", 0);
      if (joined >= place.size()) {
        return;
      }
      heartbeat.requireAll();
      pause();
    }
    throw new RankLostException(
        "%d of %d ranks were there after %d s"
            .formatted(rendezvous.add("joined", 0), place.size(), patience.toSeconds()));
  }

  private static void pause() {
    try {
      Thread.sleep(Heartbeat.BEAT.dividedBy(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for another rank", e);
    }
  }

  private static String name(Place place) {
    return "rank %d (process %d on %s)"
        .formatted(place.rank(), ProcessHandle.current().pid(), hostName());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unnamed machine";
    }
  }

  /**
   * The network card that leads to the store, unless GLOO_SOCKET_IFNAME names another, as for
   * torch.distributed. What the machine's own name resolves to may not be reachable from others.
   */
  private static Device device(Place place) {
    String wanted = System.getenv("GLOO_SOCKET_IFNAME");
    if (wanted != null && !wanted.isEmpty()) {
      return ProcessGroupGloo.createDeviceForInterface(wanted);
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      // Sends nothing: the system only chooses the way.
      socket.connect(new InetSocketAddress(place.address(), place.port()));
      return ProcessGroupGloo.createDeviceForHostname(socket.getLocalAddress().getHostAddress());
    } catch (SocketException e) {
      throw new RankLostException(
          "there is no way from here to %s: %s".formatted(place.address(), e.getMessage()));
    }
  }

  /**
   * From now on tensors that lie on the ranks' cards are exchanged as well.
   *
   * @throws UnsupportedOperationException where this machine lacks NCCL, or the build its binding
   */
  public void exchangeBetweenCards() {
    if (nccl != null) {
      return;
    }
    // The ranks tell each other by the store how their cards are reached.
    rendezvous.patience(MOST_WAITING);
    try (Scope _ = Scope.open()) {
      nccl = Nccl.join(place, rendezvous.store(), MOST_WAITING);
      nccl.retainReference();
    } finally {
      rendezvous.patience(Heartbeat.PATIENCE);
    }
  }

  public int rank() {
    return place.rank();
  }

  /** Ranks of the group. */
  public int size() {
    return place.size();
  }

  /** Adds up tensors over all ranks, in place. */
  public Pending sum(List<Tensor> tensors) {
    try (Scope _ = Scope.open()) {
      Backend carrier = carrier(tensors.getFirst());
      return pending(carrier, carrier.allreduce_coalesced(Tensor.vector(tensors)));
    }
  }

  /** Adds up numbers over all ranks. */
  public double[] sum(double... numbers) {
    try (Scope _ = Scope.open()) {
      org.bytedeco.pytorch.Tensor all = doubles(numbers);
      pending(gloo, gloo.allreduce(new TensorVector(all))).await();
      return doubles(all);
    }
  }

  /** As many numbers as were given, but those of another rank. */
  public double[] broadcast(int from, double... numbers) {
    try (Scope _ = Scope.open()) {
      org.bytedeco.pytorch.Tensor all = doubles(numbers);
      pending(gloo, gloo.broadcast(new TensorVector(all), rooted(from))).await();
      return doubles(all);
    }
  }

  /** Overwrites a tensor with that of another rank. */
  public void broadcast(int from, Tensor tensor) {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      Backend carrier = carrier(tensor);
      TensorVector all = new TensorVector(tensor.detach().pointer());
      pending(carrier, carrier.broadcast(all, rooted(from))).await();
    }
  }

  /**
   * Lays the ranks' tensors one behind the other.
   *
   * @param own of equal size on all ranks
   * @param all gets them in order of rank; as large as all together
   */
  public Pending gather(Tensor own, Tensor all) {
    try (Scope _ = Scope.open()) {
      Backend carrier = carrier(own);
      return pending(carrier, carrier._allgather_base(all.pointer(), own.pointer()));
    }
  }

  /** Says something under a name, once and for all. */
  public void announce(String name, String words) {
    rendezvous.set(name, words);
  }

  /** Waits until it is said, however long that takes while all live. */
  public String hear(String name) {
    while (true) {
      heartbeat.requireAll();
      try {
        Optional<String> words = rendezvous.get(name);
        if (words.isPresent()) {
          return words.get();
        }
      } catch (RuntimeException e) {
        throw heartbeat.explained(e);
      }
      pause();
    }
  }

  /** Tells the others that this rank ends before its work is done, and why. */
  public void leave(String why) {
    heartbeat.farewell("%s ended: %s".formatted(name(place), why));
  }

  private Backend carrier(Tensor tensor) {
    if (!tensor.pointer().is_cuda()) {
      return gloo;
    }
    if (nccl == null) {
      throw new IllegalStateException("no exchange between cards was begun");
    }
    return nccl;
  }

  private Pending pending(Backend carrier, Work work) {
    work.retainReference();
    return () -> {
      try (work) {
        await(carrier, work);
      }
    };
  }

  private void await(Backend carrier, Work work) {
    long beats = heartbeat.beats();
    int hanging = 0;
    while (true) {
      heartbeat.requireAll();
      if (carrier == gloo ? waited(work) : waitedForCard(work)) {
        return;
      }
      hanging = heartbeat.beats() == beats ? hanging + 1 : 0;
      beats = heartbeat.beats();
      if (hanging > MOST_HANGING) {
        throw new RankLostException(
            "the store at %s:%d does not answer any more".formatted(place.address(), place.port()));
      }
    }
  }

  private boolean waited(Work work) {
    try (Scope _ = Scope.open()) {
      work._wait(new Milliseconds(SLICE.toMillis()));
      return true;
    } catch (RuntimeException e) {
      // The end of a slice and a failure look alike.
      if (!work.isCompleted()) {
        return false;
      }
    }
    return finished(work);
  }

  /**
   * To wait for a card means for NCCL that the card waits; but who is gone, this thread must see.
   */
  private boolean waitedForCard(Work work) {
    long end = System.nanoTime() + SLICE.toNanos();
    while (!work.isCompleted()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(CARD_PAUSE.toNanos());
    }
    return finished(work);
  }

  private boolean finished(Work work) {
    try {
      work._wait();
      return true;
    } catch (RuntimeException e) {
      throw heartbeat.explained(e);
    }
  }

  private static org.bytedeco.pytorch.Tensor doubles(double[] numbers) {
    try (DoublePointer data = new DoublePointer(numbers)) {
      return torch
          .from_blob(
              data,
              new long[] {numbers.length},
              new TensorOptions().dtype(new ScalarTypeOptional(ScalarType.Double)))
          .clone();
    }
  }

  private static double[] doubles(org.bytedeco.pytorch.Tensor tensor) {
    double[] numbers = new double[Math.toIntExact(tensor.numel())];
    tensor.data_ptr_double().get(numbers);
    return numbers;
  }

  private static BroadcastOptions rooted(int from) {
    return new BroadcastOptions().rootRank(from);
  }

  /** Leaves in good order; who runs the store leaves last. */
  @Override
  public void close() {
    if (heartbeat.lost().isEmpty()) {
      sayGoodbye();
    }
    heartbeat.close();
    if (heartbeat.lost().isEmpty()) {
      Nccl.leave(nccl);
      gloo.close();
    } else {
      // Their threads may still wait for who never comes; the process ends soon.
      Nccl.abandon(nccl);
      gloo.deallocate(false);
    }
    rendezvous.close();
  }

  private void sayGoodbye() {
    try {
      long gone = rendezvous.add("goodbye", 1);
      for (int i = 0; place.runsStore() && i < MOST_GOODBYES && gone < place.size(); i++) {
        if (heartbeat.lost().isPresent()) {
          return;
        }
        pause();
        gone = rendezvous.add("goodbye", 0);
      }
    } catch (RuntimeException e) {
      // The store is gone, and with it whoever could have heard this.
    }
  }
}
