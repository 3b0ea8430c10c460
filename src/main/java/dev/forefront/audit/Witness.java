package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileClaim;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Watches logs for others: it keeps the newest checkpoint of each log that it knows, and cosigns a
 * newer one where that is proved to continue it. So a log that was cut off, or shows two histories,
 * finds no cosignature any more (C2SP tlog-witness).
 *
 * <p>Safe to use from any thread; one process has a state folder.
 */
public final class Witness implements AutoCloseable {
  private final Path state;
  private final NoteKey key;
  private final SigningKey signing;
  private final List<NoteKey> logs;
  private final Clock clock;
  private final FileClaim lock;

  private Witness(
      Path state,
      NoteKey key,
      SigningKey signing,
      List<NoteKey> logs,
      Clock clock,
      FileClaim lock) {
    this.state = state;
    this.key = key;
    this.signing = signing;
    this.logs = List.copyOf(logs);
    this.clock = clock;
    this.lock = lock;
  }

  /**
   * @param status as in HTTP
   * @param body with its line's end
   */
  record Answer(int status, String body) {}

  /**
   * Opens a witness's folder, or begins one with a new key.
   *
   * @param name under which it signs; must be the one that the folder was begun with
   * @param added logs that it watches from now on, beside those that it was given before
   * @throws BadInputException where the folder is another witness's, or another process has it
   */
  public static Witness open(Path state, String name, List<NoteKey> added) {
    return open(state, name, added, Clock.systemUTC());
  }

  static Witness open(Path state, String name, List<NoteKey> added, Clock clock) {
    FileClaim lock =
        FileClaim.take(state.resolve("lock"), "another process is the witness in " + state);
    try {
      NoteKey key = key(state, name);
      SigningKey signing = SigningKey.read(state.resolve("witness-key.pem"));
      return new Witness(state, key, signing, logs(state, added), clock, lock);
    } catch (IOException e) {
      lock.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static NoteKey key(Path state, String name) throws IOException {
    Path published = state.resolve("witness.vkey");
    if (!Files.exists(published)) {
      // A key that was never published has signed nothing.
      Files.deleteIfExists(state.resolve("witness-key.pem"));
      SigningKey.Pair pair = SigningKey.generate();
      NoteKey key = new NoteKey(name, NoteKey.Use.WITNESS, pair.verifying());
      pair.signing().write(state.resolve("witness-key.pem"), "Forefront witness: keep it secret");
      AtomicFile.write(published, key.vkey() + "\n");
    }
    NoteKey key = NoteKey.parse(Files.readString(published).strip());
    if (!key.name().equals(name)) {
      throw new BadInputException(
          "%s is the folder of the witness %s, not of %s".formatted(state, key.name(), name));
    }
    return key;
  }

  private static List<NoteKey> logs(Path state, List<NoteKey> added) throws IOException {
    Path file = state.resolve("logs");
    List<NoteKey> logs = new ArrayList<>();
    if (Files.exists(file)) {
      logs.addAll(WitnessPolicy.parse(Files.readString(file) + "\nquorum none\n").logs());
    }
    for (NoteKey log : added) {
      if (log.use() != NoteKey.Use.LOG) {
        throw new BadInputException(log.name() + " is the key of a witness, not of a log");
      }
      if (!logs.contains(log)) {
        logs.add(log);
      }
    }
    StringBuilder lines = new StringBuilder();
    logs.forEach(log -> lines.append("log ").append(log.vkey()).append('\n'));
    AtomicFile.write(file, lines.toString());
    return logs;
  }

  /** Give it to those who verify logs. */
  public NoteKey key() {
    return key;
  }

  /** The logs that it watches. */
  public List<NoteKey> logs() {
    return logs;
  }

  /** Answers a request to cosign; one at a time, so that what was cosigned only grows. */
  synchronized Answer add(byte[] body) {
    WitnessRequest request;
    try {
      request = WitnessRequest.parse(Strict.text(body));
    } catch (BadInputException e) {
      return new Answer(400, e.getMessage() + "\n");
    }
    Checkpoint checkpoint = request.checkpoint();
    List<NoteKey> its =
        logs.stream().filter(log -> log.name().equals(checkpoint.origin())).toList();
    if (its.isEmpty()) {
      return new Answer(404, "this witness does not watch that log\n");
    }
    SignedNote signed = checkpoint.signed();
    Optional<NoteKey> by = its.stream().filter(signed::isSignedBy).findFirst();
    if (by.isEmpty()) {
      return new Answer(403, "no key of that log signed this checkpoint\n");
    }
    if (request.old() > checkpoint.size()) {
      return new Answer(400, "the old size is larger than the checkpoint's\n");
    }
    try {
      return judge(request, by.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer judge(WitnessRequest request, NoteKey log) throws IOException {
    Checkpoint checkpoint = request.checkpoint();
    Optional<Checkpoint> last = last(checkpoint.origin());
    long seen = last.map(Checkpoint::size).orElse(0L);
    if (request.old() != seen) {
      return new Answer(409, seen + "\n");
    }
    byte[] old = last.map(Checkpoint::rootBytes).orElseGet(() -> Sha256.digest().digest());
    boolean continued =
        MerkleProof.isConsistent(
            seen, checkpoint.size(), request.proof(), old, checkpoint.rootBytes());
    boolean empty = checkpoint.size() == 0;
    if (!continued || (empty && !checkpoint.root().equals(Sha256.hex(new byte[0])))) {
      return new Answer(422, "this checkpoint is not proved to continue the last one\n");
    }
    SignedNote.Signature cosignature =
        Cosignature.sign(checkpoint.signed().text(), key, signing, clock.instant());
    List<SignedNote.Signature> kept =
        new ArrayList<>(
            checkpoint.signed().signatures().stream()
                .filter(one -> one.name().equals(log.name()) && one.id() == log.id())
                .toList());
    kept.add(cosignature);
    AtomicFile.write(
        file(checkpoint.origin()), new SignedNote(checkpoint.signed().text(), kept).note());
    return new Answer(200, cosignature.line());
  }

  private Optional<Checkpoint> last(String origin) throws IOException {
    Path file = file(origin);
    return Files.exists(file)
        ? Optional.of(Checkpoint.parse(Files.readString(file)))
        : Optional.empty();
  }

  private Path file(String origin) {
    return state.resolve(WitnessClient.originHash(origin) + ".checkpoint");
  }

  /** The newest checkpoint of a log, named by the hash of its origin. */
  Optional<String> newest(String originHash) {
    Path file = state.resolve(originHash + ".checkpoint");
    try {
      return originHash.matches("[0-9a-f]{64}") && Files.exists(file)
          ? Optional.of(Files.readString(file))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
