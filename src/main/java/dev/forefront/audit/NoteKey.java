package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.VerifyingKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A public key with the name that it signs notes under (C2SP signed-note, "verifier key").
 *
 * @param name without spaces and without a plus sign
 * @param use what its signatures say
 */
public record NoteKey(String name, Use use, VerifyingKey key) {
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int RAW = 32;
  private static final int ID = 4;

  /** The signature types that this house knows. */
  public enum Use {
    /** A log signs its own checkpoints: Ed25519 over the text. */
    LOG((byte) 1),
    /** A witness cosigns a log's checkpoint: Ed25519 with a time (C2SP tlog-cosignature). */
    WITNESS((byte) 4);

    private final byte type;

    Use(byte type) {
      this.type = type;
    }
  }

  public NoteKey {
    if (!isName(name)) {
      throw new BadInputException(
          "\"%s\" is no key's name: it must not be empty nor hold spaces or a plus sign"
              .formatted(name));
    }
  }

  static boolean isName(String name) {
    return !name.isEmpty()
        && name.codePoints()
            .noneMatch(
                c -> c == '+' || c < ' ' || Character.isWhitespace(c) || Character.isSpaceChar(c));
  }

  /** The key of one of this house's logs, whose name follows from it. */
  public static NoteKey ofLog(VerifyingKey key) {
    return new NoteKey(Checkpoint.origin(key), Use.LOG, key);
  }

  /**
   * @param vkey as {@code name+hash+key}
   * @throws BadInputException where it is anything else, or of another kind than Ed25519
   */
  public static NoteKey parse(String vkey) {
    int first = vkey.indexOf('+');
    int second = vkey.indexOf('+', first + 1);
    if (first > 0 && second == first + 1 + 2 * ID) {
      byte[] tagged = Strict.base64(vkey.substring(second + 1));
      for (Use use : Use.values()) {
        if (tagged.length == 1 + RAW && tagged[0] == use.type) {
          byte[] raw = Arrays.copyOfRange(tagged, 1, tagged.length);
          byte[] info = ByteBuffer.allocate(SPKI.length + RAW).put(SPKI).put(raw).array();
          VerifyingKey key = VerifyingKey.ofBase64(Base64.getEncoder().encodeToString(info));
          NoteKey read = new NoteKey(vkey.substring(0, first), use, key);
          if (read.vkey().equals(vkey)) {
            return read;
          }
        }
      }
    }
    throw new BadInputException(
        "\"%s\" is no verifier key for Ed25519: it looks like name+0123abcd+AQ..."
            .formatted(vkey.length() > 120 ? vkey.substring(0, 120) + "..." : vkey));
  }

  /** First four bytes of the SHA-256 of name, line's end, type and key. */
  int id() {
    byte[] hashed =
        ByteBuffer.allocate(name.getBytes(StandardCharsets.UTF_8).length + 2 + RAW)
            .put(name.getBytes(StandardCharsets.UTF_8))
            .put((byte) '\n')
            .put(tagged())
            .array();
    return ByteBuffer.wrap(Sha256.digest().digest(hashed)).getInt();
  }

  private byte[] tagged() {
    byte[] info = Base64.getDecoder().decode(key.base64());
    return ByteBuffer.allocate(1 + RAW).put(use.type).put(info, info.length - RAW, RAW).array();
  }

  /** The key as text: give it to those who check. */
  public String vkey() {
    return "%s+%s+%s"
        .formatted(
            name, HexFormat.of().toHexDigits(id()), Base64.getEncoder().encodeToString(tagged()));
  }

  /** Whether this log's key signed exactly this text. */
  boolean verifies(String text, byte[] signature) {
    return use == Use.LOG && key.verifies(text.getBytes(StandardCharsets.UTF_8), signature);
  }
}
