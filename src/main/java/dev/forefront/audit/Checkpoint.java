package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * The log's size and Merkle root, signed: a signed note as C2SP's tlog-checkpoint and signed-note
 * describe it, so that witnesses outside of this house can keep and cosign it.
 *
 * @param origin the log's name, which holds the beginning of its key's id
 * @param size how many entries the root covers
 * @param root 32 bytes in hex
 * @param note the whole text, signature line included
 */
public record Checkpoint(String origin, long size, String root, String note) {
  private static final byte ED25519 = 1;
  private static final int RAW_KEY = 32;
  private static final int KEY_HASH = 4;
  private static final String DASH = "\u2014 ";

  static String origin(VerifyingKey key) {
    return "forefront-audit/" + key.id().substring(0, 16);
  }

  static Checkpoint sign(MerkleTree tree, VerifyingKey key, SigningKey signing) {
    String origin = origin(key);
    byte[] root = tree.root();
    String text =
        origin + "\n" + tree.size() + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    byte[] signature = signing.sign(text.getBytes(StandardCharsets.UTF_8));
    byte[] tagged =
        ByteBuffer.allocate(KEY_HASH + signature.length)
            .put(keyHash(origin, key))
            .put(signature)
            .array();
    String line = DASH + origin + " " + Base64.getEncoder().encodeToString(tagged) + "\n";
    return new Checkpoint(origin, tree.size(), HexFormat.of().formatHex(root), text + "\n" + line);
  }

  /**
   * @throws BadInputException where the text is no signed note with one signature of ours
   */
  public static Checkpoint parse(String note) {
    List<String> lines = List.of(note.split("\n", -1));
    if (lines.size() != 6 || !lines.get(3).isEmpty() || !lines.get(5).isEmpty()) {
      throw new BadInputException("this is no checkpoint of an audit log: it has other lines");
    }
    try {
      byte[] root = Base64.getDecoder().decode(lines.get(2));
      long size = Long.parseLong(lines.get(1));
      Checkpoint read = new Checkpoint(lines.get(0), size, HexFormat.of().formatHex(root), note);
      if (root.length == 32 && read.signature().length > KEY_HASH) {
        return read;
      }
    } catch (IllegalArgumentException e) {
      throw new BadInputException("this is no checkpoint of an audit log: " + e.getMessage(), e);
    }
    throw new BadInputException("this is no checkpoint of an audit log: its root has no 32 bytes");
  }

  /** Whether this key signed it, and the log is the one named after the key. */
  public boolean signedBy(VerifyingKey key) {
    byte[] tagged = signature();
    byte[] text = note.substring(0, note.indexOf("\n\n") + 1).getBytes(StandardCharsets.UTF_8);
    return origin.equals(origin(key))
        && Arrays.equals(Arrays.copyOf(tagged, KEY_HASH), keyHash(origin, key))
        && key.verifies(text, Arrays.copyOfRange(tagged, KEY_HASH, tagged.length));
  }

  private byte[] signature() {
    String line = note.substring(note.indexOf("\n\n") + 2);
    String before = DASH + origin + " ";
    if (!line.startsWith(before)) {
      throw new IllegalArgumentException("its signature line does not begin with the origin");
    }
    return Base64.getDecoder().decode(line.substring(before.length()).strip());
  }

  private static byte[] keyHash(String origin, VerifyingKey key) {
    byte[] info = Base64.getDecoder().decode(key.base64());
    byte[] raw = Arrays.copyOfRange(info, info.length - RAW_KEY, info.length);
    byte[] name = origin.getBytes(StandardCharsets.UTF_8);
    byte[] hashed =
        ByteBuffer.allocate(name.length + 2 + RAW_KEY)
            .put(name)
            .put((byte) '\n')
            .put(ED25519)
            .put(raw)
            .array();
    return Arrays.copyOf(Sha256.digest().digest(hashed), KEY_HASH);
  }
}
