package dev.forefront.tensor;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the others twice a second that this rank lives, and hears whether they do: rank 0 listens
 * to all, the others to rank 0, which writes down whom it misses. Silence is counted in own beats,
 * not in seconds, so that a machine that was halted as a whole misses nobody afterwards.
 */
final class Heartbeat implements AutoCloseable {
  static final Duration BEAT = Duration.ofMillis(500);

  /** Beats without a sign of life after which a rank is gone. */
  private static final int SILENCE = 40;

  /** The same where something went wrong already. */
  private static final int SUSPICIOUS_SILENCE = 6;

  /** Most that a store which lives takes to answer. */
  static final Duration PATIENCE = BEAT.multipliedBy(SILENCE);

  private static final String LOST = "lost";
  private static final String SUSPECTED = "suspected";

  private final Rendezvous rendezvous;
  private final Place place;
  private final Thread thread = new Thread(this::run, "forefront-heartbeat");
  private volatile @Nullable String lost;
  private volatile long beats;
  private volatile @Nullable String farewell;
  private volatile boolean suspects;
  private volatile boolean closed;

  /**
   * @param rendezvous a connection of its own, which it closes
   */
  Heartbeat(Rendezvous rendezvous, Place place, String name) {
    this.rendezvous = rendezvous;
    this.place = place;
    rendezvous.patience(PATIENCE);
    rendezvous.set(nameOf(place.rank()), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Watched[] watched = watched();
    boolean told = false;
    while (!closed) {
      try {
        rendezvous.add("beat/" + place.rank(), 1);
        told = told || suspects && rendezvous.add(SUSPECTED, 1) > 0;
        int most = rendezvous.add(SUSPECTED, 0) > 0 ? SUSPICIOUS_SILENCE : SILENCE;
        for (Watched one : watched) {
          if (one.isSilent(rendezvous, most)) {
            rendezvous.setFirst(LOST, one.gone(rendezvous));
          }
        }
        String last = farewell;
        if (last != null) {
          rendezvous.setFirst(LOST, last);
        }
        rendezvous.get(LOST).ifPresent(words -> lost = words);
        beats++;
        Thread.sleep(BEAT);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!closed) {
          lost = storeGone();
        }
        return;
      }
    }
  }

  private Watched[] watched() {
    if (place.rank() != 0) {
      return new Watched[] {new Watched(0)};
    }
    Watched[] others = new Watched[place.size() - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = new Watched(i + 1);
    }
    return others;
  }

  /** One rank as it was last heard. Before its first sign it is awaited, not missed. */
  private static final class Watched {
    private final int rank;
    private long heard;
    private int silent;

    Watched(int rank) {
      this.rank = rank;
    }

    boolean isSilent(Rendezvous rendezvous, int most) {
      long now = rendezvous.add("beat/" + rank, 0);
      silent = now == heard ? silent + 1 : 0;
      heard = now;
      return heard > 0 && silent >= most;
    }

    String gone(Rendezvous rendezvous) {
      return "%s is gone: it gave no sign of life for %.0f s"
          .formatted(
              rendezvous.get(nameOf(rank)).orElse("rank " + rank), silent * BEAT.toMillis() / 1e3);
    }
  }

  private String storeGone() {
    String where = place.address() + ":" + place.port();
    return place.host() == Place.Host.RANK_0
        ? "rank 0 is gone: its store at %s does not answer".formatted(where)
        : "the launcher is gone: its store at %s does not answer".formatted(where);
  }

  private static String nameOf(int rank) {
    return "name/" + rank;
  }

  /** Who is lost, as one sentence. */
  Optional<String> lost() {
    return Optional.ofNullable(lost);
  }

  /**
   * @throws RankLostException where one is
   */
  void requireAll() {
    String words = lost;
    if (words != null) {
      throw new RankLostException(words);
    }
  }

  /** Beats so far; one that never grows means that the store hangs. */
  long beats() {
    return beats;
  }

  /** Tells all that something went wrong and waits until it is known who is the cause. */
  RankLostException explained(RuntimeException failure) {
    suspects = true;
    long most = 2L * SUSPICIOUS_SILENCE + 8;
    try {
      for (long i = 0; lost == null && i < most; i++) {
        Thread.sleep(BEAT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String known = lost;
    return new RankLostException(
        known == null ? "a rank left the group: " + Rendezvous.firstLine(failure) : known);
  }

  /** Tells the others that this rank ends, and why; waits a little so that they can hear it. */
  void farewell(String words) {
    farewell = words;
    try {
      // A beat to say it, two in which the others ask.
      thread.join(BEAT.multipliedBy(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The rank ends in good order. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(BEAT.multipliedBy(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      rendezvous.close();
    }
  }
}
