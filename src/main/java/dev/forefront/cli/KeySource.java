package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.KeyStoreKey;
import dev.forefront.conversation.SigningKey;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a member's private key is: in a file, or in a token that keeps it. */
final class KeySource {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The member's private key (Ed25519, PKCS#8 PEM, file mode 600).")
  private @Nullable Path file;

  @Option(
      names = "--pkcs11",
      paramLabel = "CONFIG",
      description = "Instead of a file: the configuration of a PKCS#11 token.")
  private @Nullable Path token;

  @Option(names = "--alias", paramLabel = "NAME", description = "The key's name in the token.")
  private @Nullable String alias;

  @Mixin private PassphraseSource passphrase = new PassphraseSource();

  SigningKey open() {
    if ((file == null) == (token == null)) {
      throw new BadInputException("give either --key FILE or --pkcs11 CONFIG with --alias NAME");
    }
    if (file != null) {
      return SigningKey.read(file, passphrase::of);
    }
    Path configuration = Objects.requireNonNull(token);
    if (alias == null) {
      throw new BadInputException("--pkcs11 needs --alias, the name of the key in the token");
    }
    return KeyStoreKey.pkcs11(configuration, alias, passphrase.of(configuration));
  }
}
