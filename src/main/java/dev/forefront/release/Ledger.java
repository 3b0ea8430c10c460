package dev.forefront.release;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a registry's board signed about the registry itself, verified at one moment.
 *
 * @param alone whether there is no registry: then nobody can say which policies were adopted
 */
record Ledger(BoardHistory boards, OrderChain orders, boolean alone) {

  /** The board's own file is taken from the caller, who has reason to trust it. */
  static Ledger read(Path registry, Board root) {
    return of(root, RegistryFiles.read(registry), Verifier.PLAIN);
  }

  /** Around a release's folder that may have been carried away from its registry. */
  static Ledger around(Path release, Board root) {
    Path registry = release.toAbsolutePath().normalize().resolveSibling("");
    Ledger ledger = read(registry, root);
    boolean alone = !Files.exists(registry.resolve(Board.FILE), LinkOption.NOFOLLOW_LINKS);
    return new Ledger(ledger.boards(), ledger.orders(), alone);
  }

  static Ledger of(Board root, RegistryFiles files, Verifier verifier) {
    BoardHistory boards = BoardHistory.of(root, files.boards(), verifier);
    return new Ledger(boards, OrderChain.of(files.orders(), boards), false);
  }

  /** Whether all that an earlier look saw is still there. */
  boolean continues(List<String> earlierBoards, List<String> earlierOrders) {
    return startsWith(boards.digests(), earlierBoards)
        && startsWith(orders.digests(), earlierOrders);
  }

  private static boolean startsWith(List<String> now, List<String> earlier) {
    return now.size() >= earlier.size() && now.subList(0, earlier.size()).equals(earlier);
  }

  /** Why the board in force lets nothing out at this time. */
  List<String> boardReasons(Instant now) {
    List<String> reasons = new ArrayList<>(boards.problems());
    boards.expired(now).ifPresent(reasons::add);
    return reasons;
  }

  /** The board that a statement is for; the one in force where it names none of this registry. */
  Board boardOf(Statement statement) {
    return boards.ofDigest(statement.boardDigest()).orElse(boards.current());
  }

  /** Why a policy is not one that releases may be proposed under today. */
  Optional<String> policyReason(Policy policy) {
    return orders.adopted().isInForce(policy)
        ? Optional.empty()
        : Optional.of(
            "the policy \"%s\" is not in force: the board has to adopt exactly this file"
                .formatted(policy.name()));
  }

  /** Who signed a release, and why that does not do today. */
  Quorum consent(Envelope envelope, Statement statement) {
    Board board = boardOf(statement);
    Quorum quorum =
        Quorum.of(envelope, board, Purpose.RELEASE, boards.revoked(), boards.verifier());
    Optional<String> closed =
        boards.notCarried(board, statement.name(), Order.digest(envelope.payload()));
    List<String> reasons = new ArrayList<>(quorum.reasons());
    closed.ifPresent(reasons::add);
    if (!alone) {
      orders.adopted().reason(statement, Order.digest(envelope.payload())).ifPresent(reasons::add);
    }
    return new Quorum(quorum.signers(), reasons);
  }
}
