package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.conversation.Sha256;
import dev.forefront.serve.Fault.Ending;
import dev.forefront.serve.FaultClient.Heard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Holds what callers received against what the record says that the guard allowed. */
final class Reconciliation {
  private final Map<String, Told> told = new HashMap<>();
  private final List<String> wrongs = new ArrayList<>();
  private long bytes;
  private long uncovered;

  /** What the record says of one request. */
  private static final class Told {
    private long covered;
    private boolean gap;
    private String outcome = "";
    private String explanation = "";
    private String digest = "";

    void range(long from, long to) {
      gap |= from > covered;
      covered = Math.max(covered, to);
    }
  }

  /** Reads a record's entries; the same request is in one record alone. */
  Reconciliation with(Path logFolder) {
    AuditLog.read(logFolder, Pins.NONE, this::entry);
    return this;
  }

  private void entry(Entry entry) {
    JsonNode fields = entry.fields();
    Told one = told.computeIfAbsent(fields.path("request_id").asString(""), id -> new Told());
    if (entry.kind().equals("verdict")) {
      if (!one.outcome.isEmpty()) {
        wrongs.add("a verdict after the end: " + fields);
      }
      one.range(fields.path("from").asLong(), fields.path("to").asLong());
    }
    if (entry.kind().equals("reply")) {
      fields.path("allowed").forEach(r -> one.range(r.get(0).asLong(), r.get(1).asLong()));
      one.outcome = fields.path("outcome").asString();
      one.explanation = fields.at("/block/explanation").asString("");
      one.digest = fields.path("delivered_sha256").asString();
    }
  }

  /**
   * @param said what the model said in this stream, as it said it
   * @param endings how it may have ended
   */
  void check(FaultPlan plan, Heard heard, CharSequence said, Set<Ending> endings) {
    Told one = told.getOrDefault(heard.requestId(), new Told());
    long received = heard.text().getBytes(StandardCharsets.UTF_8).length;
    bytes += received;
    uncovered += Math.max(0, received - (one.gap ? 0 : one.covered));
    String where = plan + " " + heard.shape() + " " + one.outcome + ": ";
    if (received > 0 && heard.requestId().isEmpty()) {
      wrongs.add(where + "no request id");
    }
    if (plan.fault() != Fault.MODEL_SPEAKS_ON_TWO_THREADS
        && !whole(said).startsWith(heard.text())) {
      wrongs.add(where + "told what was not said: " + heard.text());
    }
    if (heard.text().length() > plan.mostChars()) {
      wrongs.add(where + "told beyond the fault: " + heard.text());
    }
    if (heard.ending() == Ending.FINISHED || heard.ending() == Ending.REFUSED) {
      String outcome = heard.ending() == Ending.FINISHED ? "finished" : "refused";
      // Where the board stopped it, what was allowed last was not told any more.
      boolean stopped = outcome.equals("refused") && one.outcome.equals("stopped");
      if (!stopped && !one.outcome.equals(outcome)
          || !stopped
              && !one.digest.equals(Sha256.hex(heard.text().getBytes(StandardCharsets.UTF_8)))) {
        wrongs.add(where + "the record tells another end than " + heard.ending());
      }
    }
    if (!endings.contains(heard.ending()) && !isLate(one)) {
      wrongs.add(where + "ended as " + heard.ending() + " " + heard.status() + one.explanation);
    }
  }

  /** On a busy machine a sound guard may be late; then a refusal is right whatever the plan was. */
  private static boolean isLate(Told one) {
    return one.explanation.contains("did not answer within");
  }

  /** Halves of characters that found no other half have no bytes: U+FFFD is told for them. */
  private static String whole(CharSequence said) {
    StringBuilder whole = new StringBuilder();
    said.codePoints().forEach(c -> whole.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return whole.toString();
  }

  List<String> wrongs() {
    return wrongs;
  }

  /** Of model text that callers received. */
  long bytes() {
    return bytes;
  }

  long bytesWithoutVerdict() {
    return uncovered;
  }
}
