package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One signed statement in the chain of orders. It names its place and the digest of the order
 * before it, so none can be taken out, moved, or played again elsewhere.
 *
 * @param release what it is about; empty for the whole registry
 * @param reason one line, at most {@value #LONGEST_REASON} characters
 * @param sequence its place, from 1
 * @param previous digest of the order before, or of the registry's first board
 * @param boardVersion the board in force when it was written
 * @param boardDigest of that board's file
 */
record Order(
    Kind kind,
    String release,
    String reason,
    long sequence,
    String previous,
    Instant created,
    long boardVersion,
    String boardDigest) {
  static final int LONGEST_REASON = 500;
  private static final String PREDICATE = "urn:forefront:order:1";
  private static final String SHA256 = "sha256:";

  /** What is ordered. */
  enum Kind {
    /** Nothing more is served; any one member. */
    STOP,
    /** Lifts the stops of this scope that came before; the release quorum. */
    RESUME,
    /** Calls a release back for good; any one member. */
    REVOKE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws BadInputException where the reason says nothing, or is no line of text
   */
  static String requireReason(String reason) {
    if (reason.isBlank()) {
      throw new BadInputException("the board's orders have a reason: say which");
    }
    if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
      throw new BadInputException(
          "a reason is one line of at most %d characters".formatted(LONGEST_REASON));
    }
    return reason;
  }

  byte[] json() {
    ObjectNode said = JsonMapper.shared().createObjectNode();
    said.put("order", kind.word());
    said.put("release", release.isEmpty() ? "*" : release);
    said.put("reason", reason);
    said.put("sequence", sequence);
    said.put("previous", previous);
    said.put("created", created.toString());
    said.put("board_version", boardVersion);
    TreeMap<String, String> subject = new TreeMap<>();
    subject.put(Board.FILE, boardDigest.substring(SHA256.length()));
    return InToto.json(subject, PREDICATE, said);
  }

  String digest() {
    return digest(json());
  }

  static String digest(byte[] payload) {
    return SHA256 + Sha256.hex(payload);
  }

  /**
   * @throws BadInputException where the bytes are not an order as this class writes it
   */
  static Order parse(byte[] payload, String where) {
    List<String> problems = new ArrayList<>();
    InToto read = InToto.read(payload, PREDICATE, problems);
    Fields said =
        read.predicate()
            .onlyKeys(
                Set.of(
                    "order",
                    "release",
                    "reason",
                    "sequence",
                    "previous",
                    "created",
                    "board_version"));
    String release = said.text("release");
    Order order =
        new Order(
            kind(said),
            release.equals("*") ? "" : release,
            said.text("reason"),
            said.whole("sequence", 1),
            said.digest("previous"),
            said.time("created"),
            said.whole("board_version", 1),
            SHA256 + read.subject().getOrDefault(Board.FILE, ""));
    if (problems.isEmpty() && !Arrays.equals(order.json(), payload)) {
      problems.add("its bytes are not written as an order is");
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no order of a board: %s".formatted(where, String.join("; ", problems)));
    }
    return order;
  }

  private static Kind kind(Fields said) {
    String word = said.text("order");
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    said.problem("order must be stop, resume or revoke");
    return Kind.STOP;
  }
}
