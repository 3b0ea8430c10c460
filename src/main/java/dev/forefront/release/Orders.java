package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stop, resume, revoke: what a board says about releases that are out. One member stops and calls
 * back; only the release quorum resumes. Each order is a signed statement that names the one before
 * it; a process that serves looks at them all the time.
 */
public final class Orders {
  private static final String ALL = "";

  private final Path registry;
  private final Board root;
  private final Clock clock;
  private final Written written;

  Orders(Path registry, Board root, Clock clock) {
    this.registry = registry;
    this.root = root;
    this.clock = clock;
    written = new Written(registry);
  }

  /**
   * Stops everything that this registry let out.
   *
   * @throws BadInputException where the key is no member's
   * @throws RefusedException where the orders that are there are broken; then nothing is served
   */
  public void stop(String reason, SigningKey key) {
    order(Order.Kind.STOP, ALL, reason, key);
  }

  /** Stops one release. */
  public void stop(String release, String reason, SigningKey key) {
    order(Order.Kind.STOP, release, reason, key);
  }

  /** Calls a release back, for good. */
  public void revoke(String release, String reason, SigningKey key) {
    order(Order.Kind.REVOKE, release, reason, key);
  }

  /**
   * Adds one member's signature to the resumption of everything. Release by release, stops stay.
   * With the last signature that the quorum needs, it holds. A stop that comes while signatures are
   * gathered makes them void: nobody has agreed to lift that one.
   *
   * @param reason of the resumption; the first who signs decides it
   * @throws BadInputException where nothing is stopped, another reason was signed, or the key is no
   *     member's or has signed
   */
  public Signatures resume(String reason, SigningKey key) {
    return resumeScope(ALL, reason, key);
  }

  /** The same for the stop of one release. */
  public Signatures resume(String release, String reason, SigningKey key) {
    return resumeScope(release, reason, key);
  }

  /** Whether a release may be served as far as the board's orders go. */
  public Standing standing(String release) {
    return ledger().orders().against(release).stream()
        .findFirst()
        .<Standing>map(stopped -> stopped)
        .orElseGet(Standing.Serving::new);
  }

  private void order(Order.Kind kind, String release, String reason, SigningKey key) {
    Order.requireReason(reason);
    Lock.ofOrders(registry)
        .holding(
            () -> {
              Ledger ledger = sound();
              Order order = next(kind, release, reason, ledger);
              Envelope signed =
                  Signing.add(
                      Envelope.unsigned(order.json()), key, ledger.boards().current().members());
              append(order, signed);
              return order;
            });
  }

  private Signatures resumeScope(String release, String reason, SigningKey key) {
    Order.requireReason(reason);
    return Lock.ofOrders(registry)
        .holding(
            () -> {
              Ledger ledger = sound();
              if (!ledger.orders().isStopped(release)) {
                throw new BadInputException(
                    (release.isEmpty() ? "the registry as a whole" : "\"" + release + "\"")
                        + " is not stopped");
              }
              Board board = ledger.boards().current();
              Envelope before = pending(release, reason, ledger);
              Envelope signed = Signing.add(before, key, board.members());
              Quorum quorum = Quorum.of(signed, board);
              if (quorum.reasons().isEmpty()) {
                append(Order.parse(signed.payload(), "the resumption"), signed);
                written.drop(Written.PENDING, file(release));
              } else {
                written.write(Written.PENDING, file(release), signed.json());
              }
              return new Signatures(
                  quorum.signers(), board.threshold(), String.join("; ", quorum.reasons()));
            });
  }

  /** The resumption that others have begun to sign, if it still fits; else a new one. */
  private Envelope pending(String release, String reason, Ledger ledger) {
    Order fresh = next(Order.Kind.RESUME, release, reason, ledger);
    Optional<Envelope> begun = written.envelope(Written.PENDING, file(release));
    if (begun.isEmpty()) {
      return Envelope.unsigned(fresh.json());
    }
    Order order = Order.parse(begun.get().payload(), "the resumption");
    boolean fits =
        order.kind() == Order.Kind.RESUME
            && order.release().equals(release)
            && order.previous().equals(fresh.previous())
            && order.boardDigest().equals(fresh.boardDigest())
            && Signed.of(begun.get(), ledger.boards().current().members(), "").reasons().isEmpty();
    if (!fits) {
      return Envelope.unsigned(fresh.json());
    }
    if (!order.reason().equals(reason)) {
      throw new BadInputException(
          "others have signed to resume for another reason: sign \"%s\", or have the file %s taken away"
              .formatted(order.reason(), Written.PENDING + "/" + file(release)));
    }
    return begun.get();
  }

  private static String file(String release) {
    return release.isEmpty() ? "resume.dsse.json" : "resume-" + release + ".dsse.json";
  }

  private Order next(Order.Kind kind, String release, String reason, Ledger ledger) {
    OrderChain chain = ledger.orders();
    Board board = ledger.boards().current();
    return new Order(
        kind,
        release,
        reason,
        chain.digests().size() + 1L,
        chain.head(),
        clock.instant().truncatedTo(ChronoUnit.SECONDS),
        board.version(),
        board.digest());
  }

  private void append(Order order, Envelope signed) {
    written.write(RegistryFiles.ORDERS, OrderChain.file(order.sequence()), signed.json());
  }

  private Ledger ledger() {
    return Ledger.read(registry, root);
  }

  private Ledger sound() {
    Ledger ledger = ledger();
    if (!ledger.boards().problems().isEmpty() || !ledger.orders().problems().isEmpty()) {
      List<String> reasons = new ArrayList<>(ledger.boards().problems());
      reasons.addAll(ledger.orders().problems());
      reasons.add("nothing of this registry is served until it is restored");
      throw new RefusedException("an order to a broken registry", reasons);
    }
    return ledger;
  }
}
