package dev.forefront.audit;

/** What a reading of the whole log found. */
public sealed interface Verification {

  /**
   * Every line is the one that was written, as far as the log alone can show.
   *
   * @param entries how many there are
   * @param covered how many of them the last signed checkpoint covers; what follows is chained, but
   *     signed by nobody yet
   * @param root the Merkle root over all entries, in hex
   * @param publicKey the key that signed, SubjectPublicKeyInfo in base64
   */
  record Intact(long entries, long covered, String root, String publicKey)
      implements Verification {}

  /**
   * @param firstBadEntry the first entry that can no longer be trusted; where entries are missing
   *     at the end, the number of the first missing one
   */
  record Broken(long firstBadEntry, String reason) implements Verification {}
}
