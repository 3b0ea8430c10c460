package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
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
 * @param checkpoint the signed note, with the witnesses' cosignatures where there are any
 */
public record Proof(long entry, String line, List<String> path, Checkpoint checkpoint) {
  private static final String FORMAT = "forefront-audit-proof-1";
  private static final String TLOG = "c2sp.org/tlog-proof@v1";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Proof {
    path = List.copyOf(path);
  }

  static Proof of(LogFolder files, long number) {
    SoundLog log = SoundLog.read(files);
    if (number < 0 || number >= log.newest().size()) {
      throw new BadInputException(
          "entry %d is not covered by a checkpoint yet: the newest covers the first %d entries"
              .formatted(number, log.newest().size()));
    }
    Checkpoint checkpoint = log.covering(number);
    List<String> path =
        MerkleProof.inclusion(log.hashes(), number, checkpoint.size()).stream()
            .map(HexFormat.of()::formatHex)
            .toList();
    String line = new String(log.line(number), StandardCharsets.UTF_8);
    return new Proof(number, line, path, checkpoint);
  }

  /** Whether this key signed a history that has this line at this place. */
  public boolean holds(VerifyingKey publicKey) {
    return holds(publicKey, WitnessPolicy.NONE);
  }

  /** Likewise, and enough of the policy's witnesses cosigned it. */
  public boolean holds(VerifyingKey publicKey, WitnessPolicy witnesses) {
    byte[] leaf = MerkleTree.leaf(line.getBytes(StandardCharsets.UTF_8));
    List<byte[]> hashes = path.stream().map(HexFormat.of()::parseHex).toList();
    return checkpoint.signedBy(publicKey)
        && witnesses.isMet(witness -> checkpoint.cosigned(witness.key()).isPresent())
        && MerkleProof.leads(leaf, entry, checkpoint.size(), hashes, checkpoint.rootBytes());
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

  /** As C2SP tlog-proof, which other tools read; the line is its extra data. */
  public String toTlogProof() {
    StringBuilder text = new StringBuilder(TLOG).append('\n');
    text.append("extra ")
        .append(Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.UTF_8)))
        .append("\nindex ")
        .append(entry)
        .append('\n');
    for (String hash : path) {
      text.append(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hash))).append('\n');
    }
    return text.append('\n').append(checkpoint.note()).toString();
  }

  /**
   * Reads either form.
   *
   * @throws BadInputException where the text is no proof
   */
  public static Proof parse(String text) {
    return text.startsWith(TLOG + "\n") ? ofTlogProof(text) : ofJson(text);
  }

  private static Proof ofTlogProof(String text) {
    int blank = text.indexOf("\n\n");
    List<String> lines = List.of(text.substring(0, Math.max(0, blank)).split("\n", -1));
    if (lines.size() < 3
        || !lines.get(1).startsWith("extra ")
        || !lines.get(2).startsWith("index ")) {
      throw notAProof("it has no line \"extra\" with the entry, or no line \"index\"", null);
    }
    List<String> path = new ArrayList<>();
    for (String hash : lines.subList(3, lines.size())) {
      path.add(HexFormat.of().formatHex(Strict.hash(hash)));
    }
    return new Proof(
        Strict.number(lines.get(2).substring("index ".length())),
        Strict.text(Strict.base64(lines.get(1).substring("extra ".length()))),
        path,
        Checkpoint.parse(text.substring(blank + 2)));
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
      return new Proof(
          node.path("entry").asLong(),
          node.path("line").asString(""),
          path(node),
          Checkpoint.parse(node.path("checkpoint").asString("")));
    } catch (JacksonException | IllegalArgumentException e) {
      throw notAProof(String.valueOf(e.getMessage()), e);
    }
  }

  /** The hashes of a proof, in hex as it is written here. */
  static List<String> path(JsonNode proof) {
    List<String> path = new ArrayList<>();
    for (JsonNode hash : proof.path("path")) {
      byte[] bytes = HexFormat.of().parseHex(hash.asString(""));
      if (bytes.length != 32) {
        throw notAProof("a hash has no 32 bytes", null);
      }
      path.add(HexFormat.of().formatHex(bytes));
    }
    return path;
  }

  private static BadInputException notAProof(String why, @Nullable Throwable cause) {
    return new BadInputException("this is no proof of an audit entry: " + why, cause);
  }
}
