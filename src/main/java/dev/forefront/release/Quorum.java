package dev.forefront.release;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose signatures an envelope carries. Every signature in it must be a member's over exactly these
 * bytes: a foreign or damaged one is a reason to refuse, even where enough others remain.
 *
 * @param signers names of the members, each once
 * @param reasons why the quorum is not reached; empty where it is
 */
record Quorum(List<String> signers, List<String> reasons) {

  static Quorum of(Envelope envelope, Board board) {
    byte[] signed = envelope.preAuthenticationEncoding();
    Set<String> signers = new LinkedHashSet<>();
    List<String> reasons = new ArrayList<>();
    int repeated = 0;
    for (int i = 0; i < envelope.signatures().size(); i++) {
      Envelope.Signature signature = envelope.signatures().get(i);
      Optional<Board.Member> member = signer(signed, signature, board);
      if (member.isEmpty()) {
        reasons.add(
            "signature %d is by no member of the board \"%s\", or over other bytes"
                .formatted(i + 1, board.name()));
      } else if (!signature.keyId().equals(member.get().key().id())) {
        reasons.add("signature %d names another key than the one that signed".formatted(i + 1));
      } else if (!signers.add(member.get().name())) {
        repeated++;
      }
    }
    if (signers.size() < board.threshold()) {
      reasons.add(
          "too few signatures: %d of %d%s"
              .formatted(
                  signers.size(),
                  board.threshold(),
                  repeated == 0 ? "" : " (the same key signed again; one key counts once)"));
    }
    return new Quorum(List.copyOf(signers), List.copyOf(reasons));
  }

  private static Optional<Board.Member> signer(
      byte[] signed, Envelope.Signature signature, Board board) {
    return board.members().stream()
        .filter(member -> member.key().verifies(signed, signature.bytes()))
        .findFirst();
  }
}
