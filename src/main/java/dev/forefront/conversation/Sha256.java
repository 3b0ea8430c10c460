package dev.forefront.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.function.Predicate;

/** SHA-256 (FIPS 180-4) of bytes and of files, in lower-case hex. */
public final class Sha256 {

  private Sha256() {}

  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** Reads the file in pieces: it may be larger than memory. */
  public static String hex(Path file) {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * One digest of many files, as {@code sha256:<hex>}: over the lines {@code <hex> <name>\n} of
   * those that are covered, by name.
   *
   * @param hashes in hex by name
   */
  public static String ofFiles(SortedMap<String, String> hashes, Predicate<String> covered) {
    StringBuilder lines = new StringBuilder();
    hashes.forEach(
        (name, hash) -> {
          if (covered.test(name)) {
            lines.append(hash).append("  ").append(name).append('\n');
          }
        });
    return "sha256:" + hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A fresh digest, for callers who feed it piece by piece. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
