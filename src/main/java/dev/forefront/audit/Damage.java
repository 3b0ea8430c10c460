package dev.forefront.audit;

/** Why a line is not the one that was written; never leaves the room. */
final class Damage extends Exception {
  private static final long serialVersionUID = 1L;

  private final long entry;

  Damage(long entry, String reason) {
    super(reason, null, false, false);
    this.entry = entry;
  }

  Verification.Broken broken() {
    return new Verification.Broken(entry, String.valueOf(getMessage()));
  }
}
