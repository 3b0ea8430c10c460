package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows, with no log at hand, that an entry is in the history that a checkpoint signs: log2(n)
 * hashes lead from the entry's line to the signed root.
 *
 * @param entry the entry's number
 * @param line its line, without the end
 * @param path hashes in hex, from the leaf upwards (RFC 6962, section 2.1.1)
 * @param checkpoint the signed note
 */
public record Proof(long entry, String line, List<String> path, Checkpoint checkpoint) {
  private static final String FORMAT = "forefront-audit-proof-1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Proof {
    path = List.copyOf(path);
  }

  static Proof of(LogFolder files, long number) {
    List<byte[]> leaves = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    Verifier verifier =
        new Verifier(
            files,
            Pins.NONE,
            (entry, line) -> {
              leaves.add(MerkleTree.leaf(line));
              if (entry.number() == number) {
                lines.add(new String(line, StandardCharsets.UTF_8));
              }
            });
    if (verifier.verify() instanceof Verification.Broken broken) {
      throw new BadInputException(
          "the audit log %s is broken at entry %d: %s"
              .formatted(files.folder(), broken.firstBadEntry(), broken.reason()));
    }
    Checkpoint checkpoint = verifier.chain().lastCheckpoint();
    if (checkpoint == null || number < 0 || number >= checkpoint.size()) {
      throw new BadInputException(
          "entry %d is not covered by a checkpoint yet: the newest covers the first %d entries"
              .formatted(number, checkpoint == null ? 0 : checkpoint.size()));
    }
    List<byte[]> covered = leaves.subList(0, Math.toIntExact(checkpoint.size()));
    List<String> path =
        MerkleTree.path(covered, Math.toIntExact(number)).stream()
            .map(HexFormat.of()::formatHex)
            .toList();
    return new Proof(number, lines.getFirst(), path, checkpoint);
  }

  /** Whether this key signed a history that has this line at this place. */
  public boolean holds(VerifyingKey publicKey) {
    byte[] leaf = MerkleTree.leaf(line.getBytes(StandardCharsets.UTF_8));
    List<byte[]> hashes = path.stream().map(HexFormat.of()::parseHex).toList();
    byte[] root = HexFormat.of().parseHex(checkpoint.root());
    return checkpoint.signedBy(publicKey)
        && MerkleTree.leads(leaf, entry, checkpoint.size(), hashes, root);
  }

  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", FORMAT);
    node.put("entry", entry);
    node.put("line", line);
    ArrayNode hashes = node.putArray("path");
    path.forEach(hashes::add);
    node.put("checkpoint", checkpoint.note());
    return node.toPrettyString();
  }

  /**
   * @throws BadInputException where the text is no proof
   */
  public static Proof ofJson(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (!node.path("format").asString("").equals(FORMAT) || !node.path("entry").isNumber()) {
        throw notAProof("its format is not " + FORMAT, null);
      }
      List<String> path = new ArrayList<>();
      for (JsonNode hash : node.path("path")) {
        path.add(HexFormat.of().formatHex(HexFormat.of().parseHex(hash.asString(""))));
      }
      return new Proof(
          node.path("entry").asLong(),
          node.path("line").asString(""),
          path,
          Checkpoint.parse(node.path("checkpoint").asString("")));
    } catch (JacksonException | IllegalArgumentException e) {
      throw notAProof(String.valueOf(e.getMessage()), e);
    }
  }

  private static BadInputException notAProof(String why, @Nullable Throwable cause) {
    return new BadInputException("this is no proof of an audit entry: " + why, cause);
  }
}
