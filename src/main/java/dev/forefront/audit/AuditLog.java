package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  private static final Set<String> OWN_KINDS = Set.of(Chain.LOG, Chain.CHECKPOINT, Chain.RECOVERED);

  private final Committer committer;
  private final CommitThread thread;
  private final FileChannel lock;
  private final VerifyingKey publicKey;

  private AuditLog(
      Committer committer, CommitThread thread, FileChannel lock, VerifyingKey publicKey) {
    this.committer = committer;
    this.thread = thread;
    this.lock = lock;
    this.publicKey = publicKey;
  }

  /**
   * Opens the log in a folder, or starts one there with a new key. Every line is checked first; a
   * last line that a killed process left cut off is set aside in a file and that is recorded.
   *
   * @throws BadInputException where the log is broken, its key is missing, or another process has
   *     it open
   */
  public static AuditLog open(Path folder) {
    return open(folder, Clock.systemUTC());
  }

  static AuditLog open(Path folder, Clock clock) {
    return open(folder, clock, UnaryOperator.identity());
  }

  /**
   * @param disk what stands between the log and its file
   */
  static AuditLog open(Path folder, Clock clock, UnaryOperator<Committer.Sink> disk) {
    LogFolder files = new LogFolder(folder);
    FileChannel lock = lock(files);
    try {
      return open(files, clock, disk, lock);
    } catch (IOException e) {
      closeQuietly(lock);
      throw new UncheckedIOException(
          new IOException("the audit log %s: %s".formatted(folder, e.getMessage()), e));
    } catch (RuntimeException e) {
      closeQuietly(lock);
      throw e;
    }
  }

  private static AuditLog open(
      LogFolder files, Clock clock, UnaryOperator<Committer.Sink> disk, FileChannel lock)
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
        new Committer(chain, key, disk.apply(new FileSink(files.log())), files.checkpoint(), clock);
    if (!first.isEmpty()) {
      committer.commit(first);
    }
    if (committer.uncovered() > 0 || !Files.exists(files.checkpoint())) {
      committer.checkpoint();
    }
    return new AuditLog(committer, CommitThread.start(committer), lock, chain.publicKey());
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
    if (!KIND.matcher(kind).matches() || OWN_KINDS.contains(kind)) {
      throw new IllegalArgumentException(
          "\"%s\" is no kind for an entry: it must match %s and be none of %s"
              .formatted(kind, KIND, OWN_KINDS));
    }
    JsonNode node = JSON.valueToTree(fields);
    if (JSON.writeValueAsBytes(node).length > Line.LONGEST - 1024) {
      throw new IllegalArgumentException("the fields of an audit entry have at most 1 MB");
    }
    return thread.append(new Committer.Draft(kind, node));
  }

  /** Whether appends still succeed; once false it stays false. */
  public boolean isHealthy() {
    return thread.isHealthy();
  }

  /** The newest entries that this process wrote, oldest first; at most 256. */
  public List<Entry> recent(int most) {
    return committer.recent(most);
  }

  /** The key whose private half signs the checkpoints: give it to auditors. */
  public VerifyingKey publicKey() {
    return publicKey;
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
    LogFolder files = new LogFolder(folder);
    return new Verifier(files, pins, (entry, line) -> reader.accept(entry)).verify();
  }

  /**
   * Proves that an entry is in the history that the newest checkpoint signs.
   *
   * @throws BadInputException where the log is broken, or no checkpoint covers the entry yet
   */
  public static Proof prove(Path folder, long number) {
    return Proof.of(new LogFolder(folder), number);
  }

  /** Signs a last checkpoint over what was appended, and lets the log go. */
  @Override
  public void close() {
    thread.close();
    closeQuietly(lock);
  }

  private static FileChannel lock(LogFolder files) {
    @Nullable FileChannel channel = null;
    try {
      Files.createDirectories(files.folder());
      channel = FileChannel.open(files.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Said below, as where another process has it.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeQuietly(channel);
    throw new BadInputException(
        "the audit log %s is open already: one server writes one log".formatted(files.folder()));
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log file, appended to and synced. */
  private static final class FileSink implements Committer.Sink {
    private final FileChannel channel;

    FileSink(Path log) throws IOException {
      channel =
          FileChannel.open(
              log, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
