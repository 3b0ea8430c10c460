package dev.forefront.release;

import dev.forefront.conversation.VerifyingKey;

/** Says whether a signature is by a key over exactly these bytes. */
interface Verifier {
  /** Computes it each time. */
  Verifier PLAIN = VerifyingKey::verifies;

  boolean verifies(VerifyingKey key, byte[] message, byte[] signature);
}
