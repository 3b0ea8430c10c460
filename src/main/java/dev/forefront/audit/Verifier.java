package dev.forefront.audit;

import dev.forefront.audit.LogReader.RawLine;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a log from its first byte to its last and stops at the first that is not as written. */
final class Verifier {
  private static final int PATIENCE = 5;
  private static final long PAUSE_MILLIS = 60;
  private static final long LARGEST_CHECKPOINT = 1 << 12;

  private final LogFolder files;
  private final Pins pins;
  private final Reader reader;
  private final Chain chain;
  private final List<Checkpoint> promised;
  private @Nullable Checkpoint beside;
  private String unreadable = "";
  private boolean besideFound;

  /** Gets each good entry with its line. */
  interface Reader {
    void accept(Entry entry, byte[] line) throws Damage, IOException;
  }

  Verifier(LogFolder files, Pins pins, Reader reader) {
    this(files, pins, reader, new Chain(Chain.Signatures.LAST));
  }

  private Verifier(LogFolder files, Pins pins, Reader reader, Chain chain) {
    this.chain = chain;
    this.files = files;
    this.pins = pins;
    this.reader = reader;
    promised = new ArrayList<>(pins.checkpoints());
  }

  /** Goes on from a state that only a signed checkpoint after it can vouch for. */
  static Verifier from(LogFolder files, Chain chain) {
    return new Verifier(files, Pins.NONE, (entry, line) -> {}, chain);
  }

  Verification verify() {
    files.requireLog();
    Verification found = pass();
    Verification forged = forged();
    return forged == null ? found : forged;
  }

  /** Where the newest checkpoint is forged: what a second reading says about the place. */
  @Nullable Verification forged() {
    return chain.isLastSigned()
        ? null
        : new Verifier(files, pins, (entry, line) -> {}, new Chain(Chain.Signatures.EVERY)).pass();
  }

  private Verification pass() {
    try {
      // The note first: a log that grows meanwhile still contains what an older note signs.
      readNoteBeside();
      RawLine torn = readLines(0);
      for (int i = 0; i < PATIENCE && torn != null; i++) {
        torn = readLater(torn);
      }
      if (torn != null) {
        throw new Damage(chain.size(), "the last line is cut off or its end is damaged");
      }
      finish();
      return intact();
    } catch (Damage damage) {
      return damage.broken();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Verification.Intact intact() throws Damage {
    WitnessStand stand = WitnessStand.of(pins.witnesses(), promised);
    if (!stand.isEnough()) {
      throw new Damage(0, stand.complaint());
    }
    return new Verification.Intact(
        chain.size(),
        chain.covered(),
        chain.root(),
        chain.publicKey().base64(),
        NoteKey.ofLog(chain.publicKey()).vkey(),
        stand.size(),
        stand.seen(),
        new Verification.Texts(0, 0, 0));
  }

  /** A server may be writing this line just now: looks again a little later. */
  private @Nullable RawLine readLater(RawLine torn) throws IOException, Damage {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + files.log());
    }
    return readLines(torn.offset());
  }

  /** Reads whole lines into the chain; a last line without its end is returned, not judged. */
  @Nullable RawLine readLines(long offset) throws IOException, Damage {
    try (LogReader lines = new LogReader(files.log(), offset)) {
      for (RawLine line = lines.next(); line != null; line = lines.next()) {
        if (!line.terminated()) {
          return line;
        }
        take(line.bytes());
      }
    }
    return null;
  }

  private void take(byte[] line) throws Damage, IOException {
    Entry entry = chain.read(line);
    if (entry.number() == 0) {
      requirePinnedKey();
    }
    if (entry.kind().equals(Chain.CHECKPOINT)
        && beside != null
        && entry.fields().path("note").asString("").equals(beside.note())) {
      besideFound = true;
    }
    for (Checkpoint kept : promised) {
      if (kept.size() == chain.size()) {
        chain.requireRoot(kept, where(kept));
      }
    }
    reader.accept(entry, line);
  }

  /** What can be said only at the end: nothing that a checkpoint signs may be missing. */
  void finish() throws Damage {
    if (chain.size() == 0) {
      throw new Damage(0, "the log is empty");
    }
    if (!unreadable.isEmpty()) {
      throw new Damage(chain.size(), unreadable);
    }
    List<Checkpoint> all = new ArrayList<>(promised);
    if (beside != null) {
      all.add(beside);
    }
    for (Checkpoint checkpoint : all) {
      if (checkpoint.size() > chain.size()) {
        throw new Damage(
            chain.size(),
            "entries are missing at the end: a checkpoint signs %d of them, here are %d"
                .formatted(checkpoint.size(), chain.size()));
      }
    }
    if (beside == null ? chain.covered() > 1 : !besideFound) {
      throw new Damage(
          chain.size(), "the checkpoint file beside the log is missing or not one of the log's");
    }
    requireCheckpoints();
  }

  /** Whoever rewrites a log without its key can only leave its checkpoints out. */
  private void requireCheckpoints() throws Damage {
    if (chain.lastCheckpoint() == null && chain.isUsed()) {
      throw new Damage(0, "no checkpoint signs any of its entries, and every log begins with one");
    }
    if (chain.uncovered() > Committer.MOST_UNCOVERED) {
      throw new Damage(
          chain.covered() + 1,
          "no checkpoint signs the last %d entries, and a log leaves no more than %d unsigned"
              .formatted(chain.uncovered(), Committer.MOST_UNCOVERED));
    }
  }

  private void requirePinnedKey() throws Damage {
    if (pins.publicKey() != null && !pins.publicKey().equals(chain.publicKey())) {
      throw new Damage(0, "the first entry names another public key than the one given");
    }
    List<NoteKey> known = pins.witnesses().logs();
    if (!known.isEmpty() && !known.contains(NoteKey.ofLog(chain.publicKey()))) {
      throw new Damage(0, "the first entry names the key of a log that the policy does not list");
    }
    for (Checkpoint kept : promised) {
      if (!kept.signedBy(chain.publicKey())) {
        throw new Damage(0, where(kept) + " is not signed by this log's key");
      }
    }
  }

  private String where(Checkpoint kept) {
    return pins.checkpoints().contains(kept)
        ? "a checkpoint kept elsewhere"
        : "a checkpoint that a witness cosigned";
  }

  /** The checkpoint beside the log, and those that witnesses cosigned; before any line. */
  void readNoteBeside() throws IOException, Damage {
    try {
      promised.addAll(Cosigned.read(files.cosigned()));
    } catch (BadInputException e) {
      // Judged at the end: the entries themselves come first.
      unreadable = String.valueOf(e.getMessage());
    }
    Path file = files.checkpoint();
    if (!Files.isRegularFile(file)) {
      return;
    }
    if (Files.size(file) > LARGEST_CHECKPOINT) {
      throw new Damage(0, "the checkpoint file beside the log is too large to be one");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    try {
      beside = Checkpoint.parse(text);
    } catch (BadInputException e) {
      // Judged at the end: the entries themselves come first.
      beside = new Checkpoint("", 0, "", text);
    }
  }

  Chain chain() {
    return chain;
  }
}
