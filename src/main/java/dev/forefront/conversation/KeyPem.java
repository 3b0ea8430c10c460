package dev.forefront.conversation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * Private keys in PEM (RFC 7468): {@code PRIVATE KEY} as it is, {@code ENCRYPTED PRIVATE KEY} under
 * a passphrase.
 */
final class KeyPem {
  /** Characters of a passphrase. */
  static final int SHORTEST = 10;

  private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";

  /** As OWASP's sheet on storing passwords asks of PBKDF2-HMAC-SHA256. */
  private static final int ROUNDS = 600_000;

  /** A file that asks for more would only keep us waiting. */
  private static final int MOST_ROUNDS = 20_000_000;

  private static final int SALT = 16;
  private static final int BLOCK = 16;
  private static final String PLAIN = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private KeyPem() {}

  /** The PKCS#8 bytes of a key that is not encrypted, if the text holds one. */
  static Optional<byte[]> plain(String text) {
    return between(text, PLAIN);
  }

  /** The EncryptedPrivateKeyInfo of an encrypted key, if the text holds one. */
  static Optional<byte[]> encrypted(String text) {
    return between(text, ENCRYPTED);
  }

  private static Optional<byte[]> between(String text, String label) {
    String first = "-----BEGIN " + label + "-----";
    int begin = text.indexOf(first);
    int end = text.indexOf("-----END " + label + "-----");
    if (begin < 0 || end < begin) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Base64.getMimeDecoder().decode(text.substring(begin + first.length(), end)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String plain(byte[] pkcs8) {
    return pem(PLAIN, pkcs8);
  }

  static String encrypted(byte[] pkcs8, char[] passphrase) {
    requireSound(passphrase);
    SecureRandom random = new SecureRandom();
    byte[] salt = new byte[SALT];
    byte[] start = new byte[BLOCK];
    random.nextBytes(salt);
    random.nextBytes(start);
    try {
      AlgorithmParameterSpec iv = new IvParameterSpec(start);
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.ENCRYPT_MODE, key(CIPHER, passphrase), new PBEParameterSpec(salt, ROUNDS, iv));
      byte[] hidden = cipher.doFinal(pkcs8);
      // Under the cipher's own name the JDK knows no object identifier; under PBES2 it does.
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
      parameters.init(cipher.getParameters().getEncoded());
      return pem(ENCRYPTED, new EncryptedPrivateKeyInfo(parameters, hidden).getEncoded());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK encrypts with " + CIPHER, e);
    }
  }

  private static void requireSound(char[] passphrase) {
    boolean printable = true;
    for (char one : passphrase) {
      printable &= one >= ' ' && one <= '~';
    }
    if (!printable || passphrase.length < SHORTEST) {
      throw new BadInputException(
          "a passphrase has at least %d characters, and ASCII ones alone".formatted(SHORTEST));
    }
  }

  static byte[] decrypt(byte[] bytes, char[] passphrase, Path file) {
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
      AlgorithmParameters parameters = info.getAlgParameters();
      if (parameters == null) {
        throw new BadInputException(
            "%s is encrypted in a way that is not known here: use PBES2".formatted(file));
      }
      requireBearable(parameters, file);
      // The parameters' own name says which of PBES2's many kinds it is.
      String kind = parameters.toString();
      Cipher cipher = Cipher.getInstance(kind);
      cipher.init(Cipher.DECRYPT_MODE, key(kind, passphrase), parameters);
      // Under one wrong passphrase of 256 the padding looks right by chance: this asks for a key.
      return info.getKeySpec(cipher).getEncoded();
    } catch (GeneralSecurityException | IOException e) {
      throw new BadInputException(
          "%s does not open: the passphrase is another, or the file is damaged".formatted(file), e);
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static void requireBearable(AlgorithmParameters parameters, Path file)
      throws GeneralSecurityException {
    if (parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount() > MOST_ROUNDS) {
      throw new BadInputException(file + " asks for more rounds than any key needs");
    }
  }

  private static SecretKey key(String kind, char[] passphrase) throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase);
    try {
      return SecretKeyFactory.getInstance(kind).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }

  private static String pem(String label, byte[] bytes) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, body, label);
  }
}
