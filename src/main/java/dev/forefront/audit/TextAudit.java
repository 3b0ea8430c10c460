package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Holds the kept texts against the commitments in the log, entry by entry while the log is read: a
 * text that is not the one committed to is damage; one that is gone is counted.
 */
final class TextAudit implements AutoCloseable {
  private final TextFiles files;
  private final BitSet kept = new BitSet();
  private final BitSet absent = new BitSet();
  private int erased;
  private long openNumber = -1;
  private @Nullable BufferedReader open;
  private @Nullable KeptText next;

  TextAudit(Path folder) {
    files = new TextFiles(folder);
  }

  void entry(Entry entry) throws Damage, IOException {
    if (entry.kind().equals(Chain.ERASED)) {
      erased(entry);
    }
    JsonNode commitments = entry.fields().path(Committer.PRIVATE);
    if (!commitments.isObject() || commitments.isEmpty()) {
      return;
    }
    Map<String, KeptText> here = take(entry.number());
    boolean all = true;
    for (Map.Entry<String, JsonNode> commitment : commitments.properties()) {
      KeptText text = here.remove(commitment.getKey());
      all &= text != null;
      if (text != null && !text.commitment().equals(commitment.getValue().asString(""))) {
        throw new Damage(
            entry.number(), "the text kept beside it is not the one that it commits to");
      }
    }
    if (!here.isEmpty()) {
      throw new Damage(entry.number(), "a text is kept beside it that it does not commit to");
    }
    (all ? kept : absent).set(Math.toIntExact(entry.number()));
  }

  private void erased(Entry entry) throws Damage {
    for (JsonNode range : entry.fields().path("entries")) {
      long from = range.path(0).asLong(-1);
      long to = range.path(1).asLong(-1);
      if (from < 0 || to < from || to > entry.number()) {
        throw new Damage(entry.number(), "it names entries that are not before it");
      }
      int still = kept.nextSetBit((int) from);
      if (still >= 0 && still < to) {
        throw new Damage(
            still,
            "its text was erased, says entry %d, and is here again".formatted(entry.number()));
      }
      erased += absent.get((int) from, (int) to).cardinality();
      absent.clear((int) from, (int) to);
    }
  }

  private Map<String, KeptText> take(long entry) throws Damage, IOException {
    if (TextFiles.fileOf(entry) != openNumber) {
      requireNothingLeft();
      open(TextFiles.fileOf(entry));
    }
    Map<String, KeptText> taken = new HashMap<>();
    for (KeptText text = next; text != null && text.number() <= entry; text = next) {
      if (text.number() < entry || taken.put(text.name(), text) != null) {
        throw new Damage(text.number(), "a text is kept beside it that it does not commit to");
      }
      advance();
    }
    return taken;
  }

  private void requireNothingLeft() throws Damage {
    if (next != null) {
      throw new Damage(next.number(), "a text is kept beside it that it does not commit to");
    }
  }

  private void open(long number) throws Damage, IOException {
    close();
    openNumber = number;
    Path file = files.file(number);
    if (Files.isRegularFile(file)) {
      open = Files.newBufferedReader(file);
      advance();
    }
  }

  private void advance() throws Damage, IOException {
    BufferedReader reader = open;
    String line = reader == null ? null : reader.readLine();
    try {
      next = line == null ? null : KeptText.read(line);
    } catch (BadInputException e) {
      if (reader != null && reader.readLine() != null) {
        throw new Damage(
            openNumber * TextFiles.PER_FILE,
            "%s holds a line that is no kept text".formatted(files.file(openNumber).getFileName()));
      }
      // The server is writing it, or was killed while it did: its entry is not there yet.
      next = null;
    }
  }

  Verification.Texts counts() {
    return new Verification.Texts(kept.cardinality(), erased, absent.cardinality());
  }

  @Override
  public void close() throws IOException {
    next = null;
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
