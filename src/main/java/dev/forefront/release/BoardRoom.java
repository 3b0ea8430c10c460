package dev.forefront.release;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where a board speaks about its registry: what it said so far, one writer at a time, and a place
 * to write to.
 *
 * @param root the registry's first board
 * @param releases digests of the statements of releases that are valid now, by name
 */
record BoardRoom(
    Path registry, Board root, Clock clock, Function<Ledger, SortedMap<String, String>> releases) {

  Ledger ledger() {
    return Ledger.read(registry, root);
  }

  <T> T alone(Supplier<T> work) {
    return Lock.ofOrders(registry).holding(work);
  }

  Written written() {
    return new Written(registry);
  }

  SortedMap<String, String> valid(Ledger ledger) {
    return releases.apply(ledger);
  }

  /** To the second, as statements write times. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
