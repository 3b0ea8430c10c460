package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The orders of a registry, read in their order and verified one by one. Where the chain is broken
 * anywhere, what it says is unknown, and unknown means stopped.
 */
final class OrderChain {
  private final BoardHistory boards;
  private final List<String> digests = new ArrayList<>();
  private final Map<String, Standing.Stopped> stops = new HashMap<>();
  private final Map<String, Standing.Stopped> revoked = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final Adoptions adopted = new Adoptions();
  private final Waivers waivers;
  private long lastDecision;

  private OrderChain(BoardHistory boards) {
    this.boards = boards;
    waivers = new Waivers(boards);
  }

  static OrderChain of(SortedMap<String, byte[]> files, BoardHistory boards) {
    OrderChain chain = new OrderChain(boards);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      try {
        chain.add(RegistryFiles.ORDERS + "/" + file.getKey(), file.getValue());
      } catch (BadInputException e) {
        // What follows a broken place hangs in the air.
        chain.problems.add(String.valueOf(e.getMessage()));
        break;
      }
    }
    boards.differences(chain.digests).ifPresent(chain.problems::add);
    return chain;
  }

  /** The file of a place in the chain. */
  static String file(long sequence) {
    return "%06d.dsse.json".formatted(sequence);
  }

  private void add(String where, byte[] bytes) {
    long place = digests.size() + 1L;
    if (!where.equals(RegistryFiles.ORDERS + "/" + file(place))) {
      throw new BadInputException(
          "%s stands where %s should: an order is missing or out of place"
              .formatted(where, file(place)));
    }
    Envelope envelope = Envelope.parse(bytes, where);
    Order order = Order.parse(envelope.payload(), where);
    if (order.sequence() != place || !order.previous().equals(head())) {
      throw new BadInputException(where + " does not follow on the order before it");
    }
    Board board = board(order, where);
    Signed signed = Signed.of(envelope, board.members(), board.name(), boards.verifier());
    if (!signed.reasons().isEmpty()) {
      throw new BadInputException(where + ": " + String.join("; ", signed.reasons()));
    }
    apply(order, board, signed, where);
    lines.add(
        "%s %d %s %s, by %s: %s"
            .formatted(
                order.created(),
                place,
                order.kind().word(),
                order.subject(),
                String.join(", ", signed.names()),
                order.reason()));
    digests.add(Order.digest(envelope.payload()));
  }

  /** Anyone who was ever of the board may stop; to resume takes the board in force. */
  private Board board(Order order, String where) {
    long inForce = boards.inForceAt(order.sequence());
    boolean fits =
        takesQuorum(order.kind())
            ? order.boardVersion() == inForce
            : order.boardVersion() <= boards.current().version();
    if (!fits) {
      throw new BadInputException(
          "%s is by version %d of the board, in force was version %d"
              .formatted(where, order.boardVersion(), inForce));
    }
    Board board = boards.version(order.boardVersion());
    if (!board.digest().equals(order.boardDigest())) {
      throw new BadInputException(where + " names another board than this registry's");
    }
    return board;
  }

  private static boolean takesQuorum(Order.Kind kind) {
    return switch (kind) {
      case RESUME, ADOPT, WAIVE -> true;
      case STOP, REVOKE, WITHDRAW -> false;
    };
  }

  private void apply(Order order, Board board, Signed signed, String where) {
    String by = String.join(", ", signed.names());
    switch (order.kind()) {
      case STOP -> {
        requireSomeone(signed, where);
        stops.put(order.release(), new Standing.Stopped(order.reason(), by));
      }
      case REVOKE -> {
        requireSomeone(signed, where);
        if (order.release().isEmpty()) {
          throw new BadInputException(where + " revokes no release");
        }
        revoked.put(order.release(), new Standing.Stopped("it is revoked: " + order.reason(), by));
      }
      case RESUME -> {
        require(Purpose.RELEASE, board, signed, where + " resumes");
        stops.remove(order.release());
        lastDecision = order.sequence();
      }
      case ADOPT -> {
        require(adopted.purpose(order), board, signed, where + " adopts a policy");
        adopted.add(order);
        lastDecision = order.sequence();
      }
      case WAIVE -> {
        require(Purpose.LARGER, board, signed, where + " waives a criterion");
        waivers.add(order, adopted, signed.names());
        lastDecision = order.sequence();
      }
      case WITHDRAW -> {
        requireSomeone(signed, where);
        waivers.withdraw(order, by);
      }
    }
  }

  private static void require(Purpose purpose, Board board, Signed signed, String what) {
    if (!board.isMet(purpose, signed.keys())) {
      throw new BadInputException(
          "%s with too few signatures: %s"
              .formatted(what, board.shortfall(purpose, signed.keys())));
    }
  }

  private static void requireSomeone(Signed signed, String where) {
    if (signed.by().isEmpty()) {
      throw new BadInputException(where + " is signed by nobody");
    }
  }

  /** Digest of the last order, or of the first board where there is none. */
  String head() {
    return digests.isEmpty() ? boards.root().digest() : digests.getLast();
  }

  /** Digests of all orders, in order. */
  List<String> digests() {
    return List.copyOf(digests);
  }

  /** One for each order, for people. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Which policies the board adopted. */
  Adoptions adopted() {
    return adopted;
  }

  /** What the board waived. */
  Waivers waivers() {
    return waivers;
  }

  /** Place of the last order that took a quorum; 0 where there is none. */
  long lastDecision() {
    return lastDecision;
  }

  /** Why the chain says nothing; empty where it is whole. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  boolean isStopped(String scope) {
    return stops.containsKey(scope);
  }

  Optional<Standing.Stopped> revocation(String release) {
    return Optional.ofNullable(revoked.get(release));
  }

  /** All that keeps a release from being served, the most lasting first. */
  List<Standing.Stopped> against(String release) {
    List<Standing.Stopped> all = new ArrayList<>();
    problems.forEach(
        problem ->
            all.add(new Standing.Stopped("the registry's orders are broken: " + problem, "")));
    revocation(release).ifPresent(all::add);
    stop("").ifPresent(all::add);
    stop(release).ifPresent(all::add);
    return all;
  }

  private Optional<Standing.Stopped> stop(String scope) {
    return Optional.ofNullable(stops.get(scope))
        .map(
            stop ->
                new Standing.Stopped(
                    "%s is stopped by %s: %s"
                        .formatted(scope.isEmpty() ? "all" : "it", stop.by(), stop.reason()),
                    stop.by()));
  }
}
