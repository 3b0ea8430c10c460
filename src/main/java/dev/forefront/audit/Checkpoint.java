package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The log's size and Merkle root, signed: a signed note as C2SP's tlog-checkpoint and signed-note
 * describe it, so that witnesses outside of this house can keep and cosign it.
 *
 * @param origin the log's name, which holds the beginning of its key's id
 * @param size how many entries the root covers
 * @param root 32 bytes in hex
 * @param note the whole text, signature lines included
 */
public record Checkpoint(String origin, long size, String root, String note) {

  static String origin(VerifyingKey key) {
    return "forefront-audit/" + key.id().substring(0, 16);
  }

  static Checkpoint sign(MerkleTree tree, VerifyingKey key, SigningKey signing) {
    NoteKey log = NoteKey.ofLog(key);
    byte[] root = tree.root();
    String text =
        log.name() + "\n" + tree.size() + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    byte[] signature = signing.sign(text.getBytes(StandardCharsets.UTF_8));
    SignedNote note =
        new SignedNote(text, List.of(new SignedNote.Signature(log.name(), log.id(), signature)));
    return new Checkpoint(log.name(), tree.size(), HexFormat.of().formatHex(root), note.note());
  }

  /**
   * @throws BadInputException where the text is no signed note of a log
   */
  public static Checkpoint parse(String note) {
    try {
      return of(SignedNote.parse(note));
    } catch (BadInputException e) {
      throw new BadInputException("this is no checkpoint of an audit log: " + e.getMessage(), e);
    }
  }

  private static Checkpoint of(SignedNote signed) {
    String text = signed.text();
    // Lines after the third are the log's own matter, and none may be empty.
    List<String> lines = List.of(text.substring(0, text.length() - 1).split("\n", -1));
    if (lines.size() < 3 || lines.stream().anyMatch(String::isEmpty)) {
      throw new BadInputException("it has other lines");
    }
    long size = Strict.number(lines.get(1));
    String root = HexFormat.of().formatHex(Strict.hash(lines.get(2)));
    return new Checkpoint(lines.get(0), size, root, signed.note());
  }

  /** Whether this key signed it, and the log is the one named after the key. */
  public boolean signedBy(VerifyingKey key) {
    return isSignedBy(NoteKey.ofLog(key));
  }

  boolean isSignedBy(NoteKey log) {
    return origin.equals(log.name()) && signed().isSignedBy(log);
  }

  /** When this witness cosigned it; empty where it did not. */
  public Optional<Instant> cosigned(NoteKey witness) {
    return signed().cosigned(witness);
  }

  /** The same checkpoint with more signatures below it. */
  Checkpoint plus(List<SignedNote.Signature> signatures) {
    SignedNote signed = signed();
    List<SignedNote.Signature> all = new ArrayList<>(signed.signatures());
    all.addAll(signatures);
    return new Checkpoint(origin, size, root, new SignedNote(signed.text(), all).note());
  }

  /** Whether both speak of the same tree of the same log. */
  boolean isSameAs(Checkpoint other) {
    return origin.equals(other.origin) && size == other.size && root.equals(other.root);
  }

  SignedNote signed() {
    return SignedNote.parse(note);
  }

  byte[] rootBytes() {
    return HexFormat.of().parseHex(root);
  }
}
