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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Ed25519 private key (RFC 8032) in a PKCS#8 file in PEM, as {@code openssl genpkey -algorithm
 * ed25519} writes it; only its owner may read the file.
 */
public final class SigningKey {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final long LONGEST_FILE = 1 << 16;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final PrivateKey key;

  private SigningKey(PrivateKey key) {
    this.key = key;
  }

  /** Both halves of a new key. */
  public record Pair(SigningKey signing, VerifyingKey verifying) {}

  public static Pair generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new Pair(new SigningKey(pair.getPrivate()), VerifyingKey.of(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /**
   * @throws BadInputException where the file is missing, is no such key, or others may read it
   */
  public static SigningKey read(Path file) {
    refuseWhereOthersMayRead(file);
    String text = text(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw notAKey(file, null);
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
      return new SigningKey(
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(bytes)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw notAKey(file, e);
    }
  }

  /**
   * Writes the key with file mode 600; never over a file that is there.
   *
   * @param note a line for people above the key, such as what it is for; readers skip it
   */
  public void write(Path file, String note) {
    String pem =
        "%s\n%s\n%s\n%s\n"
            .formatted(note, BEGIN, Base64.getEncoder().encodeToString(key.getEncoded()), END);
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              ownerOnly(file))) {
        AtomicFile.writeFully(channel, ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII)));
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

  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key signs any bytes", e);
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
    if (!hasPosixModes(file)) {
      return;
    }
    try {
      Set<PosixFilePermission> wider = EnumSet.noneOf(PosixFilePermission.class);
      wider.addAll(Files.getPosixFilePermissions(file));
      wider.removeAll(OWNER_ONLY);
      if (!wider.isEmpty()) {
        throw new BadInputException(
            "%s is a private key that others may read: chmod 600 %s".formatted(file, file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return hasPosixModes(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static boolean hasPosixModes(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static BadInputException notAKey(Path file, @Nullable Exception cause) {
    return new BadInputException(
        file
            + " is no Ed25519 private key in PKCS#8 PEM; make one with:"
            + " openssl genpkey -algorithm ed25519 -out KEY.pem",
        cause);
  }
}
