package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns entries into durable lines, many at a time; used by the log's thread alone. */
final class Committer {
  /** Entries that a batch may have, and that may wait for a checkpoint. */
  static final int MOST = 256;

  private static final int REMEMBERED = 256;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Chain chain;
  private final SigningKey key;
  private final Sink sink;
  private final Path note;
  private final Clock clock;
  private final Deque<Entry> recent = new ArrayDeque<>();

  /** Where lines go; returns when they will survive a loss of power. */
  interface Sink extends AutoCloseable {
    void writeDurably(byte[] bytes) throws IOException;

    @Override
    void close() throws IOException;
  }

  Committer(Chain chain, SigningKey key, Sink sink, Path note, Clock clock) {
    this.chain = chain;
    this.key = key;
    this.sink = sink;
    this.note = note;
    this.clock = clock;
  }

  /** An entry before it has a number. */
  record Draft(String kind, JsonNode fields) {}

  /** Writes the drafts with one sync, and a checkpoint when one is due. */
  List<Entry> commit(List<Draft> drafts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Entry> entries = new ArrayList<>();
    for (Draft draft : drafts) {
      entries.add(line(draft, bytes));
    }
    if (uncovered() >= MOST) {
      checkpoint(bytes);
    } else {
      sink.writeDurably(bytes.toByteArray());
    }
    remember(entries);
    return entries;
  }

  /** Entries, the last checkpoint aside, that no checkpoint covers. */
  long uncovered() {
    boolean started = chain.lastCheckpoint() != null;
    return chain.size() - chain.covered() - (started ? 1 : 0);
  }

  void checkpoint() throws IOException {
    checkpoint(new ByteArrayOutputStream());
  }

  private void checkpoint(ByteArrayOutputStream bytes) throws IOException {
    Checkpoint checkpoint = Checkpoint.sign(chain.tree(), chain.publicKey(), key);
    line(new Draft(Chain.CHECKPOINT, JSON.valueToTree(Map.of("note", checkpoint.note()))), bytes);
    sink.writeDurably(bytes.toByteArray());
    AtomicFile.write(note, checkpoint.note());
    chain.covered(checkpoint);
  }

  private Entry line(Draft draft, ByteArrayOutputStream bytes) {
    Line.Written written =
        Line.write(chain.size(), clock.instant(), draft.kind(), draft.fields(), chain.previous());
    bytes.writeBytes(written.bytes());
    bytes.write('\n');
    chain.accept(written.entry(), written.bytes());
    return written.entry();
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

  void close() throws IOException {
    sink.close();
  }
}
