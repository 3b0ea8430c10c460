package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
 * @param detail what is adopted, waived or withdrawn, with these kinds alone
 */
record Order(
    Kind kind,
    String release,
    String reason,
    long sequence,
    String previous,
    Instant created,
    long boardVersion,
    String boardDigest,
    @Nullable Detail detail) {
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
    REVOKE,
    /** Releases may be let out under this policy; a quorum. */
    ADOPT,
    /** One release need not meet one criterion, for a while; the larger quorum. */
    WAIVE,
    /** Ends the waivers of one criterion for one release; any one member. */
    WITHDRAW;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What an order of some kinds says besides. */
  sealed interface Detail permits Adoption, Waiver, Withdrawal {

    void write(ObjectNode said);
  }

  /**
   * @param criterion as the policy's criteria are named in orders
   */
  record Withdrawal(String criterion) implements Detail {
    @Override
    public void write(ObjectNode said) {
      said.put("criterion", criterion);
    }
  }

  /**
   * @param version how many policies of this name there are with it
   * @param text the policy file as it is
   * @param carried digest of the statement by name of each release that stays valid though an older
   *     version of the policy let it out
   */
  record Adoption(long version, String text, SortedMap<String, String> carried) implements Detail {
    Adoption {
      carried = Collections.unmodifiableSortedMap(new TreeMap<>(carried));
    }

    @Override
    public void write(ObjectNode said) {
      said.put("policy_version", version);
      said.put("policy", text);
      ObjectNode releases = said.putObject("carried");
      carried.forEach(releases::put);
    }

    /**
     * @throws BadInputException where the text is no policy
     */
    Policy policy() {
      return Policy.parse(text.getBytes(StandardCharsets.UTF_8), "the adopted policy");
    }

    Adoption carrying(SortedMap<String, String> others) {
      return new Adoption(version, text, others);
    }
  }

  Order saying(Detail what) {
    return new Order(
        kind, release, reason, sequence, previous, created, boardVersion, boardDigest, what);
  }

  /** The same, said at another time and for another reason, carrying other releases over. */
  Order like(Order other) {
    return new Order(
        kind,
        release,
        other.reason,
        sequence,
        previous,
        other.created,
        boardVersion,
        boardDigest,
        detail instanceof Adoption mine && other.detail instanceof Adoption theirs
            ? mine.carrying(theirs.carried())
            : detail);
  }

  /**
   * @throws IllegalStateException with another kind: the reader of orders gives this one its policy
   */
  Adoption adoption() {
    if (detail instanceof Adoption adoption) {
      return adoption;
    }
    throw missing();
  }

  /**
   * @throws IllegalStateException with another kind
   */
  Waiver waiver() {
    if (detail instanceof Waiver waiver) {
      return waiver;
    }
    throw missing();
  }

  /**
   * @throws IllegalStateException with another kind
   */
  Withdrawal withdrawal() {
    if (detail instanceof Withdrawal withdrawal) {
      return withdrawal;
    }
    throw missing();
  }

  private IllegalStateException missing() {
    return new IllegalStateException(kind.word() + " has another detail: " + detail);
  }

  /**
   * @throws BadInputException where the reason says nothing, or is no line of text
   */
  static void requireReason(String reason) {
    unfit(reason)
        .ifPresent(
            why -> {
              throw new BadInputException(why);
            });
  }

  /** People read it on their terminals, whoever wrote it. */
  private static Optional<String> unfit(String reason) {
    if (reason.isBlank()) {
      return Optional.of("the board's orders have a reason: say which");
    }
    return reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)
        ? Optional.of("a reason is one line of at most %d characters".formatted(LONGEST_REASON))
        : Optional.empty();
  }

  /** What it is about, for people. */
  String subject() {
    return switch (detail) {
      case Adoption one -> "policy \"%s\" version %d".formatted(one.policy().name(), one.version());
      case Waiver one ->
          "%s for %s until %s (candidate %s)"
              .formatted(one.criterion(), release, one.until(), one.candidate());
      case Withdrawal one -> "the waivers of %s for %s".formatted(one.criterion(), release);
      case null -> release.isEmpty() ? "everything" : release;
    };
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
    if (detail != null) {
      detail.write(said);
    }
    TreeMap<String, String> subject = new TreeMap<>();
    subject.put(Board.FILE, boardDigest.substring(SHA256.length()));
    return InToto.json(subject, PREDICATE, said);
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
                    "board_version",
                    "policy_version",
                    "policy",
                    "carried",
                    "candidate",
                    "policy_digest",
                    "criterion",
                    "until"));
    String release = said.text("release");
    Kind kind = kind(said);
    Order order =
        new Order(
            kind,
            release.equals("*") ? "" : release,
            said.text("reason"),
            said.whole("sequence", 1),
            said.digest("previous"),
            said.time("created"),
            said.whole("board_version", 1),
            SHA256 + read.subject().getOrDefault(Board.FILE, ""),
            detail(kind, said));
    if (problems.isEmpty()) {
      unfit(order.reason()).ifPresent(problems::add);
    }
    if (problems.isEmpty() && !Arrays.equals(order.json(), payload)) {
      problems.add("its bytes are not written as an order is");
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no order of a board: %s".formatted(where, String.join("; ", problems)));
    }
    return order;
  }

  private static @Nullable Detail detail(Kind kind, Fields said) {
    return switch (kind) {
      case STOP, RESUME, REVOKE -> null;
      case ADOPT ->
          new Adoption(
              said.whole("policy_version", 1), said.text("policy"), said.digests("carried"));
      case WAIVE -> Waiver.read(said);
      case WITHDRAW -> new Withdrawal(said.text("criterion"));
    };
  }

  private static Kind kind(Fields said) {
    String word = said.text("order");
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    said.problem("order must be stop, resume, revoke, adopt, waive or withdraw");
    return Kind.STOP;
  }
}
