package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.WitnessStatus;
import dev.forefront.conversation.Tenant;
import dev.forefront.release.Release;
import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The release's report and the newest of the record, for people and for programs. Of what others
 * asked it shows the number and the hash, which a proof needs, and nothing else.
 */
final class RecordPages {
  private static final int SHOWN = 50;
  private static final int MOST_SHOWN = 256;

  private final Release release;
  private final AuditLog log;
  private final Path logFolder;
  private final Askers askers;
  private final Optional<Path> page;
  // As the board signed it, whatever becomes of the file.
  private final byte[] report;

  RecordPages(Release release, AuditLog log, Path logFolder, Askers askers) {
    this.askers = askers;
    this.release = release;
    this.log = log;
    this.logFolder = logFolder;
    page = release.reportPage();
    report = release.read(page.orElseGet(release::reportJson));
  }

  /** The report as the board saw it; above it, where that is so, that the board is a demo. */
  void report(Call call) {
    if (page.isEmpty()) {
      call.response().header(HeaderNames.CONTENT_TYPE, "application/json");
      call.response().send(report);
      return;
    }
    String text = new String(report, StandardCharsets.UTF_8);
    html(call, release.isDemoBoard() ? withBanner(text) : text);
  }

  private static String withBanner(String page) {
    String banner = "<p role=\"note\"><strong>" + AuditPage.DEMO + "</strong></p>\n";
    int main = page.indexOf("<main>");
    int at = main >= 0 ? main + "<main>".length() : page.length();
    return page.substring(0, at) + "\n" + banner + page.substring(at);
  }

  void audit(Call call) {
    // The verdicts of streams are many, and each reply tells the sum of its own.
    List<Entry> entries =
        log.recent(MOST_SHOWN).reversed().stream()
            .filter(entry -> !entry.kind().equals("verdict"))
            .limit(ConversationsApi.limit(call, SHOWN, MOST_SHOWN))
            .toList();
    Tenant tenant = call.tenant();
    html(
        call,
        new AuditPage(release, log, logFolder)
            .write(entries, entry -> askers.mayRead(tenant, entry), Instant.now()));
  }

  void auditJson(Call call) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("demo_board", release.isDemoBoard());
    if (release.isDemoBoard()) {
      answer.put("note", AuditPage.DEMO);
    }
    answer.put("healthy", log.isHealthy());
    answer.put("public_key", log.publicKey().base64());
    answer.put("verifier_key", log.verifierKey().vkey());
    ArrayNode witnesses = answer.putArray("witnesses");
    for (WitnessStatus witness : log.witnesses()) {
      ObjectNode one = witnesses.addObject();
      one.put("name", witness.name());
      one.put("cosigned", witness.size());
      one.put("time", witness.cosignedAt().map(Instant::toString).orElse(""));
      one.put("failure", witness.failure());
    }
    Tenant tenant = call.tenant();
    ArrayNode list = answer.putArray("entries");
    for (Entry entry : log.recent(ConversationsApi.limit(call, SHOWN, MOST_SHOWN)).reversed()) {
      ObjectNode one = list.addObject();
      one.put("n", entry.number());
      one.put("hash", entry.hash());
      if (askers.mayRead(tenant, entry)) {
        one.put("time", entry.time().toString());
        one.put("kind", entry.kind());
        one.set("fields", entry.fields());
      }
    }
    call.send(200, answer);
  }

  /** A page without any script. */
  private static void html(Call call, String page) {
    call.response()
        .header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
        .header(HeaderNames.CACHE_CONTROL, "no-cache");
    call.response()
        .headers()
        .set(
            HeaderNames.create("Content-Security-Policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'");
    call.response().send(page.getBytes(StandardCharsets.UTF_8));
  }
}
