package dev.forefront.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Ed25519 private key (RFC 8032), from a PKCS#8 file in PEM as {@code openssl genpkey -algorithm
 * ed25519} writes it, plain or encrypted, or from a key store that does not hand it out. Only its
 * owner may read the file.
 */
public final class SigningKey {
  private static final long LONGEST_FILE = 1 << 16;

  private final PrivateKey key;
  private final @Nullable Provider provider;

  private SigningKey(PrivateKey key, @Nullable Provider provider) {
    this.key = key;
    this.provider = provider;
  }

  /** A key that stays with its provider, such as a hardware token. */
  static SigningKey of(PrivateKey key, @Nullable Provider provider) {
    return new SigningKey(key, provider);
  }

  /** Both halves of a new key. */
  public record Pair(SigningKey signing, VerifyingKey verifying) {}

  /** Asked for where a key is encrypted, and only there. */
  @FunctionalInterface
  public interface Passphrase {
    /**
     * @param file whose passphrase it is
     */
    char[] of(Path file);
  }

  public static Pair generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new Pair(of(pair.getPrivate(), null), VerifyingKey.of(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /**
   * Reads a key that no passphrase guards.
   *
   * @throws BadInputException where the file is missing, is no such key, is encrypted, or others
   *     may read it
   */
  public static SigningKey read(Path file) {
    return read(
        file,
        locked -> {
          throw new BadInputException(locked + " is encrypted: give its passphrase");
        });
  }

  /**
   * @throws BadInputException where the file is missing, is no such key, others may read it, or the
   *     passphrase is another
   */
  public static SigningKey read(Path file, Passphrase passphrase) {
    refuseWhereOthersMayRead(file);
    String text = text(file);
    byte[] pkcs8 =
        KeyPem.plain(text)
            .or(
                () ->
                    KeyPem.encrypted(text)
                        .map(info -> KeyPem.decrypt(info, passphrase.of(file), file)))
            .orElseThrow(() -> notAKey(file, null));
    try {
      return of(
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)), null);
    } catch (GeneralSecurityException e) {
      throw notAKey(file, e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  /**
   * Writes the key with file mode 600; never over a file that is there.
   *
   * @param note a line for people above the key, such as what it is for; readers skip it
   */
  public void write(Path file, String note) {
    writePem(file, note + "\n" + KeyPem.plain(encoded()));
  }

  /**
   * The same, encrypted: PBES2 with PBKDF2-HMAC-SHA256 and AES-256 (RFC 8018), which openssl reads.
   *
   * @param passphrase at least {@value KeyPem#SHORTEST} printable ASCII characters
   * @throws BadInputException where it is shorter or has others
   */
  public void write(Path file, String note, char[] passphrase) {
    writePem(file, note + "\n" + KeyPem.encrypted(encoded(), passphrase));
  }

  private byte[] encoded() {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new BadInputException("this key stays where it is: its store does not hand it out");
    }
    return encoded;
  }

  private static void writePem(Path file, String pem) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PrivateFile.attributes(file))) {
        AtomicFile.writeFully(channel, ByteBuffer.wrap(pem.getBytes(StandardCharsets.UTF_8)));
        channel.force(true);
      }
      if (Files.exists(file)) {
        Files.delete(temporary);
        throw new BadInputException(file + " exists already: a key is never written over");
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("the key %s was not written: %s".formatted(file, e.getMessage()), e));
    }
  }

  /**
   * @throws BadInputException where a token that holds the key does not sign
   */
  public byte[] sign(byte[] message) {
    try {
      Signature signature =
          provider == null
              ? Signature.getInstance("Ed25519")
              : Signature.getInstance("Ed25519", provider);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new BadInputException("the key does not sign: " + e.getMessage(), e);
    }
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw notAKey(file, null);
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refuseWhereOthersMayRead(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " is no key file: it does not exist");
    }
    PrivateFile.require(file, "a private key");
  }

  private static BadInputException notAKey(Path file, @Nullable Exception cause) {
    return new BadInputException(
        file
            + " is no Ed25519 private key in PKCS#8 PEM; make one with:"
            + " openssl genpkey -algorithm ed25519 -out KEY.pem",
        cause);
  }
}
