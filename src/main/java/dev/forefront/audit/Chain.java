package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The log's state after some lines, and the rules by which the next line may follow. Reading and
 * writing go through the same rules, so what was written verifies.
 */
final class Chain {
  static final String LOG = "log";
  static final String CHECKPOINT = "checkpoint";
  static final String RECOVERED = "recovered";
  static final String ERASED = "erased";
  static final String WITNESS = "witness";

  /** The kinds that are the log's own; nobody else appends them. */
  static final Set<String> OWN = Set.of(LOG, CHECKPOINT, RECOVERED, ERASED, WITNESS);

  static final String FORMAT = "forefront-audit-1";

  private final Signatures signatures;
  private final MerkleTree tree = new MerkleTree();
  private final Blocks blocks = Blocks.none();
  private long bytes;
  private String previous = Line.NOTHING;
  private long covered;
  private @Nullable VerifyingKey key;
  private @Nullable Checkpoint last;
  private boolean used;

  /** Which checkpoints' signatures are checked while reading; one costs as much as 500 lines. */
  enum Signatures {
    /** None: the reader asks {@link #isLastSigned} at the end. */
    LAST,
    EVERY
  }

  Chain(Signatures signatures) {
    this.signatures = signatures;
  }

  /**
   * The state after some full blocks, which nothing vouches for until a signed checkpoint after
   * them was read.
   *
   * @param previous what the next line names
   */
  static Chain after(Blocks known, int count, String previous, VerifyingKey key) {
    Chain chain = new Chain(Signatures.LAST);
    for (int block = 0; block < count; block++) {
      chain.tree.appendBlock(known.root(block));
      chain.blocks.add(known.start(block + 1), known.root(block));
    }
    chain.bytes = known.start(count);
    chain.previous = previous;
    chain.key = key;
    return chain;
  }

  /** Takes a line that was read, or says why it cannot be the next one. */
  Entry read(byte[] line) throws Damage {
    Entry entry = Line.read(line, tree.size(), previous);
    if (entry.number() == 0) {
      readKey(entry);
    }
    if (entry.kind().equals(CHECKPOINT)) {
      readCheckpoint(entry);
    }
    accept(entry, line);
    return entry;
  }

  /** Takes a line that this process wrote. */
  void accept(Entry entry, byte[] line) {
    tree.append(MerkleTree.leaf(line));
    used |= !OWN.contains(entry.kind());
    bytes += line.length + 1;
    if (tree.size() % MerkleTree.BLOCK == 0) {
      blocks.add(bytes, tree.lastBlock());
    }
    previous = entry.hash();
  }

  void covered(Checkpoint checkpoint) {
    last = checkpoint;
    covered = checkpoint.size();
  }

  void key(VerifyingKey publicKey) {
    key = publicKey;
  }

  private void readKey(Entry entry) throws Damage {
    if (!entry.kind().equals(LOG) || !entry.fields().path("format").asString("").equals(FORMAT)) {
      throw new Damage(0, "the first entry does not name the format " + FORMAT);
    }
    try {
      key = VerifyingKey.ofBase64(entry.fields().path("public_key").asString(""));
    } catch (BadInputException e) {
      throw new Damage(0, "the first entry names no public key: " + e.getMessage());
    }
  }

  private void readCheckpoint(Entry entry) throws Damage {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(entry.fields().path("note").asString(""));
    } catch (BadInputException e) {
      throw new Damage(entry.number(), String.valueOf(e.getMessage()));
    }
    if (checkpoint.size() != entry.number()) {
      throw new Damage(entry.number(), "this checkpoint is of another place in the log");
    }
    if (signatures == Signatures.EVERY && !checkpoint.signedBy(publicKey())) {
      throw new Damage(
          covered,
          "the checkpoint in entry %d is not signed by the key in the first entry: an entry from %d to %d was rewritten"
              .formatted(entry.number(), covered, entry.number()));
    }
    requireRoot(checkpoint, "the checkpoint in entry " + entry.number());
    covered(checkpoint);
  }

  /** Whether the newest checkpoint is signed; its signature covers all before it. */
  boolean isLastSigned() {
    return last == null || last.signedBy(publicKey());
  }

  String root() {
    return HexFormat.of().formatHex(tree.root());
  }

  /** The entries before now must have the root that a signed checkpoint of this size names. */
  void requireRoot(Checkpoint checkpoint, String where) throws Damage {
    if (!Arrays.equals(checkpoint.rootBytes(), tree.root())) {
      throw new Damage(
          covered,
          "%s signs another history: an entry from %d to %d was rewritten"
              .formatted(where, covered, checkpoint.size() - 1));
    }
  }

  VerifyingKey publicKey() {
    if (key == null) {
      throw new IllegalStateException("the key is in the first entry, which was not read");
    }
    return key;
  }

  MerkleTree tree() {
    return tree;
  }

  long size() {
    return tree.size();
  }

  Blocks blocks() {
    return blocks;
  }

  String previous() {
    return previous;
  }

  long covered() {
    return covered;
  }

  /** Entries, the last checkpoint aside, that no checkpoint covers. */
  long uncovered() {
    return size() - covered - (last == null ? 0 : 1);
  }

  /** Whether an entry is there that is not the log's own. */
  boolean isUsed() {
    return used;
  }

  @Nullable Checkpoint lastCheckpoint() {
    return last;
  }
}
