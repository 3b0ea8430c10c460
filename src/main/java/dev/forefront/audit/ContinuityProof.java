package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows, with no log at hand, that a log under one checkpoint begins with all that it was under an
 * earlier one: nothing was changed, nothing cut off.
 *
 * @param from the earlier checkpoint
 * @param to the later
 * @param path hashes in hex (RFC 6962, section 2.1.2)
 */
public record ContinuityProof(Checkpoint from, Checkpoint to, List<String> path) {
  private static final String FORMAT = "forefront-audit-continuity-1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public ContinuityProof {
    path = List.copyOf(path);
  }

  static ContinuityProof of(LogFolder files, long from, long to) {
    SoundLog log = SoundLog.read(files);
    Checkpoint earlier = log.at(from);
    Checkpoint later = to == 0 ? log.newest() : log.at(to);
    if (earlier.size() > later.size()) {
      throw new BadInputException(
          "%d entries do not continue %d".formatted(later.size(), earlier.size()));
    }
    return new ContinuityProof(
        earlier,
        later,
        MerkleProof.consistency(log.hashes(), earlier.size(), later.size()).stream()
            .map(HexFormat.of()::formatHex)
            .toList());
  }

  /** Whether this key signed both checkpoints and the later continues the earlier. */
  public boolean holds(VerifyingKey publicKey) {
    List<byte[]> hashes = path.stream().map(HexFormat.of()::parseHex).toList();
    return from.size() > 0
        && from.signedBy(publicKey)
        && to.signedBy(publicKey)
        && MerkleProof.isConsistent(
            from.size(), to.size(), hashes, from.rootBytes(), to.rootBytes());
  }

  /** Whether one of its two checkpoints is this one. */
  public boolean speaksOf(Checkpoint kept) {
    return from.isSameAs(kept) || to.isSameAs(kept);
  }

  /** Whether the text says that it is such a proof. */
  public static boolean isMeantBy(String json) {
    return json.contains("\"" + FORMAT + "\"");
  }

  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", FORMAT);
    node.put("from", from.note());
    node.put("to", to.note());
    ArrayNode hashes = node.putArray("path");
    path.forEach(hashes::add);
    return node.toPrettyString();
  }

  /**
   * @throws BadInputException where the text is no such proof
   */
  public static ContinuityProof ofJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (!node.path("format").asString("").equals(FORMAT)) {
        throw notAProof("its format is not " + FORMAT, null);
      }
      return new ContinuityProof(
          Checkpoint.parse(node.path("from").asString("")),
          Checkpoint.parse(node.path("to").asString("")),
          Proof.path(node));
    } catch (JacksonException | IllegalArgumentException e) {
      throw notAProof(String.valueOf(e.getMessage()), e);
    }
  }

  private static BadInputException notAProof(String why, @Nullable Throwable cause) {
    return new BadInputException("this is no proof of an audit log's continuity: " + why, cause);
  }
}
