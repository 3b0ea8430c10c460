package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has one witness cosign the newest checkpoint, on a thread of its own: nothing that a witness does
 * or fails to do holds up an append. Only the newest checkpoint waits; those between are skipped.
 */
final class WitnessThread {
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * @param patience for one request
   * @param pause between two requests; doubled after each failure, up to a minute
   */
  record Pace(Duration patience, Duration pause) {
    static final Pace STANDARD = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(1));
  }

  private final NoteKey witness;
  private final WitnessClient client;
  private final Path folder;
  private final MerkleProof.Subtrees tree;
  private final Pace pace;
  private final Consumer<WitnessStatus> changes;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile WitnessStatus status;
  private @Nullable Checkpoint newest;
  private boolean closing;
  private boolean asked;
  private boolean lastAsked;

  private WitnessThread(
      LogFolder files,
      NoteKey witness,
      URI url,
      MerkleProof.Subtrees tree,
      WitnessStatus status,
      Pace pace,
      Consumer<WitnessStatus> changes) {
    this.witness = witness;
    this.client = new WitnessClient(url, witness, pace.patience());
    this.folder = files.cosigned();
    this.tree = tree;
    this.status = status;
    this.pace = pace;
    this.changes = changes;
    thread =
        Thread.ofPlatform()
            .name("forefront-witness-" + witness.name())
            .daemon()
            .unstarted(this::run);
  }

  /**
   * @param changes hears when the witness begins to fail, fails otherwise, or cosigns again
   */
  static WitnessThread start(
      LogFolder files,
      NoteKey log,
      NoteKey witness,
      URI url,
      Blocks blocks,
      Pace pace,
      Consumer<WitnessStatus> changes)
      throws IOException {
    Optional<Checkpoint> before = Cosigned.newest(files.cosigned(), witness, log);
    WitnessStatus status =
        new WitnessStatus(
            witness.name(),
            before.map(Checkpoint::size).orElse(0L),
            before.flatMap(one -> one.cosigned(witness)).orElse(null),
            "");
    WitnessThread started =
        new WitnessThread(
            files, witness, url, new LogHashes(files.log(), blocks), status, pace, changes);
    started.thread.start();
    return started;
  }

  WitnessStatus status() {
    return status;
  }

  void offer(Checkpoint checkpoint) {
    lock.lock();
    try {
      newest = checkpoint;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Asks a last time where the newest checkpoint is not cosigned, and then ends. */
  void end() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the end, as long as for one answer. */
  void awaitEnd(long sinceNanos) {
    long left = sinceNanos + pace.patience().toNanos() - System.nanoTime();
    try {
      thread.join(Duration.ofNanos(Math.max(1, left)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long pause = pace.pause().toNanos();
    try {
      for (Checkpoint next = next(0); next != null; next = next(pause)) {
        pause = attempt(next) ? pace.pause().toNanos() : longer(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long longer(long pause) {
    return Math.min(2 * pause, LONGEST_PAUSE.toNanos());
  }

  /** The newest checkpoint that the witness has not cosigned; null when all is done. */
  private @Nullable Checkpoint next(long pause) throws InterruptedException {
    lock.lock();
    try {
      for (long left = pause; left > 0 && !closing; ) {
        left = changed.awaitNanos(left);
      }
      // Once also where all is cosigned: the witness may have seen more than there is here.
      while (newest == null || (newest.size() <= status.size() && asked)) {
        if (closing) {
          return null;
        }
        changed.await();
      }
      if (closing && lastAsked) {
        return null;
      }
      lastAsked = closing;
      asked = true;
      return newest;
    } finally {
      lock.unlock();
    }
  }

  private boolean attempt(Checkpoint checkpoint) {
    WitnessStatus before = status;
    WitnessStatus after;
    try {
      WitnessClient.Answer.Signed signed = ask(checkpoint);
      Cosigned.write(folder, witness, signed.checkpoint());
      after = new WitnessStatus(witness.name(), checkpoint.size(), signed.time(), "");
    } catch (IOException | UncheckedIOException | BadInputException e) {
      String failure = String.valueOf(e.getMessage());
      after =
          new WitnessStatus(
              witness.name(),
              before.size(),
              before.time(),
              failure.length() > 200 ? failure.substring(0, 200) : failure);
    }
    // Heard before it is shown: whoever sees a failure finds it in the record.
    if (!after.failure().equals(before.failure())) {
      changes.accept(after);
    }
    status = after;
    return after.failure().isEmpty();
  }

  /** With what the witness was last known to have seen, then with what it says that it has. */
  private WitnessClient.Answer.Signed ask(Checkpoint checkpoint) throws IOException {
    long old = status.size();
    for (int attempt = 0; attempt < 2; attempt++) {
      List<byte[]> proof = MerkleProof.consistency(tree, old, checkpoint.size());
      switch (client.ask(new WitnessRequest(old, proof, checkpoint))) {
        case WitnessClient.Answer.Signed signed -> {
          return signed;
        }
        case WitnessClient.Answer.OtherSize other -> {
          if (other.size() > checkpoint.size()) {
            throw new IOException(
                "it has seen %d entries of this log, and here are %d: entries are missing"
                    .formatted(other.size(), checkpoint.size()));
          }
          old = other.size();
        }
      }
    }
    throw new IOException("it has cosigned another size each time it was asked");
  }
}
