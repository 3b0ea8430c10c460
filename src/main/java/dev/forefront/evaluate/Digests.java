package dev.forefront.evaluate;

import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** The identity of a set of items. */
final class Digests {

  private Digests() {}

  /** SHA-256 over the items in order, each preceded by its length in bytes and a colon. */
  static String of(List<String> items) {
    MessageDigest digest = Sha256.digest();
    for (String item : items) {
      byte[] bytes = item.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }
}
