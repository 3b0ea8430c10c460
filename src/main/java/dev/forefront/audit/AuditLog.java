package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileClaim;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The record of what a server did: a folder with one line of JSON per entry, each naming the hash
 * of the line before it, and signed checkpoints over the Merkle root of all entries so far.
 *
 * <p>One process has the log open; any thread may append. An append returns when its entry is
 * durable, together with what other threads appended meanwhile (group commit). When an entry cannot
 * be written, that append and all later ones throw: the caller must then not do what it wanted to
 * record.
 */
public final class AuditLog implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_.-]{0,63}");
  private static final int MOST_TEXTS = 8;

  /** Left for number, time, kind, hashes and commitments. */
  private static final int LINE_OVERHEAD = 1536;

  private final Committer committer;
  private final CommitThread thread;
  private final Witnesses witnesses;
  private final FileClaim lock;
  private final VerifyingKey publicKey;

  private AuditLog(
      Committer committer,
      CommitThread thread,
      Witnesses witnesses,
      FileClaim lock,
      VerifyingKey publicKey) {
    this.committer = committer;
    this.thread = thread;
    this.witnesses = witnesses;
    this.lock = lock;
    this.publicKey = publicKey;
  }

  /** Likewise, with witnesses: those of the policy that have a URL are asked to cosign. */
  public static AuditLog open(Path folder, WitnessPolicy witnesses) {
    return open(
        folder,
        witnesses,
        WitnessThread.Pace.STANDARD,
        Clock.systemUTC(),
        UnaryOperator.identity());
  }

  /**
   * Opens the log in a folder, or starts one there with a new key. Lines that the newest checkpoint
   * covers are taken by their roots where those are remembered, all others are read and checked; a
   * last line that a killed process left cut off is set aside in a file and that is recorded.
   *
   * @throws BadInputException where the log is broken, its key is missing, or another process has
   *     it open
   */
  public static AuditLog open(Path folder) {
    return open(folder, WitnessPolicy.NONE);
  }

  static AuditLog open(Path folder, Clock clock) {
    return open(folder, clock, UnaryOperator.identity());
  }

  /**
   * @param disk what stands between the log and its file
   */
  static AuditLog open(Path folder, Clock clock, UnaryOperator<Committer.Sink> disk) {
    return open(folder, WitnessPolicy.NONE, WitnessThread.Pace.STANDARD, clock, disk);
  }

  static AuditLog open(
      Path folder,
      WitnessPolicy policy,
      WitnessThread.Pace pace,
      Clock clock,
      UnaryOperator<Committer.Sink> disk) {
    LogFolder files = new LogFolder(folder);
    FileClaim lock =
        FileClaim.take(
            files.lock(),
            "the audit log %s is open already: one server writes one log".formatted(folder));
    try {
      return open(files, policy, pace, clock, disk, lock);
    } catch (IOException e) {
      lock.close();
      throw new UncheckedIOException(
          new IOException("the audit log %s: %s".formatted(folder, e.getMessage()), e));
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static AuditLog open(
      LogFolder files,
      WitnessPolicy policy,
      WitnessThread.Pace pace,
      Clock clock,
      UnaryOperator<Committer.Sink> disk,
      FileClaim lock)
      throws IOException {
    boolean begin = !files.exists() || Files.size(files.log()) == 0;
    Chain chain;
    SigningKey key;
    List<Committer.Draft> first = new ArrayList<>();
    if (begin) {
      chain = new Chain(Chain.Signatures.LAST);
      key = begin(files, chain, first);
    } else {
      Recovery recovery = Recovery.of(files);
      chain = recovery.chain();
      key = key(files, chain);
      if (recovery.tornBytes() > 0) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("bytes_set_aside", recovery.tornBytes());
        fields.put("sha256", recovery.tornHash());
        first.add(new Committer.Draft(Chain.RECOVERED, JSON.valueToTree(fields)));
      }
    }
    Committer committer =
        new Committer(chain, key, disk.apply(new FileSink(files.log())), files, clock);
    if (!first.isEmpty()) {
      committer.commit(first);
    }
    committer.eraser().finish();
    if (committer.uncovered() > 0 || !Files.exists(files.checkpoint())) {
      committer.checkpoint();
    }
    CommitThread thread = CommitThread.of(committer);
    Witnesses witnesses = Witnesses.start(files, policy, chain, pace, thread::append);
    committer.onCheckpoint(witnesses::offer);
    thread.go();
    return new AuditLog(committer, thread, witnesses, lock, chain.publicKey());
  }

  private static SigningKey begin(LogFolder files, Chain chain, List<Committer.Draft> first)
      throws IOException {
    // A key without a log is left from a start that was cut off: nothing was signed with it.
    Files.deleteIfExists(files.key());
    SigningKey.Pair pair = SigningKey.generate();
    pair.signing().write(files.key(), "Forefront audit log: signs checkpoints; keep it secret");
    chain.key(pair.verifying());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", Chain.FORMAT);
    fields.put("origin", Checkpoint.origin(pair.verifying()));
    fields.put("public_key", pair.verifying().base64());
    first.add(new Committer.Draft(Chain.LOG, JSON.valueToTree(fields)));
    return pair.signing();
  }

  private static SigningKey key(LogFolder files, Chain chain) {
    SigningKey key = SigningKey.read(files.key());
    byte[] probe = "forefront-audit key check".getBytes(StandardCharsets.US_ASCII);
    if (!chain.publicKey().verifies(probe, key.sign(probe))) {
      throw new BadInputException(
          files.key() + " is another key than the one that the log's first entry names");
    }
    return key;
  }

  /**
   * Records what happened and returns when it is durable. Waits while the queue is full.
   *
   * @param kind what happened, such as {@code reply}
   * @param fields what JSON can hold: text, numbers, booleans, lists, maps; in their order
   * @return the entry with its number and hash
   * @throws AuditException where it is not recorded; then nothing later is either
   */
  public Entry append(String kind, Map<String, ?> fields) {
    return append(kind, fields, PersonalText.NONE);
  }

  /**
   * Likewise, and keeps texts beside the log, to which the entry holds a salted commitment alone,
   * in the field {@code private}; see {@link #erase}.
   */
  public Entry append(String kind, Map<String, ?> fields, PersonalText text) {
    if (!KIND.matcher(kind).matches() || Chain.OWN.contains(kind)) {
      throw new IllegalArgumentException(
          "\"%s\" is no kind for an entry: it must match %s and be none of %s"
              .formatted(kind, KIND, Chain.OWN));
    }
    if (fields.containsKey(Committer.PRIVATE) || text.texts().size() > MOST_TEXTS) {
      throw new IllegalArgumentException(
          "the field \"private\" is the log's own, for at most %d texts".formatted(MOST_TEXTS));
    }
    JsonNode node = JSON.valueToTree(fields);
    if (JSON.writeValueAsBytes(node).length > Line.LONGEST_WRITTEN - LINE_OVERHEAD) {
      throw new IllegalArgumentException("the fields of an audit entry have at most 62 KB");
    }
    return thread.append(new Committer.Draft(kind, node, text));
  }

  /**
   * Erases personal texts with their salts, and records that, so that the log still verifies.
   *
   * @return how many entries had such texts
   * @throws AuditException where it failed; then nothing is recorded any more, and what was begun
   *     is finished when the log is opened again
   */
  public int erase(Erasure erasure) {
    return thread.exclusively(() -> committer.eraser().erase(erasure));
  }

  /** Whether appends still succeed; once false it stays false. */
  public boolean isHealthy() {
    return thread.isHealthy();
  }

  /** The newest entries that this process wrote, oldest first; at most 256. */
  public List<Entry> recent(int most) {
    return committer.recent(most);
  }

  /** How often this process has waited for the disk. */
  public long syncs() {
    return committer.syncs();
  }

  /** How it stands with each witness that is asked to cosign. */
  public List<WitnessStatus> witnesses() {
    return witnesses.status();
  }

  /** The key whose private half signs the checkpoints: give it to auditors. */
  public VerifyingKey publicKey() {
    return publicKey;
  }

  /** The same key as a verifier key: give it to witnesses. */
  public NoteKey verifierKey() {
    return NoteKey.ofLog(publicKey);
  }

  /** Reads all of the log and names the first entry that is not as it was written. */
  public static Verification verify(Path folder) {
    return verify(folder, Pins.NONE);
  }

  public static Verification verify(Path folder, Pins pins) {
    return read(folder, pins, entry -> {});
  }

  /** Like {@link #verify}, and hands over each good entry. */
  public static Verification read(Path folder, Pins pins, Consumer<Entry> reader) {
    return new Reading(new LogFolder(folder), pins, reader).verify();
  }

  /**
   * Proves that an entry is in the history that a checkpoint signs: the newest that a witness
   * cosigned where there is one that covers it, else the newest.
   *
   * @throws BadInputException where the log is broken, or no checkpoint covers the entry yet
   */
  public static Proof prove(Path folder, long number) {
    return Proof.of(new LogFolder(folder), number);
  }

  /**
   * Proves that the log as one checkpoint signs it continues the log as an earlier one does.
   *
   * @param from entries under the earlier checkpoint
   * @param to entries under the later; 0 takes the newest
   * @throws BadInputException where the log is broken, or there is no such checkpoint in it
   */
  public static ContinuityProof prove(Path folder, long from, long to) {
    return ContinuityProof.of(new LogFolder(folder), from, to);
  }

  /**
   * Writes what the newest checkpoint covers as static files that other tools verify (C2SP
   * tlog-tiles): the checkpoint, tiles of hashes, bundles of entries. Files that are there already
   * are kept.
   *
   * @return entries written
   * @throws BadInputException where the log is broken, or has an entry too long for a bundle
   */
  public static long exportTiles(Path folder, Path target) {
    return TileExport.of(new LogFolder(folder), target).write();
  }

  /** Signs a last checkpoint over what was appended, and lets the log go. */
  @Override
  public void close() {
    thread.close();
    witnesses.close();
    lock.close();
  }
}
