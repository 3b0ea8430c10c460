package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.PrivateFile;
import dev.forefront.conversation.Sha256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * The elliptic curve key that signs exported models. Other tools for model signatures know the
 * curves P-256, P-384 and P-521 and no Ed25519, which the board's keys are of.
 */
public final class PublisherKey {
  private static final String BEGIN = "-----BEGIN %s-----";
  private static final String END = "-----END %s-----";

  private final ECPrivateKey key;
  private final Verifying verifying;

  private PublisherKey(ECPrivateKey key, Verifying verifying) {
    this.key = key;
    this.verifying = verifying;
  }

  /**
   * @param file PKCS#8 in PEM, as {@code openssl genpkey -algorithm EC} writes it
   * @throws BadInputException where the file is missing, is no such key, or others may read it
   */
  public static PublisherKey read(Path file) {
    refuseWhereOthersMayRead(file);
    try {
      byte[] bytes = decoded(file, "PRIVATE KEY");
      if (KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes))
          instanceof ECPrivateKey key) {
        return new PublisherKey(key, new Verifying(publicHalf(key)));
      }
      throw notAKey(file, null);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notAKey(file, e);
    }
  }

  private static BadInputException notAKey(Path file, @Nullable Exception cause) {
    return new BadInputException(
        file
            + " is no elliptic curve private key in PKCS#8 PEM; make one with: openssl genpkey"
            + " -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY.pem && chmod 600 KEY.pem",
        cause);
  }

  /**
   * The public point d * G. The JDK multiplies points for key agreement only, and tells the
   * product's x alone; of the two points that have it, the right one verifies what the key signs.
   */
  private static ECPublicKey publicHalf(ECPrivateKey key) throws GeneralSecurityException {
    ECParameterSpec curve = key.getParams();
    KeyFactory factory = KeyFactory.getInstance("EC");
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(key);
    agreement.doPhase(
        factory.generatePublic(new ECPublicKeySpec(curve.getGenerator(), curve)), true);
    BigInteger x = new BigInteger(1, agreement.generateSecret());
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger square =
        x.pow(3).add(curve.getCurve().getA().multiply(x)).add(curve.getCurve().getB()).mod(p);
    // These curves' primes leave 3 when divided by 4, where this power is a root.
    BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    byte[] probe = sign(key, new byte[] {1});
    for (BigInteger root : new BigInteger[] {y, p.subtract(y)}) {
      ECPublicKey half =
          (ECPublicKey) factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, root), curve));
      if (verifies(half, new byte[] {1}, probe)) {
        return half;
      }
    }
    throw new GeneralSecurityException("the key has no public half");
  }

  /** The public half. */
  public Verifying verifying() {
    return verifying;
  }

  byte[] sign(byte[] message) {
    try {
      return sign(key, message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an elliptic curve key signs any bytes", e);
    }
  }

  private static byte[] sign(ECPrivateKey key, byte[] message) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm(key.getParams()));
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  private static boolean verifies(ECPublicKey key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verification = Signature.getInstance(algorithm(key.getParams()));
    verification.initVerify(key);
    verification.update(message);
    return verification.verify(signature);
  }

  private static String algorithm(ECParameterSpec curve) throws GeneralSecurityException {
    return switch (curve.getCurve().getField().getFieldSize()) {
      case 256 -> "SHA256withECDSA";
      case 384 -> "SHA384withECDSA";
      case 521 -> "SHA512withECDSA";
      default -> throw new GeneralSecurityException("the curve is none of P-256, P-384, P-521");
    };
  }

  /** A publisher's public key. */
  public static final class Verifying {
    private final ECPublicKey key;

    private Verifying(ECPublicKey key) {
      this.key = key;
    }

    /**
     * @param file SubjectPublicKeyInfo in PEM, as {@code openssl pkey -pubout} writes it
     * @throws BadInputException where the file is missing or is no such key
     */
    public static Verifying read(Path file) {
      try {
        PublicKey read =
            KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(decoded(file, "PUBLIC KEY")));
        if (read instanceof ECPublicKey key) {
          algorithm(key.getParams());
          return new Verifying(key);
        }
        throw new GeneralSecurityException("it is a key of another kind");
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        throw new BadInputException(
            file
                + " is no elliptic curve public key in PEM (P-256, P-384 or P-521); get it with:"
                + " openssl pkey -in KEY.pem -pubout",
            e);
      }
    }

    boolean verifies(byte[] message, byte[] signature) {
      try {
        return PublisherKey.verifies(key, message, signature);
      } catch (GeneralSecurityException e) {
        return false;
      }
    }

    /** SHA-256 of the key's PEM text, in hex: how a signature hints which key it is by. */
    String hint() {
      return Sha256.hex(pem().getBytes(StandardCharsets.US_ASCII));
    }

    /** SubjectPublicKeyInfo in PEM. */
    public String pem() {
      String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
      return "%s\n%s\n%s\n"
          .formatted(BEGIN.formatted("PUBLIC KEY"), base64, END.formatted("PUBLIC KEY"));
    }
  }

  private static byte[] decoded(Path file, String label) {
    String text = new String(SmallFile.read(file), StandardCharsets.ISO_8859_1);
    String begin = BEGIN.formatted(label);
    int from = text.indexOf(begin);
    int to = text.indexOf(END.formatted(label));
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no PEM of a " + label);
    }
    return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
  }

  private static void refuseWhereOthersMayRead(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " is no key file: it does not exist");
    }
    PrivateFile.require(file, "a private key");
  }
}
