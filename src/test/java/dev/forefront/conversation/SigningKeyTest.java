package dev.forefront.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {
  private static final String SECRET = "correct horse battery";
  private static final byte[] MESSAGE = "a statement".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private SigningKey.Pair pair;

  @BeforeEach
  void makeKey() {
    pair = SigningKey.generate();
  }

  @Test
  void aPlainKeyComesBack() {
    Path file = folder.resolve("plain.pem");
    pair.signing().write(file, "a note");

    assertThat(isPairOf(SigningKey.read(file))).isTrue();
    assertThat(file).content().startsWith("a note\n-----BEGIN PRIVATE KEY-----\n");
    assertThatThrownBy(() -> pair.signing().write(file, "again"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("never written over");
  }

  @Test
  void anEncryptedKeyComesBackWithItsPassphraseAlone() throws IOException {
    Path file = encrypted();

    assertThat(isPairOf(SigningKey.read(file, asked -> SECRET.toCharArray()))).isTrue();
    assertThat(file).content().contains("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> SigningKey.read(file, asked -> "another passphrase".toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the passphrase is another");
    assertThatThrownBy(() -> SigningKey.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is encrypted: give its passphrase");
  }

  /** As under one wrong passphrase of 256, whose padding looks right by chance. */
  @Test
  void whatOpensAndIsNoKeyWasAnotherPassphrase() throws IOException {
    for (byte[] noKey : new byte[][] {{}, {0x30}, {1, 2, 3}, {0x30, 2, 5}, {0x30, -126, 0, 9, 1}}) {
      Path file = encrypted();
      Files.writeString(file, KeyPem.encrypted(noKey, SECRET.toCharArray()));
      assertThatThrownBy(() -> SigningKey.read(file, asked -> SECRET.toCharArray()))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("the passphrase is another");
      Files.delete(file);
    }
  }

  @Test
  void theSameKeyIsEncryptedDifferentlyEachTime() throws IOException {
    Path other = folder.resolve("other.pem");
    pair.signing().write(other, "a note", SECRET.toCharArray());

    assertThat(Files.readString(encrypted())).isNotEqualTo(Files.readString(other));
  }

  @Test
  void aPassphraseIsNotAskedForWhereNoneIsNeeded() {
    Path file = folder.resolve("plain.pem");
    pair.signing().write(file, "a note");

    SigningKey read =
        SigningKey.read(
            file,
            asked -> {
              throw new AssertionError("asked for " + asked);
            });
    assertThat(isPairOf(read)).isTrue();
  }

  @Test
  void aShortOrForeignPassphraseIsRefused() {
    for (String weak :
        List.of("", "short", "123456789", "pässwörter sind lang", "tab\tin between")) {
      assertThatThrownBy(
              () -> pair.signing().write(folder.resolve("w.pem"), "n", weak.toCharArray()))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("at least 10");
    }
    pair.signing().write(folder.resolve("w.pem"), "n", "1234567890".toCharArray());
    assertThat(isPairOf(SigningKey.read(folder.resolve("w.pem"), f -> "1234567890".toCharArray())))
        .isTrue();
  }

  @Test
  void aDamagedEncryptedKeyIsRefusedInOneSentence() throws IOException {
    Path file = encrypted();
    String text = Files.readString(file);
    String body = text.lines().filter(line -> line.startsWith("MI")).findFirst().orElseThrow();
    for (String damaged :
        List.of(
            text.replace(body, ""),
            text.replace(body, body.substring(8)),
            text.replace("END ENCRYPTED", "END OF"),
            text.replace(body, "!" + body.substring(1)))) {
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> SigningKey.read(file, asked -> SECRET.toCharArray()))
          .isInstanceOf(BadInputException.class);
    }
  }

  @Test
  void opensslReadsOurEncryptedKey() throws Exception {
    requireOpenssl();
    Path file = encrypted();

    String publicKey =
        openssl("pkey", "-in", file.toString(), "-passin", "pass:" + SECRET, "-pubout");
    assertThat(publicKey).contains(pair.verifying().base64());
    assertThat(openssl("asn1parse", "-in", file.toString(), "-strictpem"))
        .contains("PBES2")
        .contains("PBKDF2")
        .contains("hmacWithSHA256")
        .contains("aes-256-cbc");
  }

  @Test
  void weReadTheEncryptedKeyOfOpenssl() throws Exception {
    requireOpenssl();
    Path plain = folder.resolve("openssl-plain.pem");
    openssl("genpkey", "-algorithm", "ed25519", "-out", plain.toString());
    Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rw-------"));
    byte[] signature = SigningKey.read(plain).sign(MESSAGE);
    for (String cipher : List.of("aes-256-cbc", "aes-128-cbc")) {
      Path file = folder.resolve(cipher + ".pem");
      openssl(
          "pkcs8",
          "-topk8",
          "-in",
          plain.toString(),
          "-out",
          file.toString(),
          "-v2",
          cipher,
          "-passout",
          "pass:" + SECRET);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

      assertThat(SigningKey.read(file, asked -> SECRET.toCharArray()).sign(MESSAGE))
          .isEqualTo(signature);
    }
  }

  @Test
  void aKeyStoreSignsByTheNameOfItsKey() throws Exception {
    Path file = folder.resolve("keys.p12");
    keytool("Ed25519", file, "alice");
    keytool("EC", file, "elliptic");
    KeyStore store = KeyStore.getInstance(file.toFile(), SECRET.toCharArray());
    VerifyingKey verifying = VerifyingKey.of(store.getCertificate("alice").getPublicKey());

    SigningKey key = KeyStoreKey.of(store, "alice", SECRET.toCharArray());

    assertThat(verifying.verifies(MESSAGE, key.sign(MESSAGE))).isTrue();
    assertThatThrownBy(() -> KeyStoreKey.of(store, "bob", SECRET.toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no private key \"bob\"");
    assertThatThrownBy(() -> KeyStoreKey.of(store, "elliptic", SECRET.toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("signs with Ed25519");
    assertThatThrownBy(() -> KeyStoreKey.of(store, "alice", "wrong".toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("does not open");
  }

  @Test
  void aTokenThatIsNotThereIsNamed() throws IOException {
    Path configuration = folder.resolve("token.cfg");
    assertThatThrownBy(() -> KeyStoreKey.pkcs11(configuration, "alice", SECRET.toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("does not exist");
    Files.writeString(
        configuration, "name = absent\nlibrary = " + folder.resolve("no-such-library.so") + "\n");
    assertThatThrownBy(() -> KeyStoreKey.pkcs11(configuration, "alice", SECRET.toCharArray()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("token.cfg does not open");
  }

  private Path encrypted() {
    Path file = folder.resolve("encrypted.pem");
    pair.signing().write(file, "a note", SECRET.toCharArray());
    return file;
  }

  private boolean isPairOf(SigningKey key) {
    return pair.verifying().verifies(MESSAGE, key.sign(MESSAGE));
  }

  private static void keytool(String algorithm, Path store, String alias) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-alias",
                alias,
                "-dname",
                "CN=test",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                SECRET)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static void requireOpenssl() {
    boolean found;
    try {
      Process process = new ProcessBuilder("openssl", "version").start();
      found = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      found = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      found = false;
    }
    assumeTrue(found, "there is no openssl here to compare with");
  }

  private static String openssl(String... args) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
