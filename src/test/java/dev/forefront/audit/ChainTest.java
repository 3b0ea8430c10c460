package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.SigningKey;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which line may follow, also where whoever wrote it has the log's key and knows its hashes. */
class ChainTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final SigningKey.Pair pair = SigningKey.generate();
  private final SigningKey.Pair other = SigningKey.generate();
  private final Chain chain = new Chain(Chain.Signatures.LAST);
  private final Chain strict = new Chain(Chain.Signatures.EVERY);

  private static JsonNode fields(Map<String, ?> fields) {
    return JsonMapper.shared().valueToTree(fields);
  }

  /** As the next line of a chain. */
  private static byte[] line(Chain chain, String kind, Map<String, ?> fields) {
    return Line.write(chain.size(), NOW, kind, fields(fields), chain.previous()).bytes();
  }

  private void begin(Chain begun) throws Damage {
    begun.read(
        line(
            begun,
            "log",
            Map.of("format", "forefront-audit-1", "public_key", pair.verifying().base64())));
  }

  private static void refused(Chain chain, byte[] line, String why) {
    long size = chain.size();
    assertThatThrownBy(() -> chain.read(line)).isInstanceOf(Damage.class).hasMessageContaining(why);
    assertThat(chain.size()).isEqualTo(size);
  }

  private byte[] checkpoint(Chain at, Checkpoint checkpoint) {
    return line(at, "checkpoint", Map.of("note", checkpoint.note()));
  }

  private Checkpoint sign(MerkleTree tree, SigningKey.Pair by) {
    return Checkpoint.sign(tree, pair.verifying(), by.signing());
  }

  @Test
  void theFirstLineNamesFormatAndKey() throws Damage {
    String key = pair.verifying().base64();
    refused(
        chain,
        line(chain, "reply", Map.of("format", "forefront-audit-1", "public_key", key)),
        "the first entry does not name the format");
    refused(
        chain,
        line(chain, "log", Map.of("format", "forefront-audit-2", "public_key", key)),
        "the first entry does not name the format");
    refused(
        chain,
        line(chain, "log", Map.of("format", "forefront-audit-1", "public_key", "none")),
        "the first entry names no public key");
    assertThatThrownBy(chain::publicKey).isInstanceOf(IllegalStateException.class);
    begin(chain);
    assertThat(chain.publicKey()).isEqualTo(pair.verifying());
    assertThat(chain.covered()).isZero();
    assertThat(chain.isLastSigned()).isTrue();
  }

  @Test
  void aCheckpointCoversWhatIsBeforeIt() throws Damage {
    begin(chain);
    Checkpoint good = sign(chain.tree(), pair);
    chain.read(checkpoint(chain, good));
    assertThat(chain.root()).isEqualTo(HexFormat.of().formatHex(chain.tree().root()));
    assertThat(chain.covered()).isEqualTo(1);
    assertThat(chain.lastCheckpoint()).isEqualTo(good);
    assertThat(chain.isLastSigned()).isTrue();
  }

  @Test
  void aCheckpointOfAnotherPlaceOrHistoryIsDamageWhoeverSignedIt() throws Damage {
    begin(chain);
    refused(
        chain,
        line(chain, "checkpoint", Map.of("note", "nonsense")),
        "this is no checkpoint of an audit log");
    MerkleTree longer = new MerkleTree();
    longer.append(MerkleTree.leaf(new byte[] {1}));
    refused(
        chain,
        checkpoint(chain, sign(longer, pair)),
        "signs another history: an entry from 0 to 0 was rewritten");
    Checkpoint first = sign(chain.tree(), pair);
    chain.read(line(chain, "reply", Map.of()));
    refused(chain, checkpoint(chain, first), "this checkpoint is of another place in the log");
    // The root of here under the size of there.
    Checkpoint here = sign(chain.tree(), pair);
    String text = here.signed().text().replace("\n2\n", "\n1\n");
    byte[] bytes = pair.signing().sign(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    SignedNote.Signature its = here.signed().signatures().getFirst();
    SignedNote forged =
        new SignedNote(
            text, java.util.List.of(new SignedNote.Signature(its.name(), its.id(), bytes)));
    refused(
        chain,
        checkpoint(chain, Checkpoint.parse(forged.note())),
        "this checkpoint is of another place in the log");
    chain.read(checkpoint(chain, here));
    assertThat(chain.covered()).isEqualTo(2);
  }

  @Test
  void aForgedCheckpointIsFoundAtOnceOrAtTheEnd() throws Damage {
    begin(strict);
    begin(chain);
    Checkpoint forged = sign(strict.tree(), other);
    refused(strict, checkpoint(strict, forged), "is not signed by the key in the first entry");
    chain.read(checkpoint(chain, forged));
    assertThat(chain.isLastSigned()).isFalse();
    strict.read(checkpoint(strict, sign(strict.tree(), pair)));
    assertThat(strict.covered()).isEqualTo(1);
  }
}
