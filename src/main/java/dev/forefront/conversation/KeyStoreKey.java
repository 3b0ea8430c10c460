package dev.forefront.conversation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signing key in a key store of the Java Cryptography Architecture, such as a PKCS#11 token,
 * which signs and does not hand the key out.
 */
public final class KeyStoreKey {
  private static final Set<String> ED25519 = Set.of("EdDSA", "Ed25519");

  private KeyStoreKey() {}

  /**
   * Opens a PKCS#11 token by way of the JDK's own provider. That provider, in JDK 25, has no
   * mechanism for Ed25519: with it alone this ends in the message that says so. A vendor's provider
   * can be used by {@link #of}.
   *
   * @param configuration of the provider SunPKCS11: {@code name = ...}, {@code library = ...}
   * @param pin is overwritten afterwards
   * @throws BadInputException where the token, the key or its kind is not there
   */
  public static SigningKey pkcs11(Path configuration, String alias, char[] pin) {
    if (!Files.isRegularFile(configuration)) {
      throw new BadInputException(configuration + " is no configuration: it does not exist");
    }
    Provider plain = Security.getProvider("SunPKCS11");
    if (plain == null) {
      throw new BadInputException("this JDK has no provider for PKCS#11");
    }
    try {
      Provider provider = plain.configure(configuration.toString());
      KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, pin);
      return of(store, alias, pin);
    } catch (GeneralSecurityException
        | IOException
        | InvalidParameterException
        | ProviderException e) {
      throw new BadInputException(
          "the token of %s does not open: %s".formatted(configuration, reason(e)), e);
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  /**
   * @param store loaded
   * @throws BadInputException where it has no Ed25519 key of this name that may sign
   */
  public static SigningKey of(KeyStore store, String alias, char[] pin) {
    try {
      Key key = store.getKey(alias, pin);
      if (!(key instanceof PrivateKey signing)) {
        throw new BadInputException("the key store has no private key \"" + alias + "\"");
      }
      if (!ED25519.contains(signing.getAlgorithm())) {
        throw new BadInputException(
            "\"%s\" is a key for %s; the board signs with Ed25519"
                .formatted(alias, signing.getAlgorithm()));
      }
      return SigningKey.of(signing, signer(signing, store.getProvider()));
    } catch (GeneralSecurityException e) {
      throw new BadInputException(
          "the key \"%s\" does not open: %s".formatted(alias, reason(e)), e);
    }
  }

  /** A key that never leaves its token has no bytes, and only its own provider can use it. */
  private static @Nullable Provider signer(PrivateKey key, Provider provider) {
    if (provider.getService("Signature", "Ed25519") != null) {
      return provider;
    }
    if (key.getEncoded() == null) {
      throw new BadInputException(
          "the provider %s does not sign with Ed25519: use another for this token"
              .formatted(provider.getName()));
    }
    return null;
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause();
    return cause == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + ": " + cause.getMessage();
  }
}
