package dev.forefront.release;

import dev.forefront.conversation.VerifyingKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whose signatures an envelope carries. Every signature in it must be by one of those who may sign,
 * over exactly these bytes: a foreign or damaged one is a reason to refuse, even where enough
 * others remain.
 *
 * @param by each once
 * @param repeated how many signatures were by someone who had signed already
 * @param reasons what is wrong with the signatures that are there
 */
record Signed(Set<Board.Member> by, int repeated, List<String> reasons) {

  /**
   * @param whose what those who may sign are called in messages
   */
  static Signed of(Envelope envelope, Collection<Board.Member> members, String whose) {
    byte[] bytes = envelope.preAuthenticationEncoding();
    Set<Board.Member> by = new LinkedHashSet<>();
    List<String> reasons = new ArrayList<>();
    int repeated = 0;
    for (int i = 0; i < envelope.signatures().size(); i++) {
      Envelope.Signature signature = envelope.signatures().get(i);
      Optional<Board.Member> member =
          members.stream().filter(one -> one.key().verifies(bytes, signature.bytes())).findFirst();
      if (member.isEmpty()) {
        reasons.add(
            "signature %d is by no member of the board \"%s\", or over other bytes"
                .formatted(i + 1, whose));
      } else if (!signature.keyId().equals(member.get().key().id())) {
        reasons.add("signature %d names another key than the one that signed".formatted(i + 1));
      } else if (!by.add(member.get())) {
        repeated++;
      }
    }
    return new Signed(by, repeated, reasons);
  }

  List<String> names() {
    return by.stream().map(Board.Member::name).toList();
  }

  Set<VerifyingKey> keys() {
    return by.stream().map(Board.Member::key).collect(Collectors.toSet());
  }
}
