package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelSignatureTest {
  private static final String UNSIGNED =
      "model.sig does not verify: it was not signed by the key given, or over other bytes";

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void makeModel() {
    model = folder.resolve("m");
    AtomicFile.write(model.resolve("config.json"), "first\n");
    AtomicFile.write(model.resolve("sub/z"), "second\n");
    AtomicFile.write(model.resolve("sub-a"), "third\n");
  }

  static PublisherKey key(Path folder, String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      KeyPair pair = generator.generateKeyPair();
      Path file = folder.resolve(curve + ".pem");
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          file,
          "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
              .formatted(Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())));
      PublisherKey key = PublisherKey.read(file);
      // The public half that was worked out is the one that the JDK made.
      assertThat(key.verifying().pem().replaceAll("-----[^-]+-----|\\n", ""))
          .isEqualTo(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
      return key;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private TreeMap<String, String> hashes() {
    TreeMap<String, String> hashes = new TreeMap<>();
    for (String name : List.of("config.json", "sub/z", "sub-a")) {
      hashes.put(name, Sha256.hex(model.resolve(name)));
    }
    return hashes;
  }

  private PublisherKey sign() {
    PublisherKey key = key(folder, "secp256r1");
    AtomicFile.write(model.resolve("model.sig"), ModelSignature.sign("m", hashes(), key));
    return key;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ModelSignatureTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  /** Written by the reference implementation of the format, with a key of ours. */
  @Test
  void theReferencesSignatureVerifies() throws IOException {
    Files.write(model.resolve("model.sig"), resource("reference.sig"));
    Path pem = folder.resolve("reference.pub.pem");
    Files.write(pem, resource("reference.pub.pem"));
    PublisherKey.Verifying key = PublisherKey.Verifying.read(pem);

    assertThat(ModelSignature.verify(model, key)).isEmpty();
    assertThat(key.pem()).isEqualTo(Files.readString(pem));
    AtomicFile.write(model.resolve(".gitignore"), "signed as ignored");
    assertThat(ModelSignature.verify(model, key)).isEmpty();
    AtomicFile.write(model.resolve("sub/z"), "other\n");
    assertThat(ModelSignature.verify(model, key))
        .containsExactly("sub/z has changed since it was signed");
  }

  @Test
  void oursIsLaidOutLikeTheReferences() throws IOException {
    sign();
    JsonNode ours = JsonMapper.shared().readTree(Files.readAllBytes(model.resolve("model.sig")));
    JsonNode theirs = JsonMapper.shared().readTree(resource("reference.sig"));

    assertThat(ours.propertyNames()).containsExactlyElementsOf(theirs.propertyNames());
    assertThat(ours.path("mediaType")).isEqualTo(theirs.path("mediaType"));
    assertThat(ours.at("/verificationMaterial/tlogEntries")).isEmpty();
    assertThat(payload(ours).path("subject")).isEqualTo(payload(theirs).path("subject"));
    assertThat(payload(ours).path("predicateType"))
        .isEqualTo(payload(theirs).path("predicateType"));
    assertThat(payload(ours).at("/predicate/resources"))
        .isEqualTo(payload(theirs).at("/predicate/resources"));
    assertThat(payload(ours).at("/predicate/serialization").propertyNames())
        .containsExactlyElementsOf(payload(theirs).at("/predicate/serialization").propertyNames());
  }

  private static JsonNode payload(JsonNode bundle) {
    return JsonMapper.shared()
        .readTree(Base64.getDecoder().decode(bundle.at("/dsseEnvelope/payload").asString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
  void everyCurveOfTheFormatSignsAndVerifies(String curve) {
    PublisherKey key = key(folder, curve);
    AtomicFile.write(model.resolve("model.sig"), ModelSignature.sign("m", hashes(), key));

    assertThat(ModelSignature.verify(model, key.verifying())).isEmpty();
  }

  @Test
  void whatIsAddedRemovedChangedOrLinkedDoesNotVerify() throws IOException {
    PublisherKey.Verifying key = sign().verifying();
    assertThat(ModelSignature.verify(model, key)).isEmpty();

    AtomicFile.write(model.resolve("extra"), "x");
    assertThat(ModelSignature.verify(model, key)).containsExactly("extra was not signed");
    Files.delete(model.resolve("extra"));
    Path moved = folder.resolve("moved");
    Files.move(model.resolve("sub-a"), moved);
    assertThat(ModelSignature.verify(model, key)).containsExactly("sub-a is missing");
    Files.createSymbolicLink(model.resolve("sub-a"), moved);
    assertThat(ModelSignature.verify(model, key))
        .anySatisfy(reason -> assertThat(reason).contains("sub-a is no plain file"));
  }

  @Test
  void anotherKeyDoesNotVerify() throws IOException {
    sign();
    PublisherKey other = key(folder, "secp256r1");
    assertThat(ModelSignature.verify(model, other.verifying()))
        .singleElement()
        .asString()
        .contains("hint names another key");

    // A hint decides nothing: without it, the signature does.
    Path signature = model.resolve("model.sig");
    Files.writeString(
        signature, Files.readString(signature).replaceAll("\"hint\" : \"[0-9a-f]+\"", ""));
    assertThat(ModelSignature.verify(model, other.verifying())).containsExactly(UNSIGNED);
  }

  @Test
  void noByteOfWhatIsSignedCanChange() throws IOException {
    PublisherKey.Verifying key = sign().verifying();
    Path signature = model.resolve("model.sig");
    JsonNode whole = JsonMapper.shared().readTree(Files.readAllBytes(signature));
    byte[] payload = Base64.getDecoder().decode(whole.at("/dsseEnvelope/payload").asString());
    for (int i = 0; i < payload.length; i += 7) {
      byte[] flipped = payload.clone();
      flipped[i] ^= 1;
      Files.writeString(
          signature,
          whole
              .toString()
              .replace(
                  Base64.getEncoder().encodeToString(payload),
                  Base64.getEncoder().encodeToString(flipped)));
      // And nothing of what it says then is looked at.
      assertThat(ModelSignature.verify(model, key)).as("byte %d", i).containsExactly(UNSIGNED);
    }
  }

  @Test
  void bytesThatAreNoSignatureAtAllDoNotVerify() throws IOException {
    PublisherKey.Verifying key = sign().verifying();
    Path signature = model.resolve("model.sig");
    String text = JsonMapper.shared().readTree(Files.readAllBytes(signature)).toString();
    for (String other : List.of("", "AAAA", "MAA=", "MAYCAQACAQA=")) {
      Files.writeString(
          signature, text.replaceAll("\"sig\":\"[^\"]*\"", "\"sig\":\"" + other + "\""));
      assertThat(ModelSignature.verify(model, key))
          .as(other)
          .singleElement()
          .asString()
          .contains(other.isEmpty() ? "sig" : UNSIGNED);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bundle.v0.3 | bundle.v0.9 | mediaType must be",
        "vnd.in-toto+json | vnd.other+json | payloadType must be",
        "\"signatures\" | \"others\" | signatures must be a list",
        "\"keyid\":\"\"} | \"keyid\":\"\"},{\"sig\":\"AAAA\"} | must have one signature",
        "\"sig\":\" | \"sig\":\"! | is no base64",
        "\"payload\":\" | \"payload\":\"! | is no base64",
      })
  void aBundleOfAnotherShapeDoesNotVerify(String was, String is, String problem)
      throws IOException {
    PublisherKey.Verifying key = sign().verifying();
    Path signature = model.resolve("model.sig");
    String text = JsonMapper.shared().readTree(Files.readAllBytes(signature)).toString();
    assertThat(text).contains(was);
    Files.writeString(signature, text.replace(was, is));

    assertThat(ModelSignature.verify(model, key)).singleElement().asString().contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Statement/v1 | Statement/v2 | no statement of version 1.0",
        "signature/v1.0 | signature/v2.0 | no statement of version 1.0",
        "\"files\" | \"shards\" | must be files by sha256",
        "\"hash_type\" : \"sha256\" | \"hash_type\" : \"sha1\" | must be files by sha256",
        "\"allow_symlinks\" : false | \"allow_symlinks\" : true | must be files by sha256",
        "\"algorithm\" : \"sha256\" | \"algorithm\" : \"sha1\" | 64 hex digits by sha256",
        "\"name\" : \"sub-a\" | \"name\" : \"sub/z\" | for the second time",
        "\"sha256\" : \" | \"sha256\" : \"0 | not the one of the resources",
      })
  void aSignedStatementOfAnotherShapeDoesNotVerify(String was, String is, String problem)
      throws IOException {
    PublisherKey key = sign();
    Path signature = model.resolve("model.sig");
    String bundle = Files.readString(signature);
    JsonNode whole = JsonMapper.shared().readTree(bundle);
    String old = whole.at("/dsseEnvelope/payload").asString();
    String text = new String(Base64.getDecoder().decode(old), StandardCharsets.UTF_8);
    assertThat(text).contains(was);
    byte[] payload = text.replace(was, is).getBytes(StandardCharsets.UTF_8);
    byte[] signed = key.sign(Envelope.unsigned(payload).preAuthenticationEncoding());
    Files.writeString(
        signature,
        bundle
            .replace(old, Base64.getEncoder().encodeToString(payload))
            .replace(
                whole.at("/dsseEnvelope/signatures/0/sig").asString(),
                Base64.getEncoder().encodeToString(signed)));

    assertThat(ModelSignature.verify(model, key.verifying()))
        .singleElement()
        .asString()
        .contains(problem);
  }

  @Test
  void aMissingSignatureIsNamed() {
    PublisherKey key = key(folder, "secp256r1");
    assertThat(ModelSignature.verify(model, key.verifying()))
        .singleElement()
        .asString()
        .contains("does not exist");
  }

  @Test
  void whatIsNoPublishersKeyIsRefused() throws IOException {
    Path board = folder.resolve("board.pem");
    SigningKey.generate().signing().write(board, "Ed25519");
    assertThatThrownBy(() -> PublisherKey.read(board))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no elliptic curve private key");
    assertThatThrownBy(() -> PublisherKey.read(folder.resolve("none.pem")))
        .hasMessageContaining("does not exist");
    key(folder, "secp256r1");
    Path open = folder.resolve("secp256r1.pem");
    assertThatThrownBy(() -> PublisherKey.Verifying.read(open))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no elliptic curve public key");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw----r--"));
    assertThatThrownBy(() -> PublisherKey.read(open)).hasMessageContaining("chmod 600");
  }

  @Test
  void anExportIsSignedAndNothingElseIs() throws IOException {
    World world = new World(folder.resolve("world"));
    AtomicFile.write(world.model.resolve("lineage.json"), "{\"format\":\"forefront-lineage-1\"}");
    Registry registry = world.released("one");
    Release release = GateTest.admitted(registry.open("one"));
    PublisherKey key = key(folder, "secp256r1");
    Path out = folder.resolve("out");
    // What an export left that was killed does not come along.
    AtomicFile.write(folder.resolve(".out.staging/stray.bin"), "stray");

    Export.write(release, key, out);

    assertThat(ModelSignature.verify(out, key.verifying())).isEmpty();
    assertThat(out).isDirectoryNotContaining("glob:**statement*");
    assertThat(Files.list(out).map(path -> path.getFileName().toString()))
        .containsExactlyInAnyOrder(
            "model.safetensors",
            "config.json",
            "tokenizer.json",
            "lineage.json",
            "model-card.md",
            "ml-bom.cdx.json",
            "safety-case.html",
            "model.sig");
    assertThatThrownBy(() -> Export.write(release, key, out)).hasMessageContaining("exists");

    GateTest.flip(release.modelFolder().resolve("config.json"), 3);
    Path other = folder.resolve("other");
    assertThatThrownBy(() -> Export.write(release, key, other))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("config.json has changed");
    assertThat(other).doesNotExist();
    assertThat(folder.resolve(".other.staging")).doesNotExist();
  }
}
