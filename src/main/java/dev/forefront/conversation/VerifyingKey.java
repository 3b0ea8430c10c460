package dev.forefront.conversation;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An Ed25519 public key (RFC 8032); two keys are equal where their encodings are. */
public final class VerifyingKey {
  private static final int ENCODED_LENGTH = 44;

  private final PublicKey key;
  private final byte[] encoded;

  private VerifyingKey(PublicKey key) {
    this.key = key;
    encoded = key.getEncoded();
  }

  static VerifyingKey of(PublicKey key) {
    return new VerifyingKey(key);
  }

  /**
   * @param base64 the key's SubjectPublicKeyInfo (RFC 8410) in base64, as between the lines of a
   *     PEM file that {@code openssl pkey -pubout} writes
   * @throws BadInputException where it is anything else
   */
  public static VerifyingKey ofBase64(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes));
      VerifyingKey read = new VerifyingKey(key);
      if (bytes.length == ENCODED_LENGTH && read.base64().equals(base64)) {
        return read;
      }
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notAKey(base64, e);
    }
    throw notAKey(base64, null);
  }

  private static BadInputException notAKey(String base64, @Nullable Exception cause) {
    String shown = base64.length() > 80 ? base64.substring(0, 80) + "..." : base64;
    return new BadInputException(
        "\"%s\" is no Ed25519 public key in base64 (SubjectPublicKeyInfo)".formatted(shown), cause);
  }

  /** SubjectPublicKeyInfo in base64. */
  public String base64() {
    return Base64.getEncoder().encodeToString(encoded);
  }

  /** SHA-256 of the SubjectPublicKeyInfo, in hex: a name for the key, never a proof. */
  public String id() {
    return Sha256.hex(encoded);
  }

  /** Whether the private half of this key signed exactly these bytes. */
  public boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature verification = Signature.getInstance("Ed25519");
      verification.initVerify(key);
      verification.update(message);
      return verification.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "ed25519:" + id();
  }
}
