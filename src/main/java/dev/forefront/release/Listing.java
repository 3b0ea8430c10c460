package dev.forefront.release;

import java.util.List;

/**
 * A release in a registry at a glance. The weights were not hashed: only opening says whether it
 * may be served.
 *
 * @param state {@code unsigned}, {@code signed}, {@code stopped}, {@code revoked} or {@code
 *     damaged}
 * @param created as in the statement, or empty where it cannot be read
 * @param signers members whose signature is over the statement
 * @param waivers what the board ever waived for exactly this, also where it has ended
 */
public record Listing(
    String name,
    State state,
    String created,
    String policy,
    String modelDigest,
    List<String> signers,
    int signaturesNeeded,
    boolean demoBoard,
    List<Waived> waivers) {

  public Listing {
    signers = List.copyOf(signers);
    waivers = List.copyOf(waivers);
  }

  /** Where a release stands. */
  public enum State {
    UNSIGNED,
    SIGNED,
    STOPPED,
    REVOKED,
    DAMAGED
  }
}
