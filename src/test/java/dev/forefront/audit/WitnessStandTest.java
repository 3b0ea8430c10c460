package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.SigningKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** For how many entries enough witnesses vouch, where each has seen another number of them. */
class WitnessStandTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final SigningKey.Pair log = SigningKey.generate();
  private final Map<String, SigningKey.Pair> pairs = new LinkedHashMap<>();

  private SigningKey.Pair pair(String name) {
    return pairs.computeIfAbsent(name, _ -> SigningKey.generate());
  }

  private NoteKey witness(String name) {
    return new NoteKey(name, NoteKey.Use.WITNESS, pair(name).verifying());
  }

  private Checkpoint checkpoint(int size, String... witnesses) {
    MerkleTree tree = new MerkleTree();
    for (int i = 0; i < size; i++) {
      tree.append(MerkleTree.leaf(new byte[] {(byte) i}));
    }
    Checkpoint plain = Checkpoint.sign(tree, log.verifying(), log.signing());
    List<SignedNote.Signature> lines = new ArrayList<>();
    for (String name : witnesses) {
      NoteKey key = witness(name);
      lines.add(
          Cosignature.sign(
              plain.signed().text(), key, pair(name).signing(), NOW.plusSeconds(size)));
    }
    return plain.plus(lines);
  }

  private WitnessPolicy policy(int needed, String... names) {
    Map<String, WitnessPolicy.Witness> witnesses = new LinkedHashMap<>();
    for (String name : names) {
      witnesses.put(name, new WitnessPolicy.Witness(witness(name), null));
    }
    return new WitnessPolicy(
        List.of(),
        witnesses,
        Map.of("all", new WitnessPolicy.Group(needed, List.of(names))),
        "all");
  }

  private final List<Checkpoint> seen =
      List.of(
          checkpoint(10, "a", "b", "c"),
          checkpoint(30, "c"),
          checkpoint(20, "b", "c"),
          checkpoint(40, "stranger"));

  @Test
  void whoSawMoreVouchesForLessToo() {
    assertThat(WitnessStand.of(policy(1, "a", "b", "c"), seen).size()).isEqualTo(30);
    assertThat(WitnessStand.of(policy(2, "a", "b", "c"), seen).size()).isEqualTo(20);
    assertThat(WitnessStand.of(policy(3, "a", "b", "c"), seen).size()).isEqualTo(10);
  }

  @Test
  void eachIsNamedWithTheNewestThatItSaw() {
    WitnessStand stand = WitnessStand.of(policy(2, "a", "b", "c"), seen);
    assertThat(stand.isEnough()).isTrue();
    assertThat(stand.seen())
        .containsExactly(
            new Verification.Witnessed("a", 10, NOW.plusSeconds(10)),
            new Verification.Witnessed("b", 20, NOW.plusSeconds(20)),
            new Verification.Witnessed("c", 30, NOW.plusSeconds(30)));
  }

  @Test
  void whoIsSilentIsNamedWhereTooFewSpoke() {
    WitnessStand stand = WitnessStand.of(policy(3, "a", "d", "e"), seen);
    assertThat(stand.isEnough()).isFalse();
    assertThat(stand.size()).isZero();
    assertThat(stand.complaint()).endsWith("there is none by d, e");
  }

  @Test
  void aPolicyThatNeedsNobodyIsMetAndVouchesForNothing() {
    WitnessPolicy nobody =
        new WitnessPolicy(
            List.of(),
            Map.of("a", new WitnessPolicy.Witness(witness("a"), null)),
            Map.of(),
            "none");
    WitnessStand stand = WitnessStand.of(nobody, seen);
    assertThat(stand.isEnough()).isTrue();
    assertThat(stand.size()).isZero();
    assertThat(stand.seen()).hasSize(1);
  }

  @Test
  void aWitnessOfAnEmptyLogIsNotEnough() {
    WitnessStand stand = WitnessStand.of(policy(1, "a"), List.of(checkpoint(0, "a")));
    assertThat(stand.isEnough()).isFalse();
  }
}
