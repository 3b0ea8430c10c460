package dev.forefront.release;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a registry's board signed about the registry itself, verified at one moment. */
record Ledger(BoardHistory boards, OrderChain orders) {

  /** The board's own file is taken from the caller, who has reason to trust it. */
  static Ledger read(Path registry, Board root) {
    return of(root, RegistryFiles.read(registry));
  }

  static Ledger of(Board root, RegistryFiles files) {
    BoardHistory boards = BoardHistory.of(root, files.boards());
    return new Ledger(boards, OrderChain.of(files.orders(), boards));
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

  /** Who signed a release, and why that does not do today. */
  Quorum consent(Envelope envelope, Statement statement) {
    Board board = boardOf(statement);
    Quorum quorum = Quorum.of(envelope, board, Purpose.RELEASE, boards.revoked());
    Optional<String> closed =
        boards.notCarried(board, statement.name(), Order.digest(envelope.payload()));
    List<String> reasons = new ArrayList<>(quorum.reasons());
    closed.ifPresent(reasons::add);
    return new Quorum(quorum.signers(), reasons);
  }
}
