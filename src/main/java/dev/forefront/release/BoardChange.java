package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The statement with which an old board and a new one agree that the new one follows.
 *
 * @param version of the new board
 * @param previous digest of the change before, or of the first board's file
 * @param board the new board's file, as it is
 * @param orders how many orders the old board's time has
 * @param ordersHead digest of the last of them, or of the first board's file
 * @param carried digest of the statement by name of each release that stays valid: what an old
 *     board signed and nobody carried over is closed, so that keys which were laid down cannot sign
 *     for the past
 */
record BoardChange(
    long version,
    String previous,
    String board,
    Instant created,
    long orders,
    String ordersHead,
    SortedMap<String, String> carried) {
  private static final String PREDICATE = "urn:forefront:board:1";

  BoardChange {
    carried = Collections.unmodifiableSortedMap(new TreeMap<>(carried));
  }

  byte[] json() {
    ObjectNode said = JsonMapper.shared().createObjectNode();
    said.put("version", version);
    said.put("previous", previous);
    said.put("board", board);
    said.put("created", created.toString());
    said.put("orders", orders);
    said.put("orders_head", ordersHead);
    ObjectNode releases = said.putObject("carried");
    carried.forEach(releases::put);
    TreeMap<String, String> subject = new TreeMap<>();
    subject.put(Board.FILE, Sha256.hex(boardBytes()));
    return InToto.json(subject, PREDICATE, said);
  }

  private byte[] boardBytes() {
    return board.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws BadInputException where the file in it is no board
   */
  Board next() {
    return Board.parse(boardBytes(), "version " + version + " of the board");
  }

  /**
   * @throws BadInputException where the bytes are not a change as this class writes it
   */
  static BoardChange parse(byte[] payload, String where) {
    List<String> problems = new ArrayList<>();
    InToto read = InToto.read(payload, PREDICATE, problems);
    Fields said =
        read.predicate()
            .onlyKeys(
                Set.of(
                    "version", "previous", "board", "created", "orders", "orders_head", "carried"));
    BoardChange change =
        new BoardChange(
            said.whole("version", 2),
            said.digest("previous"),
            said.text("board"),
            said.time("created"),
            said.whole("orders", 0),
            said.digest("orders_head"),
            said.digests("carried"));
    if (problems.isEmpty() && !Arrays.equals(change.json(), payload)) {
      problems.add("its bytes are not written as a change of the board is");
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no change of a board: %s".formatted(where, String.join("; ", problems)));
    }
    return change;
  }
}
