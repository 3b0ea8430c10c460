package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.util.Collection;

/** Adds a member's signature to an envelope. */
final class Signing {

  private Signing() {}

  /**
   * @throws BadInputException where the key is no member's, or has signed already
   */
  static Envelope add(Envelope envelope, SigningKey key, Collection<Board.Member> members) {
    byte[] bytes = envelope.preAuthenticationEncoding();
    byte[] signature = key.sign(bytes);
    Board.Member member =
        members.stream()
            .filter(one -> one.key().verifies(bytes, signature))
            .findFirst()
            .orElseThrow(
                () -> new BadInputException("this is the key of no member of the board in force"));
    if (Signed.of(envelope, members, "").by().contains(member)) {
      throw new BadInputException(member.name() + " has signed this already; one key counts once");
    }
    return envelope.plus(new Envelope.Signature(member.key().id(), signature));
  }
}
