package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Erases texts and says so in the log. What is to go is written down first, so that an erasure
 * which a kill cut short is finished when the log is opened again.
 */
final class TextEraser {
  /** Ranges in one entry; more go into further entries. */
  private static final int MOST_RANGES = 2000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TextFiles texts;
  private final Committer committer;

  TextEraser(TextFiles texts, Committer committer) {
    this.texts = texts;
    this.committer = committer;
  }

  /** How many entries lost their texts. */
  int erase(Erasure erasure) throws IOException {
    NavigableSet<Long> entries = texts.find(erasure);
    if (!entries.isEmpty()) {
      ObjectNode plan = JSON.createObjectNode();
      plan.put("by", erasure.by());
      ArrayNode list = plan.putArray("entries");
      entries.forEach(list::add);
      AtomicFile.write(texts.begun(), JSON.writeValueAsString(plan));
      carryOut(erasure.by(), entries);
    }
    return entries.size();
  }

  /** Finishes what was begun; does nothing where nothing was. */
  void finish() throws IOException {
    if (Files.isRegularFile(texts.begun())) {
      JsonNode plan = JSON.readTree(Files.readString(texts.begun()));
      NavigableSet<Long> entries = new TreeSet<>();
      plan.path("entries").forEach(entry -> entries.add(entry.asLong()));
      carryOut(plan.path("by").asString(""), entries);
    }
  }

  private void carryOut(String by, NavigableSet<Long> entries) throws IOException {
    texts.remove(entries);
    List<List<Long>> ranges = ranges(entries);
    for (int from = 0; from < ranges.size(); from += MOST_RANGES) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("by", by);
      fields.put("entries", ranges.subList(from, Math.min(ranges.size(), from + MOST_RANGES)));
      committer.commit(List.of(new Committer.Draft(Chain.ERASED, JSON.valueToTree(fields))));
    }
    texts.ended();
  }

  /** From the first to one past the last, as few as there can be. */
  static List<List<Long>> ranges(NavigableSet<Long> numbers) {
    List<List<Long>> ranges = new ArrayList<>();
    long from = -1;
    long to = -1;
    for (long number : numbers) {
      if (number != to) {
        if (to >= 0) {
          ranges.add(List.of(from, to));
        }
        from = number;
      }
      to = number + 1;
    }
    if (to >= 0) {
      ranges.add(List.of(from, to));
    }
    return ranges;
  }
}
