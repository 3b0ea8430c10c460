package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {

  @TempDir Path folder;
  private World world;
  private Registry registry;

  @BeforeEach
  void makeWorld() {
    world = new World(folder);
    registry = world.registry();
  }

  @Test
  void oneSignatureIsTooFew() {
    registry.propose(world.draft("one"));
    assertThat(GateTest.reasons(registry.open("one")))
        .containsExactly("too few signatures: 0 of 2");
    assertThat(registry.sign("one", world.keys().get(2)).isEnough()).isFalse();

    assertThat(GateTest.reasons(registry.open("one")))
        .containsExactly("too few signatures: 1 of 2");
    assertThatThrownBy(() -> Release.open(world.registryFolder, "one"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("too few signatures: 1 of 2");
  }

  @Test
  void theSameKeyCountsOnce() throws IOException {
    registry.propose(world.draft("twice"));
    registry.sign("twice", world.keys().get(0));
    assertThatThrownBy(() -> registry.sign("twice", world.keys().get(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("demo-1 has signed");

    Path statement = registry.folder("twice").resolve("statement.dsse.json");
    Envelope envelope = Envelope.parse(Files.readAllBytes(statement), "e");
    Files.write(statement, envelope.plus(envelope.signatures().getFirst()).json());
    assertThat(GateTest.reasons(registry.open("twice")))
        .singleElement()
        .asString()
        .startsWith("too few signatures: 1 of 2")
        .contains("the same key signed again");
  }

  @Test
  void anotherKeyIdDoesNotMakeAnotherKey() throws IOException {
    registry.propose(world.draft("hint"));
    registry.sign("hint", world.keys().get(0));
    Path statement = registry.folder("hint").resolve("statement.dsse.json");
    Envelope envelope = Envelope.parse(Files.readAllBytes(statement), "e");
    Envelope.Signature same = envelope.signatures().getFirst();
    String otherId = registry.board().members().get(1).key().id();
    Files.write(statement, envelope.plus(new Envelope.Signature(otherId, same.bytes())).json());

    assertThat(GateTest.reasons(registry.open("hint")))
        .contains("signature 2 names another key than the one that signed");
  }

  @Test
  void aStrangersKeyDoesNotSign() {
    registry.propose(world.draft("stranger"));
    Path stranger = folder.resolve("stranger.pem");
    SigningKey.generate().signing().write(stranger, "a stranger");

    assertThatThrownBy(() -> registry.sign("stranger", stranger))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key of no member");
  }

  @Test
  void aKeyThatOthersMayReadIsNotUsed() throws IOException {
    registry.propose(world.draft("open-key"));
    Path key = world.keys().get(0);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> registry.sign("open-key", key))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void nobodySignsWhatTheGateWouldRefuse() throws IOException {
    registry.propose(world.draft("changed"));
    GateTest.flip(registry.folder("changed").resolve("model/model.safetensors"), 0);

    assertThatThrownBy(() -> registry.sign("changed", world.keys().get(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model/model.safetensors has changed");
  }

  @Test
  void anotherBoardsSignaturesDoNotOpenARelease() {
    world.released("mine");
    Board other = Board.createDemo(folder.resolve("other-board"));

    assertThat(GateTest.reasons(Gate.decide(Candidate.read(registry.folder("mine"), other))))
        .anySatisfy(reason -> assertThat(reason).contains("for another board"))
        .anySatisfy(reason -> assertThat(reason).contains("too few signatures: 0 of 2"));
  }

  @Test
  void aRevokedReleaseStaysClosedAndItsNameIsNotUsedAgain() throws IOException {
    world.released("bad");
    registry.revoke("bad", "invents doses", SigningKey.read(world.keys().get(1)));
    assertThat(GateTest.reasons(registry.open("bad")))
        .containsExactly("it is revoked: invents doses");
    assertThat(
            GateTest.reasons(Gate.decide(Candidate.read(registry.folder("bad"), registry.board()))))
        .contains("it is revoked: invents doses");
    assertThatThrownBy(() -> registry.propose(world.draft("bad")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("called back");
  }

  @Test
  void aRevocationByAFileAloneStillHolds() {
    world.released("old");
    AtomicFile.write(world.registryFolder.resolve("revoked/old.json"), "garbage");

    assertThat(GateTest.reasons(registry.open("old")))
        .containsExactly("it is revoked: no reason can be read");
  }

  @Test
  void aProposalThatNobodySignedIsReplacedAndASignedOneIsNot() {
    registry.propose(world.draft("again"));
    assertThat(registry.propose(world.draft("again"))).isInstanceOf(Proposed.class);
    registry.sign("again", world.keys().get(0));

    assertThatThrownBy(() -> registry.propose(world.draft("again")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("exists and is signed");
  }

  @Test
  void theListSaysWhereEachReleaseStands() {
    world.released("a");
    registry.propose(world.draft("b"));
    world.released("c");
    registry.revoke("c", "test", SigningKey.read(world.keys().get(1)));

    assertThat(registry.list())
        .extracting(Listing::name, Listing::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", Listing.State.SIGNED),
            org.assertj.core.groups.Tuple.tuple("b", Listing.State.UNSIGNED),
            org.assertj.core.groups.Tuple.tuple("c", Listing.State.REVOKED));
  }

  @Test
  void guardAndLineageComeAlong() {
    AtomicFile.write(folder.resolve("guard/thresholds.json"), "{}");
    AtomicFile.write(folder.resolve("lineage.json"), "{\"format\":\"forefront-lineage-1\"}");
    registry.propose(
        world
            .draft("whole")
            .withGuard(folder.resolve("guard"))
            .withLineage(folder.resolve("lineage.json")));
    registry.sign("whole", world.keys().get(0));
    registry.sign("whole", world.keys().get(1));

    Release release = GateTest.admitted(registry.open("whole"));

    assertThat(release.guardFolder().orElseThrow().resolve("thresholds.json")).exists();
    assertThat(registry.folder("whole").resolve("lineage.json")).exists();
  }

  @Test
  void aDemoBoardIsKeptAndNeverReplacesARealOne() throws IOException {
    Board first = Board.createDemo(world.boardFolder);
    assertThat(Board.createDemo(world.boardFolder).digest()).isEqualTo(first.digest());
    assertThat(first.threshold()).isEqualTo(2);
    assertThat(first.members()).hasSize(3);

    Path real = folder.resolve("real/board.json");
    AtomicFile.write(
        real,
        Files.readString(world.boardFolder.resolve("board.json"))
            .replace("\"demo\" : true", "\"demo\" : false"));
    assertThat(Board.read(real).isDemo()).isFalse();
    assertThatThrownBy(() -> Board.createDemo(folder.resolve("real")))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> Registry.create(world.registryFolder, Board.read(real)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("belongs to the board");
  }

  @Test
  void aBoardWhereOneKeySufficesOrCountsTwiceIsNone() throws IOException {
    String board = Files.readString(world.boardFolder.resolve("board.json"));
    assertThatThrownBy(
            () ->
                Board.parse(
                    World.utf8(board.replace("\"threshold\" : 2", "\"threshold\" : 1")), "b"))
        .hasMessageContaining("threshold");
    assertThatThrownBy(
            () ->
                Board.parse(
                    World.utf8(board.replace("\"threshold\" : 2", "\"threshold\" : 4")), "b"))
        .hasMessageContaining("there are 3 members");
    List<Board.Member> members = registry.board().members();
    String doubled = board.replace(members.get(1).key().base64(), members.get(0).key().base64());
    assertThatThrownBy(() -> Board.parse(World.utf8(doubled), "b"))
        .hasMessageContaining("one key counts once");
  }

  @Test
  void flippedBytesInAnyFileOfAReleaseAreRefused() throws IOException {
    registry.propose(world.draft("flips"));
    for (Path key : world.keys()) {
      registry.sign("flips", key);
    }
    GateTest.admitted(registry.open("flips"));
    Random random = new Random(7);
    for (Path file : filesOf(registry.folder("flips"))) {
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < 40; i++) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, flipped);
        assertThat(registry.open("flips")).as("%s", file).isInstanceOf(Refused.class);
      }
      Files.write(file, bytes);
    }
    GateTest.admitted(registry.open("flips"));
  }

  @Test
  void everySeventhByteOfTheSignedStatementCounts() throws IOException {
    world.released("bytes");
    Path statement = registry.folder("bytes").resolve("statement.dsse.json");
    byte[] bytes = Files.readAllBytes(statement);
    for (int i = 0; i < bytes.length; i += 7) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      assertThatThrownBy(() -> requireQuorum(flipped))
          .as("byte %d", i)
          .isInstanceOf(Exception.class);
    }
  }

  private void requireQuorum(byte[] bytes) {
    Quorum quorum = Quorum.of(Envelope.parse(bytes, "e"), registry.board());
    if (!quorum.reasons().isEmpty()) {
      throw new IllegalStateException(quorum.reasons().toString());
    }
  }

  @Test
  void theStatementIsAnInTotoStatementInADsseEnvelope() throws IOException {
    world.released("plain");
    String json = Files.readString(registry.folder("plain").resolve("statement.dsse.json"));
    var node = tools.jackson.databind.json.JsonMapper.shared().readTree(json);
    byte[] payload = Base64.getDecoder().decode(node.path("payload").asString());
    String type = node.path("payloadType").asString();
    byte[] head =
        ("DSSEv1 " + type.length() + " " + type + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] signed = new byte[head.length + payload.length];
    System.arraycopy(head, 0, signed, 0, head.length);
    System.arraycopy(payload, 0, signed, head.length, payload.length);
    byte[] signature =
        Base64.getDecoder().decode(node.path("signatures").path(0).path("sig").asString());

    assertThat(type).isEqualTo("application/vnd.in-toto+json");
    assertThat(registry.board().members().getFirst().key().verifies(signed, signature)).isTrue();
    assertThat(new String(payload, StandardCharsets.UTF_8))
        .contains("https://in-toto.io/Statement/v1")
        .contains("model/model.safetensors");
  }

  @Test
  void badNamesAreRefused() {
    for (String name :
        List.of("", "..", "../x", "A", "a/b", ".hidden", "revoked", "a".repeat(65))) {
      assertThatThrownBy(() -> registry.open(name)).isInstanceOf(BadInputException.class);
    }
  }

  private static List<Path> filesOf(Path release) throws IOException {
    try (Stream<Path> all = Files.walk(release)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
