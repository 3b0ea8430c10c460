package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of releases with the board that may sign them: {@code board.json}, one folder per
 * release, and {@code revoked/}. The road of a release is {@link #propose}, {@link #sign} by enough
 * members, {@link #open}; each step checks everything again.
 */
public final class Registry {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private static final String STAGING = ".staging";

  private final Path folder;
  private final Board board;
  private final Clock clock;
  private final Revocations revocations;

  private Registry(Path folder, Board board, Clock clock) {
    this.folder = folder;
    this.board = board;
    this.clock = clock;
    revocations = new Revocations(folder.resolve(Revocations.FOLDER));
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
    if (!Arrays.equals(registry.board.bytes(), board.bytes())) {
      throw new BadInputException(
          "%s belongs to the board \"%s\"; begin another registry for another board"
              .formatted(folder, registry.board.name()));
    }
    return registry;
  }

  public Board board() {
    return board;
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
    return locked(() -> proposeLocked(name, draft));
  }

  private Proposal proposeLocked(String name, Draft draft) {
    requireFree(name);
    Path staging = folder.resolve(STAGING).resolve(name);
    try {
      Staging.delete(staging);
      Staging.copy(draft, staging);
      Candidate candidate = Candidate.read(staging, board);
      Policy policy = candidate.policy();
      if (policy == null) {
        // Says all that is wrong with the file, by its own name.
        policy = Policy.read(draft.policy());
      }
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      List<String> reasons = Gate.evidence(candidate, candidate.reports(), policy, now);
      if (!reasons.isEmpty()) {
        return new Refused(reasons);
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
      Staging.delete(folder.resolve(name));
      Files.move(staging, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(folder);
      return new Proposed(name, folder.resolve(name), candidate.modelDigest(), board.threshold());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Staging.delete(staging);
    }
  }

  private void requireFree(String name) {
    revocations
        .reason(name)
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
  public Signatures sign(String name, Path keyFile) {
    requireName(name);
    SigningKey key = SigningKey.read(keyFile);
    return locked(() -> signLocked(name, keyFile, key));
  }

  /** Who has signed. */
  public record Signatures(List<String> signers, int needed) {
    public boolean isEnough() {
      return signers.size() >= needed;
    }
  }

  private Signatures signLocked(String name, Path keyFile, SigningKey key) {
    requireReadyToSign(name);
    Envelope envelope = envelope(name);
    byte[] signature = key.sign(envelope.preAuthenticationEncoding());
    Board.Member member =
        board.members().stream()
            .filter(one -> one.key().verifies(envelope.preAuthenticationEncoding(), signature))
            .findFirst()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "%s is the key of no member of the board \"%s\""
                            .formatted(keyFile, board.name())));
    if (Quorum.of(envelope, board).signers().contains(member.name())) {
      throw new BadInputException(
          "%s has signed \"%s\" already; one key counts once".formatted(member.name(), name));
    }
    Envelope signed = envelope.plus(new Envelope.Signature(member.key().id(), signature));
    replaceStatement(name, signed);
    return new Signatures(Quorum.of(signed, board).signers(), board.threshold());
  }

  /** By way of another folder: a file half written in this one would make the release refused. */
  private void replaceStatement(String name, Envelope signed) {
    Path written = folder.resolve(STAGING).resolve(name + "." + ReleaseFiles.STATEMENT);
    AtomicFile.write(written, signed.json());
    try {
      Files.move(
          written,
          folder(name).resolve(ReleaseFiles.STATEMENT),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      AtomicFile.syncFolder(folder(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireReadyToSign(String name) {
    List<String> reasons = new ArrayList<>();
    Candidate candidate = Candidate.read(folder(name), board);
    Policy policy = candidate.policy();
    if (policy == null) {
      reasons.addAll(candidate.problems());
    } else {
      Instant now = clock.instant();
      reasons.addAll(Gate.evidence(candidate, candidate.reports(), policy, now));
      Statement statement = Statement.parse(envelope(name).payload());
      reasons.addAll(Gate.integrity(candidate, candidate.reports(), policy, statement, now));
    }
    if (!reasons.isEmpty()) {
      throw new RefusedException("signing " + name, reasons);
    }
  }

  /**
   * Verifies everything about a release again: digests, evidence, quorum, revocation.
   *
   * @throws BadInputException where there is no release of this name
   */
  public Decision open(String name) {
    if (!contains(name)) {
      throw new BadInputException("%s has no release \"%s\"".formatted(folder, name));
    }
    return Gate.decide(Candidate.read(folder(name), board), clock.instant());
  }

  /** Calls a release back, for good: its name is not used again. */
  public void revoke(String name, String reason) {
    if (!contains(name)) {
      throw new BadInputException("%s has no release \"%s\"".formatted(folder, name));
    }
    if (reason.isBlank()) {
      throw new BadInputException("a release is called back for a reason: say which");
    }
    revocations.add(name, reason, clock.instant().truncatedTo(ChronoUnit.SECONDS));
  }

  /** All releases and proposals, by name. */
  public List<Listing> list() {
    List<String> names;
    try (Stream<Path> all = Files.list(folder)) {
      names =
          all.filter(Files::isDirectory)
              .map(path -> path.getFileName().toString())
              .filter(name -> NAME.matcher(name).matches() && !name.equals(Revocations.FOLDER))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names.stream().map(this::listing).toList();
  }

  private Listing listing(String name) {
    Listing.State revoked =
        revocations.reason(name).isPresent() ? Listing.State.REVOKED : Listing.State.DAMAGED;
    try {
      Envelope envelope = envelope(name);
      Statement statement = Statement.parse(envelope.payload());
      Quorum quorum = Quorum.of(envelope, board);
      Listing.State state =
          quorum.reasons().isEmpty() ? Listing.State.SIGNED : Listing.State.UNSIGNED;
      return new Listing(
          name,
          revoked == Listing.State.REVOKED ? revoked : state,
          statement.created().toString(),
          statement.policyName(),
          statement.modelDigest(),
          quorum.signers(),
          board.threshold(),
          statement.demoBoard());
    } catch (BadInputException e) {
      return new Listing(name, revoked, "", "", "", List.of(), board.threshold(), board.isDemo());
    }
  }

  private Envelope envelope(String name) {
    Path file = folder(name).resolve(ReleaseFiles.STATEMENT);
    return Envelope.parse(SmallFile.read(file), file.toString());
  }

  private static String requireName(String name) {
    if (!NAME.matcher(name).matches()
        || name.equals(Revocations.FOLDER)
        || name.equals(Board.FILE)) {
      throw new BadInputException(
          "\"%s\" is no name for a release: use up to 64 lower-case letters, digits, dots, hyphens and underscores"
              .formatted(name));
    }
    return name;
  }

  /** One writer at a time: two members who sign at once both keep their signature. */
  private <T> T locked(Supplier<T> work) {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IOException("the registry's lock is gone");
      }
      return work.get();
    } catch (OverlappingFileLockException e) {
      throw new BadInputException(folder + " is being written to: try again", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
