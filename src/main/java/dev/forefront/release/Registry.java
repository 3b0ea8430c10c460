package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of releases with the board that may sign them: {@code board.json}, one folder per
 * release, and {@code revoked/}. The road of a release is {@link #propose}, {@link #sign} by enough
 * members, {@link #open}; each step checks everything again.
 */
public final class Registry {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  /** What lies beside the releases. */
  private static final Set<String> OWN =
      Set.of(
          Board.FILE,
          Revocations.FOLDER,
          RegistryFiles.BOARDS,
          RegistryFiles.ORDERS,
          Written.PENDING);

  private final Path folder;
  private final Board root;
  private final Clock clock;
  private final Revocations revocations;
  private final Written written;
  private final Orders orders;
  private final Boards boards;

  private Registry(Path folder, Board board, Clock clock) {
    this.folder = folder;
    root = board;
    this.clock = clock;
    revocations = new Revocations(folder.resolve(Revocations.FOLDER));
    written = new Written(folder);
    BoardRoom room = new BoardRoom(folder, board, clock, this::valid);
    orders = new Orders(room);
    boards = new Boards(room);
  }

  /**
   * @throws BadInputException where the folder has no sound board.json
   */
  public static Registry at(Path folder) {
    return at(folder, Clock.systemUTC());
  }

  static Registry at(Path folder, Clock clock) {
    Path file = folder.resolve(Board.FILE);
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          "%s is no registry: it has no %s; give --board once to begin one"
              .formatted(folder, Board.FILE));
    }
    return new Registry(folder, Board.read(file), clock);
  }

  /**
   * Begins a registry for a board, or opens the one that is there for the same board.
   *
   * @throws BadInputException where the registry has another board: a board is not changed in
   *     passing
   */
  public static Registry create(Path folder, Board board) {
    Path file = folder.resolve(Board.FILE);
    if (!Files.exists(file)) {
      AtomicFile.write(file, board.bytes());
    }
    Registry registry = at(folder);
    if (!Arrays.equals(registry.root.bytes(), board.bytes())) {
      throw new BadInputException(
          "%s belongs to the board \"%s\"; begin another registry for another board"
              .formatted(folder, registry.root.name()));
    }
    return registry;
  }

  /** The board in force. */
  public Board board() {
    return ledger().boards().current();
  }

  /** What the board orders about releases that are out: stop, resume, revoke. */
  public Orders orders() {
    return orders;
  }

  /** The boards of this registry, one after another. */
  public Boards boards() {
    return boards;
  }

  Ledger ledger() {
    return Ledger.read(folder, root);
  }

  /** Where a release of this name is, or would be. */
  public Path folder(String name) {
    return folder.resolve(requireName(name));
  }

  public boolean contains(String name) {
    return Files.isDirectory(folder(name));
  }

  /**
   * Copies a draft into the registry and writes an unsigned statement about the copy, if the gate
   * finds its evidence sufficient. A proposal that nobody has signed yet is replaced.
   *
   * @throws BadInputException where a file is missing, or the name is taken
   */
  public Proposal propose(Draft draft) {
    String name = requireName(draft.name());
    return Lock.ofReleases(folder).holding(() -> proposeLocked(name, draft));
  }

  private Proposal proposeLocked(String name, Draft draft) {
    requireFree(name);
    Path staging = written.staging().resolve(name);
    try {
      FileTree.delete(staging);
      Staging.copy(draft, staging);
      Ledger ledger = ledger();
      Board board = ledger.boards().current();
      Candidate candidate = Candidate.read(staging, ledger);
      Policy policy = candidate.policy();
      if (policy == null) {
        // Says all that is wrong with the file, by its own name.
        policy = Policy.read(draft.policy());
      }
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      Evidence evidence = Gate.evidence(candidate, candidate.reports(), policy, now);
      List<String> reasons = new ArrayList<>(evidence.reasons());
      reasons.addAll(ledger.boardReasons(now));
      ledger.policyReason(policy).ifPresent(reasons::add);
      if (!reasons.isEmpty()) {
        return new Refused(
            reasons,
            new Waivable(
                candidate.scope(policy).candidate(), policy.digest(), evidence.bearable()));
      }
      Papers.write(staging, name, candidate, policy, now);
      candidate = Candidate.read(staging, board);
      Statement statement =
          new Statement(
              name,
              now,
              candidate.modelDigest(),
              policy.name(),
              policy.digest(),
              board.digest(),
              board.isDemo(),
              candidate.files().hashes());
      AtomicFile.write(
          staging.resolve(ReleaseFiles.STATEMENT), Envelope.unsigned(statement.json()).json());
      FileTree.delete(folder.resolve(name));
      Files.move(staging, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(folder);
      return new Proposed(name, folder.resolve(name), candidate.modelDigest(), board.threshold());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      FileTree.delete(staging);
    }
  }

  private void requireFree(String name) {
    revoked(name, ledger())
        .ifPresent(
            reason -> {
              throw new BadInputException(
                  "\"%s\" names a release that was called back (%s): choose another name"
                      .formatted(name, reason));
            });
    if (contains(name) && !isUnsigned(name)) {
      throw new BadInputException(
          "release \"%s\" exists and is signed: choose another name".formatted(name));
    }
  }

  private Optional<String> revoked(String name, Ledger ledger) {
    return ledger
        .orders()
        .revocation(name)
        .map(Standing.Stopped::reason)
        .or(() -> revocations.reason(name));
  }

  private boolean isUnsigned(String name) {
    try {
      return envelope(name).signatures().isEmpty();
    } catch (BadInputException e) {
      return false;
    }
  }

  /**
   * Adds one member's signature. The gate looks again first: a member signs nothing that the gate
   * would refuse for another reason than missing signatures.
   *
   * @return who has signed so far
   * @throws RefusedException where evidence or files are not in order
   * @throws BadInputException where the key is no member's, or has signed already
   */
  public Signatures sign(String name, SigningKey key) {
    requireName(name);
    return Lock.ofReleases(folder).holding(() -> signLocked(name, key));
  }

  /** The same with a key file that no passphrase guards. */
  public Signatures sign(String name, Path keyFile) {
    return sign(name, SigningKey.read(keyFile));
  }

  private Signatures signLocked(String name, SigningKey key) {
    Board board = requireReadyToSign(name);
    Envelope signed = Signing.add(envelope(name), key, board.members());
    written.write(name, ReleaseFiles.STATEMENT, signed.json());
    Quorum quorum = Quorum.of(signed, board);
    return new Signatures(quorum.signers(), board.threshold(), String.join("; ", quorum.reasons()));
  }

  private Board requireReadyToSign(String name) {
    Ledger ledger = ledger();
    Board board = ledger.boards().current();
    List<String> reasons = new ArrayList<>(ledger.boardReasons(clock.instant()));
    Candidate candidate = Candidate.read(folder(name), ledger);
    Policy policy = candidate.policy();
    if (policy == null) {
      reasons.addAll(candidate.problems());
    } else {
      Instant now = clock.instant();
      reasons.addAll(Gate.evidence(candidate, candidate.reports(), policy, now).reasons());
      Statement statement = Statement.parse(envelope(name).payload());
      reasons.addAll(Gate.integrity(candidate, candidate.reports(), policy, statement, now));
      ledger.policyReason(policy).ifPresent(reasons::add);
      if (!statement.boardDigest().equals(board.digest())) {
        reasons.add("the board has changed since it was proposed: propose it anew");
      }
    }
    if (!reasons.isEmpty()) {
      throw new RefusedException("signing " + name, reasons);
    }
    return board;
  }

  /**
   * Verifies everything about a release again: digests, evidence, quorum, revocation.
   *
   * @throws BadInputException where there is no release of this name
   */
  public Decision open(String name) {
    requireContained(name);
    return Gate.decide(Candidate.read(folder(name), ledger()), clock);
  }

  /** Calls a release back, for good: its name is not used again. One member may. */
  public void revoke(String name, String reason, SigningKey key) {
    requireContained(name);
    orders.revoke(name, reason, key);
  }

  /** Stops one release until the quorum resumes it. One member may. */
  public void stop(String name, String reason, SigningKey key) {
    requireContained(name);
    orders.stop(name, reason, key);
  }

  /**
   * What a waiver for a release that is in this registry must name.
   *
   * @throws BadInputException where there is no release of this name, or it cannot be read
   */
  public WaiverRequest waiverFor(String name, String criterion, Instant until) {
    requireContained(name);
    Waivers.Scope scope = Waivers.Scope.of(Statement.parse(envelope(name).payload()));
    return new WaiverRequest(name, scope.candidate(), scope.policyDigest(), criterion, until);
  }

  private void requireContained(String name) {
    if (!contains(name)) {
      throw new BadInputException("%s has no release \"%s\"".formatted(folder, name));
    }
  }

  /** All releases and proposals, by name. */
  public List<Listing> list() {
    Ledger ledger = ledger();
    return names().stream().map(name -> listing(name, ledger)).toList();
  }

  private List<String> names() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches() && !OWN.contains(name))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Digests of the statements that enough members signed and that nothing has closed since. */
  private SortedMap<String, String> valid(Ledger ledger) {
    SortedMap<String, String> valid = new TreeMap<>();
    for (String name : names()) {
      try {
        Envelope envelope = envelope(name);
        Statement statement = Statement.parse(envelope.payload());
        if (statement.name().equals(name)
            && ledger.consent(envelope, statement).reasons().isEmpty()
            && revoked(name, ledger).isEmpty()) {
          valid.put(name, Order.digest(envelope.payload()));
        }
      } catch (BadInputException e) {
        // What cannot be read is not valid, and stays behind.
      }
    }
    return valid;
  }

  private Listing listing(String name, Ledger ledger) {
    boolean revoked = revoked(name, ledger).isPresent();
    Board board = ledger.boards().current();
    try {
      Envelope envelope = envelope(name);
      Statement statement = Statement.parse(envelope.payload());
      Quorum quorum = ledger.consent(envelope, statement);
      return new Listing(
          name,
          revoked
              ? Listing.State.REVOKED
              : !quorum.reasons().isEmpty()
                  ? Listing.State.UNSIGNED
                  : ledger.orders().against(name).isEmpty()
                      ? Listing.State.SIGNED
                      : Listing.State.STOPPED,
          statement.created().toString(),
          statement.policyName(),
          statement.modelDigest(),
          quorum.signers(),
          ledger.boardOf(statement).threshold(),
          statement.demoBoard(),
          ledger.orders().waivers().of(Waivers.Scope.of(statement), clock.instant()));
    } catch (BadInputException e) {
      return new Listing(
          name,
          revoked ? Listing.State.REVOKED : Listing.State.DAMAGED,
          "",
          "",
          "",
          List.of(),
          board.threshold(),
          board.isDemo(),
          List.of());
    }
  }

  private Envelope envelope(String name) {
    Path file = folder(name).resolve(ReleaseFiles.STATEMENT);
    return Envelope.parse(SmallFile.read(file), file.toString());
  }

  /**
   * @throws BadInputException where no release can be called this
   */
  static String requireName(String name) {
    if (!NAME.matcher(name).matches() || OWN.contains(name)) {
      throw new BadInputException(
          "\"%s\" is no name for a release: use up to 64 lower-case letters, digits, dots, hyphens and underscores"
              .formatted(name));
    }
    return name;
  }
}
