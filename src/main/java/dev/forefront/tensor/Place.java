package dev.forefront.tensor;

/**
 * Where a process stands in a group, and where the group meets.
 *
 * @param rank from 0
 * @param size of the group
 * @param address of the store, as a name or number
 * @param port of the store
 * @param host who runs the store
 * @param attempt of a launcher that starts a failed group anew: none hears what another said
 */
public record Place(int rank, int size, String address, int port, Host host, int attempt) {

  /** Who runs the store through which ranks find each other. */
  public enum Host {
    RANK_0,
    LAUNCHER
  }

  public Place {
    if (rank < 0 || rank >= size || port < 1 || port > 0xffff) {
      throw new IllegalArgumentException(
          "rank %d of %d at %s:%d is no place".formatted(rank, size, address, port));
    }
  }

  boolean runsStore() {
    return rank == 0 && host == Host.RANK_0;
  }
}
