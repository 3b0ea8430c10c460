package dev.forefront.audit;

import java.time.Instant;
import java.util.List;

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
   * @param verifierKey the same key as a verifier key (C2SP signed-note)
   * @param witnessedEntries how many of the first entries enough witnesses vouch for, by the policy
   *     asked for; 0 where none was
   * @param witnessed what each of its witnesses says
   * @param texts personal texts that entries commit to
   */
  record Intact(
      long entries,
      long covered,
      String root,
      String publicKey,
      String verifierKey,
      long witnessedEntries,
      List<Witnessed> witnessed,
      Texts texts)
      implements Verification {
    public Intact {
      witnessed = List.copyOf(witnessed);
    }

    Intact with(Texts counted) {
      return new Intact(
          entries, covered, root, publicKey, verifierKey, witnessedEntries, witnessed, counted);
    }
  }

  /**
   * A witness saw that the log's first entries were these, and that none before had changed.
   *
   * @param witness the key's name
   * @param size how many entries
   * @param time by the witness's clock
   */
  record Witnessed(String witness, long size, Instant time) {}

  /**
   * Entries with personal texts.
   *
   * @param kept whose texts are here and are the ones committed to
   * @param erased whose texts were erased, and an entry says so
   * @param missing whose texts are not here and of which no entry says why
   */
  record Texts(long kept, long erased, long missing) {}

  /**
   * @param firstBadEntry the first entry that can no longer be trusted; where entries are missing
   *     at the end, the number of the first missing one
   */
  record Broken(long firstBadEntry, String reason) implements Verification {}
}
