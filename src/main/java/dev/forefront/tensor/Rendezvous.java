package dev.forefront.tensor;

import java.time.Duration;
import java.util.Optional;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/**
 * c10d's TCPStore: words by name and counters that all ranks see. One of the ranks, or their
 * launcher, runs it. A connection serves one caller at a time; {@link #another} gives a thread its
 * own.
 */
final class Rendezvous implements AutoCloseable {
  private final Store root;
  private final PrefixStore store;
  private final String prefix;

  private Rendezvous(Store root, String prefix) {
    this.root = root;
    this.prefix = prefix;
    store = new PrefixStore(prefix, root);
  }

  /**
   * @param patience of one call, and for the store to come up
   */
  static Rendezvous open(Place place, Duration patience) {
    try (Scope _ = Scope.open()) {
      TCPStoreOptions options = new TCPStoreOptions();
      options.port((short) place.port());
      options.isServer(place.runsStore());
      options.waitWorkers(false);
      options.timeout(new Milliseconds(patience.toMillis()));
      return kept(new TCPStore(place.address(), options), "forefront/" + place.attempt());
    } catch (RuntimeException e) {
      throw new RankLostException(
          place.runsStore()
              ? "rank 0 cannot listen at %s:%d: %s"
                  .formatted(place.address(), place.port(), firstLine(e))
              : "rank %d found no rank 0 at %s:%d within %d s"
                  .formatted(place.rank(), place.address(), place.port(), patience.toSeconds()));
    }
  }

  Rendezvous another() {
    try (Scope _ = Scope.open()) {
      return kept(root.clone(), prefix);
    }
  }

  private static Rendezvous kept(Store root, String prefix) {
    Rendezvous rendezvous = new Rendezvous(root, prefix);
    rendezvous.root.retainReference();
    rendezvous.store.retainReference();
    return rendezvous;
  }

  /** Most time that one call may take. */
  void patience(Duration patience) {
    try (Scope _ = Scope.open()) {
      root.setTimeout(new Milliseconds(patience.toMillis()));
    }
  }

  Store store() {
    return store;
  }

  /** Adds to a counter and tells what it holds then. */
  long add(String counter, long more) {
    return store.add(counter, more);
  }

  void set(String name, String words) {
    store.set(name, words);
  }

  /** Sets it where nobody did before. */
  void setFirst(String name, String words) {
    store.compareSet(name, "", words);
  }

  Optional<String> get(String name) {
    try (Scope _ = Scope.open()) {
      return store.check(new StringVector(name))
          ? Optional.of(store.get_to_str(name))
          : Optional.empty();
    }
  }

  static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  @Override
  public void close() {
    store.close();
    root.close();
  }
}
