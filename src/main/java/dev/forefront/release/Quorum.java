package dev.forefront.release;

import dev.forefront.conversation.VerifyingKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether enough of a board signed an envelope.
 *
 * @param signers names of the members who signed, each once
 * @param reasons why the quorum is not reached; empty where it is
 */
record Quorum(List<String> signers, List<String> reasons) {

  Quorum {
    signers = List.copyOf(signers);
    reasons = List.copyOf(reasons);
  }

  static Quorum of(Envelope envelope, Board board) {
    return of(envelope, board, Purpose.RELEASE, Set.of());
  }

  /**
   * @param revoked keys whose signatures no longer count
   */
  static Quorum of(Envelope envelope, Board board, Purpose purpose, Set<VerifyingKey> revoked) {
    Signed signed = Signed.of(envelope, board.members(), board.name());
    List<String> reasons = new ArrayList<>(signed.reasons());
    List<String> lapsed =
        signed.by().stream()
            .filter(member -> revoked.contains(member.key()))
            .map(Board.Member::name)
            .toList();
    missing(board, purpose, signed, revoked).ifPresent(reasons::add);
    List<String> counted = signed.names().stream().filter(name -> !lapsed.contains(name)).toList();
    return new Quorum(counted, reasons);
  }

  static Optional<String> missing(
      Board board, Purpose purpose, Signed signed, Set<VerifyingKey> revoked) {
    Set<VerifyingKey> keys = new HashSet<>(signed.keys());
    boolean lapsed = keys.removeAll(revoked);
    if (board.isMet(purpose, keys)) {
      return Optional.empty();
    }
    String known =
        signed.repeated() == 0 ? "" : " (the same key signed again; one key counts once)";
    String gone = lapsed ? " (a key that signed was revoked since and does not count)" : "";
    return Optional.of(
        "too few signatures: %s%s%s".formatted(board.shortfall(purpose, keys), known, gone));
  }
}
