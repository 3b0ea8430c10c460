package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again whether a release may still be served. What it has seen once must still be
 * there: an order that was taken away, or a history that was written anew, stops.
 */
final class Watch {
  private final Path registry;
  private final Board root;
  private final Statement statement;
  private final Envelope envelope;
  private final List<String> waived;
  private final Clock clock;
  private final Verifier verifier = new RememberedVerifier();
  private @Nullable RegistryFiles seen;
  private @Nullable Ledger ledger;
  private List<String> lapsed = List.of();
  private @Nullable Pin pin;

  /**
   * @param waived criteria that the release does not meet and need not, as long as that holds
   */
  Watch(
      Path registry,
      Board root,
      Statement statement,
      Envelope envelope,
      List<String> waived,
      Clock clock) {
    this.registry = registry;
    this.root = root;
    this.statement = statement;
    this.envelope = envelope;
    this.waived = List.copyOf(waived);
    this.clock = clock;
  }

  /** Goes on from what another process saw, and keeps there what this one sees. */
  synchronized void keepIn(Pin kept) {
    pin = kept;
    seen = null;
  }

  synchronized Standing standing() {
    try {
      return look();
    } catch (RuntimeException e) {
      // Whatever it is: what cannot be looked at is not known to be good.
      return new Standing.Stopped("the registry cannot be read: " + e.getMessage(), "");
    }
  }

  private Standing look() {
    if (!Arrays.equals(SmallFile.read(registry.resolve(Board.FILE)), root.bytes())) {
      throw new BadInputException(Board.FILE + " has changed");
    }
    Path signed = registry.resolve(statement.name()).resolve(ReleaseFiles.STATEMENT);
    if (!SmallFile.isPlain(signed)) {
      throw new BadInputException(signed + " is gone");
    }
    Ledger now = ledger();
    List<String> reasons = now.boardReasons(clock.instant());
    if (!reasons.isEmpty()) {
      return new Standing.Stopped(reasons.getFirst(), "");
    }
    List<Standing.Stopped> orders = now.orders().against(statement.name());
    if (!orders.isEmpty()) {
      return orders.getFirst();
    }
    Optional<String> revoked =
        new Revocations(registry.resolve(Revocations.FOLDER)).reason(statement.name());
    if (revoked.isPresent()) {
      return new Standing.Stopped(revoked.get(), "");
    }
    Waivers.Scope scope = Waivers.Scope.of(statement);
    for (String criterion : waived) {
      Optional<Standing.Stopped> lapse =
          now.orders().waivers().lapse(scope, criterion, clock.instant());
      if (lapse.isPresent()) {
        return lapse.get();
      }
    }
    return lapsed.isEmpty() ? new Standing.Serving() : new Standing.Stopped(lapsed.getFirst(), "");
  }

  private Ledger ledger() {
    RegistryFiles files = RegistryFiles.read(registry);
    if (ledger != null && seen != null && files.sameAs(seen)) {
      return ledger;
    }
    Ledger read = Ledger.of(root, files, verifier);
    if (ledger != null && !read.continues(ledger.boards().digests(), ledger.orders().digests())) {
      throw new BadInputException("orders that were seen before are gone or rewritten");
    }
    if (pin != null) {
      pin.requireContinued(read);
    }
    lapsed = read.consent(envelope, statement).reasons();
    ledger = read;
    seen = files;
    return read;
  }
}
