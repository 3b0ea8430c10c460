package dev.forefront.cli;

import dev.forefront.conversation.SigningKey;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a member's private key is. */
final class KeySource {
  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The member's private key (Ed25519, PKCS#8 PEM, file mode 600).")
  private Path file = Path.of("");

  SigningKey open() {
    return SigningKey.read(file);
  }
}
