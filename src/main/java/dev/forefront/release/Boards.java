package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The boards of a registry, one after another. A board follows when a quorum of the old one and a
 * quorum of the new one signed the change; from the first board on, which is trusted as it is,
 * everything is verified.
 */
public final class Boards {
  private static final String FILE = "board.dsse.json";

  private final BoardRoom room;

  Boards(BoardRoom room) {
    this.room = room;
  }

  /**
   * All boards so far, the first first.
   *
   * @throws RefusedException where one does not follow on the one before it
   */
  public List<Board> all() {
    BoardHistory history = room.ledger().boards();
    if (!history.problems().isEmpty()) {
      throw new RefusedException("the board's history", history.problems());
    }
    return history.boards();
  }

  /** The board that gathers signatures, if there is one. */
  public Optional<Board> proposed() {
    return room.written()
        .envelope(Written.PENDING, FILE)
        .map(envelope -> BoardChange.parse(envelope.payload(), FILE).next());
  }

  /**
   * Writes the change to another board, to be signed. Releases that are valid now are carried over;
   * the others close. It takes the place of a proposal that was there.
   *
   * @return names of the releases that are carried over
   * @throws RefusedException where the board cannot follow on the one in force
   */
  public Set<String> propose(Path boardFile) {
    byte[] bytes = SmallFile.read(boardFile);
    Board.parse(bytes, boardFile.toString());
    return room.alone(
        () -> {
          Ledger ledger = room.ledger();
          BoardHistory history = ledger.boards();
          OrderChain orders = ledger.orders();
          BoardChange change =
              new BoardChange(
                  history.current().version() + 1,
                  history.head(),
                  new String(bytes, StandardCharsets.UTF_8),
                  room.now(),
                  orders.digests().size(),
                  orders.head(),
                  room.valid(ledger));
          refuse(reasons(ledger, change));
          room.written().write(Written.PENDING, FILE, Envelope.unsigned(change.json()).json());
          return change.carried().keySet();
        });
  }

  /**
   * Adds one member's signature, of the old board or of the new one; with the last that is needed,
   * the new board is in force.
   *
   * @throws RefusedException where the proposal no longer fits
   * @throws BadInputException where nothing is proposed, or the key is no member's or has signed
   */
  public Signatures sign(SigningKey key) {
    return room.alone(
        () -> {
          Envelope envelope =
              room.written()
                  .envelope(Written.PENDING, FILE)
                  .orElseThrow(() -> new BadInputException("no board is proposed to sign"));
          Ledger ledger = room.ledger();
          BoardChange change = BoardChange.parse(envelope.payload(), FILE);
          refuse(reasons(ledger, change));
          return sign(envelope, change, ledger.boards(), key);
        });
  }

  private Signatures sign(
      Envelope envelope, BoardChange change, BoardHistory history, SigningKey key) {
    Board next = change.next();
    Set<Board.Member> both = new LinkedHashSet<>(history.current().members());
    both.addAll(next.members());
    Envelope signed = Signing.add(envelope, key, both);
    List<String> missing = history.reasons(next, change, signed);
    if (missing.isEmpty()) {
      room.written()
          .write(RegistryFiles.BOARDS, BoardHistory.file(change.version()), signed.json());
      room.written().drop(Written.PENDING, FILE);
    } else {
      room.written().write(Written.PENDING, FILE, signed.json());
    }
    return new Signatures(
        Signed.of(signed, both, next.name()).names(),
        Math.max(history.current().fewest(Purpose.BOARD), next.fewest(Purpose.BOARD)),
        String.join("; ", missing));
  }

  private List<String> reasons(Ledger ledger, BoardChange change) {
    Board next = change.next();
    List<String> reasons = new ArrayList<>(ledger.boards().problems());
    reasons.addAll(ledger.orders().problems());
    reasons.addAll(ledger.boards().misfits(next, change));
    if (ledger.orders().lastDecision() > change.orders()) {
      reasons.add("the board has decided since it was proposed: propose it anew");
    }
    int known = (int) Math.min(change.orders(), Integer.MAX_VALUE);
    List<String> digests = ledger.orders().digests();
    String head =
        known == 0 ? room.root().digest() : known > digests.size() ? "" : digests.get(known - 1);
    if (!head.equals(change.ordersHead())) {
      reasons.add("it knows of other orders than the ones here");
    }
    if (!room.valid(ledger).entrySet().containsAll(change.carried().entrySet())) {
      reasons.add("it carries a release over that is not valid: propose it anew");
    }
    if (!next.expires().isAfter(room.clock().instant())) {
      reasons.add("the new board has ended already: " + next.expires());
    }
    return reasons;
  }

  private static void refuse(List<String> reasons) {
    if (!reasons.isEmpty()) {
      throw new RefusedException("this change of the board", reasons);
    }
  }
}
