package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Turns entries into durable lines, many at a time; used by the log's thread alone. */
final class Committer {
  /** Entries that a batch may have. */
  static final int MOST = 256;

  /** Entries that may wait for a checkpoint, which costs a signature and three syncs. */
  static final int CHECKPOINT_AFTER = 1024;

  /** Those of one batch more, and what is recorded when a log that was cut off there goes on. */
  static final long MOST_UNCOVERED = CHECKPOINT_AFTER + 2L * MOST;

  /** The field with the commitments to texts that lie beside the log. */
  static final String PRIVATE = "private";

  private static final int REMEMBERED = 256;
  private static final System.Logger LOG = System.getLogger("forefront.audit");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Chain chain;
  private final SigningKey key;
  private final Sink sink;
  private final LogFolder files;
  private final Clock clock;
  private final TextFiles texts;
  private final Deque<Entry> recent = new ArrayDeque<>();
  private final AtomicLong syncs = new AtomicLong();
  private volatile Consumer<Checkpoint> signed = checkpoint -> {};
  private int blocksWritten;
  private boolean blocksBroken;

  /** Where lines go; returns when they will survive a loss of power. */
  interface Sink extends AutoCloseable {
    void writeDurably(byte[] bytes) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Goes on where the chain ends; the files beside the log are brought to the same state. */
  Committer(Chain chain, SigningKey key, Sink sink, LogFolder files, Clock clock)
      throws IOException {
    this.chain = chain;
    this.key = key;
    this.sink = sink;
    this.files = files;
    this.clock = clock;
    texts = new TextFiles(files.texts());
    texts.removeFrom(chain.size());
    rememberBlocks();
  }

  /** An entry before it has a number. */
  record Draft(String kind, JsonNode fields, PersonalText text) {
    Draft(String kind, JsonNode fields) {
      this(kind, fields, PersonalText.NONE);
    }
  }

  /** Who hears of new checkpoints, on the log's thread; must not wait for anything. */
  void onCheckpoint(Consumer<Checkpoint> hearer) {
    signed = hearer;
  }

  /** Writes the drafts with one sync, and a checkpoint when one is due. */
  List<Entry> commit(List<Draft> drafts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Entry> entries = new ArrayList<>();
    List<KeptText> kept = new ArrayList<>();
    for (Draft draft : drafts) {
      entries.add(line(draft, bytes, kept));
    }
    texts.writeDurably(kept);
    if (uncovered() >= CHECKPOINT_AFTER) {
      checkpoint(bytes);
    } else {
      write(bytes);
    }
    remember(entries);
    appendBlocks();
    return entries;
  }

  /** Entries, the last checkpoint aside, that no checkpoint covers. */
  long uncovered() {
    return chain.uncovered();
  }

  void checkpoint() throws IOException {
    checkpoint(new ByteArrayOutputStream());
    appendBlocks();
  }

  private void checkpoint(ByteArrayOutputStream bytes) throws IOException {
    Checkpoint checkpoint = Checkpoint.sign(chain.tree(), chain.publicKey(), key);
    JsonNode fields = JSON.valueToTree(Map.of("note", checkpoint.note()));
    line(new Draft(Chain.CHECKPOINT, fields), bytes, new ArrayList<>());
    write(bytes);
    AtomicFile.write(files.checkpoint(), checkpoint.note());
    chain.covered(checkpoint);
    signed.accept(checkpoint);
  }

  private void write(ByteArrayOutputStream bytes) throws IOException {
    sink.writeDurably(bytes.toByteArray());
    syncs.incrementAndGet();
  }

  long syncs() {
    return syncs.get();
  }

  private Entry line(Draft draft, ByteArrayOutputStream bytes, List<KeptText> kept) {
    Instant now = clock.instant();
    JsonNode fields = draft.fields();
    if (!draft.text().texts().isEmpty()) {
      fields = committed(draft, now, kept);
    }
    Line.Written written = Line.write(chain.size(), now, draft.kind(), fields, chain.previous());
    bytes.writeBytes(written.bytes());
    bytes.write('\n');
    chain.accept(written.entry(), written.bytes());
    return written.entry();
  }

  private JsonNode committed(Draft draft, Instant now, List<KeptText> kept) {
    ObjectNode fields = JSON.createObjectNode();
    draft.fields().properties().forEach(field -> fields.set(field.getKey(), field.getValue()));
    ObjectNode commitments = fields.putObject(PRIVATE);
    draft
        .text()
        .texts()
        .forEach(
            (name, text) -> {
              KeptText one = KeptText.of(chain.size(), now, draft.text().tags(), name, text);
              kept.add(one);
              commitments.put(name, one.commitment());
            });
    return fields;
  }

  /** Where the file of blocks is not the chain's, it is written anew. */
  private void rememberBlocks() throws IOException {
    byte[] wanted = chain.blocks().bytesFrom(0);
    Blocks here = Blocks.read(files.blocks());
    if (Files.exists(files.blocks()) || wanted.length > 0) {
      if (!Arrays.equals(here.bytesFrom(0), wanted)
          || Files.size(files.blocks()) != wanted.length) {
        AtomicFile.write(files.blocks(), wanted);
      }
    }
    blocksWritten = chain.blocks().size();
  }

  /**
   * Not synced: the file can be computed anew, and is checked against a signed root when it is
   * read. After a failure nothing follows, for a gap would make the rest worthless.
   */
  private void appendBlocks() {
    int full = chain.blocks().size();
    if (full == blocksWritten || blocksBroken) {
      return;
    }
    try {
      Files.write(
          files.blocks(),
          chain.blocks().bytesFrom(blocksWritten),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      blocksWritten = full;
    } catch (IOException e) {
      blocksBroken = true;
      LOG.log(System.Logger.Level.WARNING, "the next start reads the whole log", e);
    }
  }

  private synchronized void remember(List<Entry> entries) {
    recent.addAll(entries);
    while (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
  }

  synchronized List<Entry> recent(int most) {
    return recent.stream().skip(Math.max(0, recent.size() - most)).toList();
  }

  Chain chain() {
    return chain;
  }

  TextEraser eraser() {
    return new TextEraser(texts, this);
  }

  void close() throws IOException {
    texts.close();
    sink.close();
  }
}
