package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that witnesses cosigned, and what is proved between two. */
class CosignedTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir Path folder;
  private final SigningKey.Pair pair = SigningKey.generate();
  private final SigningKey.Pair other = SigningKey.generate();
  private final SigningKey.Pair watching = SigningKey.generate();
  private final NoteKey log = NoteKey.ofLog(pair.verifying());
  private final NoteKey witness = new NoteKey("w", NoteKey.Use.WITNESS, watching.verifying());
  private final NoteKey second = new NoteKey("v", NoteKey.Use.WITNESS, other.verifying());

  private static byte[] root(long from, long to) {
    return tree(from, to).root();
  }

  private static MerkleTree tree(long from, long to) {
    MerkleTree tree = new MerkleTree();
    for (long i = from; i < to; i++) {
      tree.append(MerkleTree.leaf(new byte[] {(byte) i}));
    }
    return tree;
  }

  private Checkpoint checkpoint(int size, SigningKey.Pair by) {
    return Checkpoint.sign(tree(0, size), pair.verifying(), by.signing());
  }

  private Checkpoint cosigned(Checkpoint checkpoint, NoteKey key, SigningKey.Pair by) {
    String text = checkpoint.signed().text();
    return checkpoint.plus(List.of(Cosignature.sign(text, key, by.signing(), NOW)));
  }

  @Test
  void theNewestIsOneThatLogAndWitnessSigned() throws IOException {
    assertThat(Cosigned.newest(folder, witness, log)).isEmpty();
    Checkpoint three = cosigned(checkpoint(3, pair), witness, watching);
    Cosigned.write(folder, witness, three);
    Cosigned.write(folder, second, cosigned(checkpoint(5, pair), second, other));
    assertThat(Cosigned.newest(folder, witness, log)).contains(three);
    Cosigned.write(folder, witness, cosigned(checkpoint(4, other), witness, watching));
    assertThat(Cosigned.newest(folder, witness, log)).isEmpty();
  }

  @Test
  void allThatIsSignedBelowACheckpointIsGatheredOnce() throws IOException {
    Checkpoint plain = checkpoint(3, pair);
    Checkpoint one = cosigned(plain, witness, watching);
    Checkpoint two = cosigned(plain, second, other);
    Cosigned.write(folder, witness, one);
    Cosigned.write(folder, second, two);
    Cosigned.write(
        folder,
        new NoteKey("u", NoteKey.Use.WITNESS, pair.verifying()),
        cosigned(checkpoint(4, pair), witness, watching));

    Checkpoint whole = Cosigned.gathered(folder, plain);
    assertThat(whole.signed().signatures()).hasSize(3);
    assertThat(whole.cosigned(witness)).contains(NOW);
    assertThat(whole.cosigned(second)).contains(NOW);
    assertThat(whole.signedBy(pair.verifying())).isTrue();
  }

  @Test
  void anEntryThatNoWitnessSawIsProvedByTheNewestCheckpoint() throws IOException {
    VerifyingKey key;
    try (AuditLog open = AuditLog.open(folder)) {
      key = open.publicKey();
      open.append("reply", Map.of());
    }
    LogFolder files = new LogFolder(folder);
    Checkpoint early = SoundLog.read(files).newest();
    Cosigned.write(files.cosigned(), witness, cosigned(early, witness, watching));
    assertThat(AuditLog.prove(folder, 1).checkpoint().cosigned(witness)).contains(NOW);
    Proof seen = AuditLog.prove(folder, 1);
    assertThat(seen.holds(key, WitnessPolicy.all(List.of(witness)))).isTrue();
    assertThat(seen.holds(key, WitnessPolicy.all(List.of(second)))).isFalse();
    try (AuditLog open = AuditLog.open(folder)) {
      open.append("reply", Map.of());
    }
    assertThat(AuditLog.prove(folder, 1).checkpoint().size()).isEqualTo(early.size());
    for (long entry = early.size(); entry < SoundLog.read(files).newest().size(); entry++) {
      Proof proof = AuditLog.prove(folder, entry);
      assertThat(proof.checkpoint()).isEqualTo(SoundLog.read(files).newest());
    }
  }

  @Test
  void continuityIsProvedBetweenTwoCheckpointsThatTheLogSigned() {
    List<String> path =
        MerkleProof.consistency(CosignedTest::root, 3, 7).stream()
            .map(HexFormat.of()::formatHex)
            .toList();
    Checkpoint from = checkpoint(3, pair);
    Checkpoint to = checkpoint(7, pair);
    assertThat(new ContinuityProof(from, to, path).holds(pair.verifying())).isTrue();
    assertThat(new ContinuityProof(checkpoint(3, other), to, path).holds(pair.verifying()))
        .isFalse();
    assertThat(new ContinuityProof(from, checkpoint(7, other), path).holds(pair.verifying()))
        .isFalse();
    assertThat(new ContinuityProof(checkpoint(0, pair), to, List.of()).holds(pair.verifying()))
        .isFalse();
  }

  @Test
  void whatIsNoCheckpointBesideTheLogIsNamedAndOtherFilesAreLeftAlone() throws IOException {
    Checkpoint three = cosigned(checkpoint(3, pair), witness, watching);
    Cosigned.write(folder, witness, three);
    Files.writeString(folder.resolve("notes.txt"), "of whoever keeps this folder");
    assertThat(Cosigned.read(folder)).containsExactly(three);
    Path large = folder.resolve("large.checkpoint");
    Files.writeString(large, "x".repeat(1 << 16));
    assertThatThrownBy(() -> Cosigned.read(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("large.checkpoint beside the log is no checkpoint: ")
        .hasMessageNotContaining("64 KB");
    Files.writeString(large, "x".repeat((1 << 16) + 1));
    assertThatThrownBy(() -> Cosigned.read(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessage("large.checkpoint beside the log is no checkpoint: it is longer than 64 KB");
    assertThat(Cosigned.newest(folder, witness, log)).isEmpty();
  }

  @Test
  void anEntryIsProvedByTheLargestOfTheCosignedCheckpoints() throws IOException {
    for (int round = 0; round < 2; round++) {
      Path at = folder.resolve("log" + round);
      try (AuditLog open = AuditLog.open(at)) {
        open.append("reply", Map.of());
      }
      LogFolder files = new LogFolder(at);
      Checkpoint early = SoundLog.read(files).newest();
      try (AuditLog open = AuditLog.open(at)) {
        open.append("reply", Map.of());
      }
      Checkpoint late = SoundLog.read(files).newest();
      try (AuditLog open = AuditLog.open(at)) {
        open.append("reply", Map.of());
      }
      // Whichever comes first by its file's name.
      NoteKey first = round == 0 ? witness : second;
      NoteKey then = round == 0 ? second : witness;
      Cosigned.write(
          files.cosigned(), first, cosigned(early, first, round == 0 ? watching : other));
      Cosigned.write(files.cosigned(), then, cosigned(late, then, round == 0 ? other : watching));
      Proof proof = AuditLog.prove(at, 0);
      assertThat(proof.checkpoint().size()).isEqualTo(late.size());
      assertThat(proof.checkpoint().cosigned(then)).contains(NOW);
    }
  }
}
