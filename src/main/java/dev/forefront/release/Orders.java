package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Stop, resume, revoke, adopt, waive: what a board says about the releases of its registry. One
 * member stops and calls back; to resume, to adopt a policy, or to waive takes a quorum. Each order
 * is a signed statement that names the one before it; a process that serves looks at them all the
 * time.
 */
public final class Orders {
  private static final String ALL = "";
  private static final String JSON = ".dsse.json";

  private final BoardRoom room;

  Orders(BoardRoom room) {
    this.room = room;
  }

  /**
   * Stops everything that this registry let out.
   *
   * @throws BadInputException where the key is no member's
   * @throws RefusedException where the orders that are there are broken; then nothing is served
   */
  public void stop(String reason, SigningKey key) {
    order(Order.Kind.STOP, ALL, reason, key);
  }

  /** Stops one release. */
  public void stop(String release, String reason, SigningKey key) {
    order(Order.Kind.STOP, release, reason, key);
  }

  /** Calls a release back, for good. */
  public void revoke(String release, String reason, SigningKey key) {
    order(Order.Kind.REVOKE, release, reason, key);
  }

  /**
   * Adds one member's signature to the resumption of everything. Release by release, stops stay.
   * With the last signature that the quorum needs, it holds. A stop that comes while signatures are
   * gathered makes them void: nobody has agreed to lift that one.
   *
   * @param reason of the resumption; the first who signs decides it
   * @throws BadInputException where nothing is stopped, another reason was signed, or the key is no
   *     member's or has signed
   */
  public Signatures resume(String reason, SigningKey key) {
    return resumeScope(ALL, reason, key);
  }

  /** The same for the stop of one release. */
  public Signatures resume(String release, String reason, SigningKey key) {
    return resumeScope(release, reason, key);
  }

  /** Whether a release may be served as far as the board's orders go. */
  public Standing standing(String release) {
    return room.ledger().orders().against(release).stream()
        .findFirst()
        .<Standing>map(stopped -> stopped)
        .orElseGet(Standing.Serving::new);
  }

  /**
   * Ends all waivers of a criterion for a release. One member may.
   *
   * @throws BadInputException where there is none
   */
  public void withdraw(String release, String criterion, String reason, SigningKey key) {
    Registry.requireName(release);
    order(
        ledger -> {
          List<String> open = ledger.orders().waivers().open(release);
          List<String> meant =
              open.stream().filter(one -> Criterion.isNamed(one, criterion)).toList();
          if (meant.size() != 1) {
            throw new BadInputException(
                "%d waivers of \"%s\" are called \"%s\"; it has: %s"
                    .formatted(
                        meant.size(),
                        release,
                        criterion,
                        open.isEmpty() ? "none" : String.join(", ", open)));
          }
          return next(Order.Kind.WITHDRAW, release, reason, ledger)
              .saying(new Order.Withdrawal(meant.getFirst()));
        },
        reason,
        key);
  }

  private void order(Order.Kind kind, String release, String reason, SigningKey key) {
    order(ledger -> next(kind, release, reason, ledger), reason, key);
  }

  private void order(Function<Ledger, Order> next, String reason, SigningKey key) {
    Order.requireReason(reason);
    room.alone(
        () -> {
          Ledger ledger = sound();
          Order order = next.apply(ledger);
          Envelope signed =
              Signing.add(
                  Envelope.unsigned(order.json()), key, ledger.boards().current().members());
          append(order, signed);
          return order;
        });
  }

  private Signatures resumeScope(String release, String reason, SigningKey key) {
    Order.requireReason(reason);
    return room.alone(
        () -> {
          Ledger ledger = sound();
          if (!ledger.orders().isStopped(release)) {
            throw new BadInputException(
                (release.isEmpty() ? "the registry as a whole" : "\"" + release + "\"")
                    + " is not stopped");
          }
          Order fresh = next(Order.Kind.RESUME, release, reason, ledger);
          return gather(fresh, file(release), Purpose.RELEASE, ledger, key);
        });
  }

  /**
   * Adds one member's signature to the adoption of a policy; each member gives the file that they
   * have read. It holds with the last signature of the release quorum, or of the larger quorum
   * where the policy asks for less than every one in force. Releases that are valid now stay valid
   * if an older version of the policy let them out.
   *
   * @throws BadInputException where the file is no policy, is in force already, others signed for
   *     another reason, or the key is no member's or has signed
   */
  public Signatures adopt(Path policyFile, String reason, SigningKey key) {
    Order.requireReason(reason);
    byte[] bytes = SmallFile.read(policyFile);
    Policy policy = Policy.parse(bytes, policyFile.toString());
    return room.alone(
        () -> {
          Ledger ledger = sound();
          Adoptions adopted = ledger.orders().adopted();
          if (adopted.isInForce(policy)) {
            throw new BadInputException(policyFile + " is in force already");
          }
          Order.Adoption adoption =
              new Order.Adoption(
                  adopted.nextVersion(policy.name()),
                  new String(bytes, StandardCharsets.UTF_8),
                  room.valid(ledger));
          Order fresh = next(Order.Kind.ADOPT, ALL, reason, ledger).saying(adoption);
          String file = "policy-" + policy.digest().substring("sha256:".length()) + JSON;
          return gather(fresh, file, adopted.purpose(fresh), ledger, key);
        });
  }

  /**
   * Adds one member's signature to a waiver; it holds with the last that the larger quorum needs.
   * Everyone gives the same end and the same reason.
   *
   * @throws BadInputException where nobody could waive this, others signed for another reason, or
   *     the key is no member's or has signed
   */
  public Signatures waive(WaiverRequest request, String reason, SigningKey key) {
    Order.requireReason(reason);
    Registry.requireName(request.release());
    return room.alone(
        () -> {
          Ledger ledger = sound();
          Adoptions adopted = ledger.orders().adopted();
          String criterion =
              adopted
                  .ofDigest(request.policyDigest())
                  .map(policy -> policy.criterion(request.criterion()).id())
                  .orElse(request.criterion());
          Waiver waiver =
              new Waiver(request.candidate(), request.policyDigest(), criterion, request.until());
          Order fresh = next(Order.Kind.WAIVE, request.release(), reason, ledger).saying(waiver);
          List<String> problems = Waivers.problems(fresh, adopted);
          if (!problems.isEmpty()) {
            throw new BadInputException(
                "\"%s\" cannot be waived for \"%s\": %s"
                    .formatted(criterion, request.release(), String.join("; ", problems)));
          }
          String file =
              "waive-%s-%s%s"
                  .formatted(
                      request.release(),
                      Sha256.hex(waiver.toString().getBytes(StandardCharsets.UTF_8)),
                      JSON);
          return gather(fresh, file, Purpose.LARGER, ledger, key);
        });
  }

  /** How a policy asks for less than those in force: then its adoption takes the larger quorum. */
  public List<String> weaknesses(Path policyFile) {
    return room.ledger().orders().adopted().weaknesses(Policy.read(policyFile));
  }

  /** Whether releases may be proposed under exactly this policy file. */
  public boolean isInForce(Path policyFile) {
    return room.ledger().orders().adopted().isInForce(Policy.read(policyFile));
  }

  /** All orders of the chain as far as it is whole, oldest first, a line for each. */
  public List<String> lines() {
    return room.ledger().orders().lines();
  }

  private Signatures gather(
      Order fresh, String file, Purpose purpose, Ledger ledger, SigningKey key) {
    Board board = ledger.boards().current();
    Envelope signed = Signing.add(begun(fresh, file, ledger), key, board.members());
    Quorum quorum = Quorum.of(signed, board, purpose, Set.of(), Verifier.PLAIN);
    if (quorum.reasons().isEmpty()) {
      append(Order.parse(signed.payload(), file), signed);
      room.written().drop(Written.PENDING, file);
    } else {
      room.written().write(Written.PENDING, file, signed.json());
    }
    return new Signatures(
        quorum.signers(), board.fewest(purpose), String.join("; ", quorum.reasons()));
  }

  /** What others have begun to sign, if it says the same at the same place; else a new one. */
  private Envelope begun(Order fresh, String file, Ledger ledger) {
    Envelope anew = Envelope.unsigned(fresh.json());
    Optional<Envelope> there = room.written().envelope(Written.PENDING, file);
    if (there.isEmpty()) {
      return anew;
    }
    Order order = Order.parse(there.get().payload(), file);
    boolean fits =
        order.equals(fresh.like(order))
            && carriesOnly(order, fresh)
            && isSound(order, ledger)
            && Signed.of(there.get(), ledger.boards().current().members(), "").reasons().isEmpty();
    if (!fits) {
      return anew;
    }
    if (!order.reason().equals(fresh.reason())) {
      throw new BadInputException(
          "others have signed this for another reason: sign \"%s\", or have %s/%s taken away"
              .formatted(order.reason(), Written.PENDING, file));
    }
    return there.get();
  }

  /** Nothing comes along that is not valid now. */
  private static boolean carriesOnly(Order order, Order fresh) {
    return !(order.detail() instanceof Order.Adoption old)
        || !(fresh.detail() instanceof Order.Adoption now)
        || now.carried().entrySet().containsAll(old.carried().entrySet());
  }

  /** What the chain would not take must not get into it: there it would stop everything. */
  private static boolean isSound(Order order, Ledger ledger) {
    return order.kind() != Order.Kind.WAIVE
        || Waivers.problems(order, ledger.orders().adopted()).isEmpty();
  }

  private static String file(String release) {
    return release.isEmpty() ? "resume" + JSON : "resume-" + release + JSON;
  }

  private Order next(Order.Kind kind, String release, String reason, Ledger ledger) {
    OrderChain chain = ledger.orders();
    Board board = ledger.boards().current();
    return new Order(
        kind,
        release,
        reason,
        chain.digests().size() + 1L,
        chain.head(),
        room.now(),
        board.version(),
        board.digest(),
        null);
  }

  private void append(Order order, Envelope signed) {
    room.written().write(RegistryFiles.ORDERS, OrderChain.file(order.sequence()), signed.json());
  }

  private Ledger sound() {
    Ledger ledger = room.ledger();
    if (!ledger.boards().problems().isEmpty() || !ledger.orders().problems().isEmpty()) {
      List<String> reasons = new ArrayList<>(ledger.boards().problems());
      reasons.addAll(ledger.orders().problems());
      reasons.add("nothing of this registry is served until it is restored");
      throw new RefusedException("an order to a broken registry", reasons);
    }
    return ledger;
  }
}
