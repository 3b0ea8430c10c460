package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The boards of a registry from the first, which is trusted as it is, to the one in force. Each
 * that follows is signed by a quorum of the one before and of its own, as The Update Framework does
 * with its root.
 */
final class BoardHistory {
  private static final Pattern FILE = Pattern.compile("([1-9][0-9]{0,8})\\.dsse\\.json");

  private final List<Board> boards = new ArrayList<>();
  private final List<BoardChange> changes = new ArrayList<>();
  private final List<String> digests = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private BoardHistory(Board root) {
    boards.add(root);
    if (root.version() != 1) {
      problems.add("the first board has version " + root.version() + " instead of 1");
    }
  }

  static BoardHistory of(Board root, SortedMap<String, byte[]> files) {
    BoardHistory history = new BoardHistory(root);
    try {
      for (var file : ordered(files).entrySet()) {
        long version = history.boards.size() + 1L;
        if (file.getKey() != version) {
          throw new BadInputException(
              "boards/ holds version %d where version %d should be"
                  .formatted(file.getKey(), version));
        }
        history.add(Envelope.parse(file.getValue(), file(version)));
      }
    } catch (BadInputException e) {
      history.problems.add(String.valueOf(e.getMessage()));
    }
    return history;
  }

  private static SortedMap<Long, byte[]> ordered(SortedMap<String, byte[]> files) {
    SortedMap<Long, byte[]> ordered = new TreeMap<>();
    files.forEach(
        (name, bytes) -> {
          Matcher matcher = FILE.matcher(name);
          if (!matcher.matches()) {
            throw new BadInputException("boards/%s is no version of a board".formatted(name));
          }
          ordered.put(Long.valueOf(matcher.group(1)), bytes);
        });
    return ordered;
  }

  static String file(long version) {
    return version + ".dsse.json";
  }

  private void add(Envelope envelope) {
    long version = boards.size() + 1L;
    BoardChange change = BoardChange.parse(envelope.payload(), file(version));
    List<String> reasons = reasons(change, envelope);
    if (!reasons.isEmpty()) {
      throw new BadInputException(
          "version %d of the board does not follow on version %d: %s"
              .formatted(version, version - 1, String.join("; ", reasons)));
    }
    boards.add(change.next());
    changes.add(change);
    digests.add(Order.digest(envelope.payload()));
  }

  /** Why a board cannot follow on the one in force with these signatures; empty where it can. */
  List<String> reasons(BoardChange change, Envelope envelope) {
    Board next = change.next();
    List<String> reasons = new ArrayList<>(misfits(change));
    Set<Board.Member> both = new LinkedHashSet<>(current().members());
    both.addAll(next.members());
    Signed signed = Signed.of(envelope, both, next.name());
    reasons.addAll(signed.reasons());
    Quorum.missing(current(), Purpose.BOARD, signed, Set.of())
        .ifPresent(reason -> reasons.add("of the old board, " + reason));
    Quorum.missing(next, Purpose.BOARD, signed, Set.of())
        .ifPresent(reason -> reasons.add("of the new board, " + reason));
    return reasons;
  }

  /** What is wrong with a change whoever signs it. */
  List<String> misfits(BoardChange change) {
    Board next = change.next();
    List<String> reasons = new ArrayList<>();
    long version = current().version() + 1;
    if (next.version() != version || change.version() != version) {
      reasons.add("its version must be %d, not %d".formatted(version, next.version()));
    }
    if (!change.previous().equals(head())) {
      reasons.add("the change follows on another board");
    }
    if (change.orders() < ordersOf(boards.size())) {
      reasons.add("the change forgets orders");
    }
    if (!next.expires().isAfter(change.created())) {
      reasons.add("it had ended when it was proposed: " + next.expires());
    }
    if (next.isDemo() != current().isDemo()) {
      reasons.add("a demo board stays one, and no other becomes one");
    }
    if (!next.revoked().containsAll(current().revoked())) {
      reasons.add("a key that was revoked stays revoked");
    }
    return reasons;
  }

  Board root() {
    return boards.getFirst();
  }

  Board current() {
    return boards.getLast();
  }

  List<Board> boards() {
    return List.copyOf(boards);
  }

  /** Digests of all changes, in order. */
  List<String> digests() {
    return List.copyOf(digests);
  }

  String head() {
    return digests.isEmpty() ? root().digest() : digests.getLast();
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  Board version(long version) {
    return boards.get((int) (version - 1));
  }

  Optional<Board> ofDigest(String digest) {
    return boards.stream().filter(board -> board.digest().equals(digest)).findFirst();
  }

  /** How many orders belong to the time before this version. */
  private long ordersOf(int version) {
    return version == 1 ? 0 : changes.get(version - 2).orders();
  }

  /** The version of the board that decides at a place in the chain of orders. */
  long inForceAt(long sequence) {
    int version = boards.size();
    while (version > 1 && ordersOf(version) >= sequence) {
      version--;
    }
    return version;
  }

  /** Why these cannot be all orders that the boards knew of. */
  Optional<String> differences(List<String> orders) {
    for (BoardChange change : changes) {
      int count = (int) Math.min(change.orders(), Integer.MAX_VALUE);
      String head =
          count == 0 ? root().digest() : count > orders.size() ? "" : orders.get(count - 1);
      if (!head.equals(change.ordersHead())) {
        return Optional.of(
            "version %d of the board knew of %d orders that are not the ones here"
                .formatted(change.version(), change.orders()));
      }
    }
    return Optional.empty();
  }

  /** Why the board in force does not let anything out at this time. */
  Optional<String> expired(Instant now) {
    return current().expires().isAfter(now)
        ? Optional.empty()
        : Optional.of(
            "the board \"%s\" ended at %s: it has to be renewed"
                .formatted(current().name(), current().expires()));
  }

  /** Why a release that an older board signed is not valid any more; empty where it is. */
  Optional<String> notCarried(Board signedBy, String name, String statementDigest) {
    for (int version = (int) signedBy.version() + 1; version <= boards.size(); version++) {
      if (!statementDigest.equals(changes.get(version - 2).carried().get(name))) {
        return Optional.of(
            "version %d of the board did not carry it over: it has to be proposed and signed anew"
                .formatted(version));
      }
    }
    return Optional.empty();
  }

  /** Keys that no longer count. */
  Set<VerifyingKey> revoked() {
    return current().revoked();
  }
}
