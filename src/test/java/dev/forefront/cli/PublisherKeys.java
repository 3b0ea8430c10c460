package dev.forefront.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Both halves of a new P-256 key in PEM, as openssl writes them. */
record PublisherKeys(Path signing, Path verifying) {

  static PublisherKeys in(Path folder) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      Path signing = folder.resolve("publisher.pem");
      write(signing, "PRIVATE KEY", pair.getPrivate());
      Files.setPosixFilePermissions(signing, PosixFilePermissions.fromString("rw-------"));
      Path verifying = folder.resolve("publisher.pub.pem");
      write(verifying, "PUBLIC KEY", pair.getPublic());
      return new PublisherKeys(signing, verifying);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Path file, String label, Key key) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                label,
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()),
                label));
  }
}
