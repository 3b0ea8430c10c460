package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.WitnessStatus;
import dev.forefront.release.Release;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** The newest entries of the record as a page: the server's own, and those about its reader. */
final class AuditPage {
  static final String DEMO = "DEMO board: vouches for nothing";

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1d2530; --soft: #55606e; --line: #d9dee5; --page: #fbfcfd;
        --calm: #1f6f54; --stop: #9a4a12; --note: #fff4e0; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a3aebb; --line: #343d48;
        --page: #14181d; --calm: #7fd1ae; --stop: #f0b070; --note: #35291a; } }
      * { box-sizing: border-box; }
      body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
      main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
      h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
      p { margin: .25rem 0; } .soft { color: var(--soft); }
      .note { background: var(--note); border: 1px solid var(--stop); border-radius: .5rem; padding: .5rem .75rem; }
      .calm { color: var(--calm); } .stop { color: var(--stop); font-weight: 600; }
      code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
      ol { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
      li { border-bottom: 1px solid var(--line); padding: .6rem 0; }
      .head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
      details { margin-top: .25rem; } summary { cursor: pointer; color: var(--soft); }
      """;

  private final Release release;
  private final AuditLog log;
  private final Path folder;

  AuditPage(Release release, AuditLog log, Path folder) {
    this.release = release;
    this.log = log;
    this.folder = folder;
  }

  /**
   * @param entries newest first
   * @param isOpen whether the reader may see all of an entry
   */
  String write(List<Entry> entries, Predicate<Entry> isOpen, Instant now) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Audit record</title>
        <style>
        """);
    page.append(STYLE).append("</style>\n</head>\n<body>\n<main>\n<h1>Audit record</h1>\n");
    page.append(
            "<p class=\"soft\">What this server did, newest first; of what others asked, the hashes"
                + " alone. Release <strong>")
        .append(escape(release.name()))
        .append("</strong>, board <strong>")
        .append(escape(release.boardName()))
        .append("</strong>. <a href=\"/\">Chat</a> · <a href=\"/report\">Report</a></p>\n");
    if (release.isDemoBoard()) {
      page.append("<p class=\"note\" role=\"note\"><strong>")
          .append(DEMO)
          .append("</strong></p>\n");
    }
    page.append(
        log.isHealthy()
            ? "<p class=\"calm\">Entries are being recorded.</p>\n"
            : "<p class=\"stop\">The record cannot be written, so nothing is answered.</p>\n");
    page.append("<h2>How to check it</h2>\n<p>On the server's machine:</p>\n<p><code>")
        .append("./forefront audit verify ")
        .append(escape(folder.toString()))
        .append("</code></p>\n<p class=\"soft\">Public key: <code>")
        .append(escape(log.publicKey().base64()))
        .append("</code></p>\n");
    log.witnesses().forEach(witness -> write(witness, page));
    page.append("<h2>Entries since the server started</h2>\n");
    if (entries.isEmpty()) {
      page.append("<p class=\"soft\">None yet.</p>\n");
    }
    page.append("<ol>\n");
    for (Entry entry : entries) {
      if (isOpen.test(entry)) {
        write(entry, now, page);
      } else {
        writeClosed(entry, page);
      }
    }
    page.append("</ol>\n</main>\n</body>\n</html>\n");
    return page.toString();
  }

  private static void write(WitnessStatus witness, StringBuilder page) {
    page.append("<p>Witness <strong>")
        .append(escape(witness.name()))
        .append("</strong>: ")
        .append(
            witness
                .cosignedAt()
                .map(
                    time ->
                        "it cosigned the first %d entries on %s"
                            .formatted(witness.size(), time.truncatedTo(ChronoUnit.SECONDS)))
                .orElse("it has cosigned nothing yet"))
        .append(
            witness.failure().isEmpty()
                ? "."
                : ". <span class=\"stop\">It does not cosign now: %s</span>"
                    .formatted(escape(witness.failure())))
        .append("</p>\n");
  }

  private static void write(Entry entry, Instant now, StringBuilder page) {
    page.append("<li><div class=\"head\"><strong>")
        .append(escape(entry.kind()))
        .append("</strong> ")
        .append(verdict(entry))
        .append(" <time class=\"soft\" datetime=\"")
        .append(entry.time())
        .append("\">")
        .append(ago(Duration.between(entry.time(), now)))
        .append(", ")
        .append(entry.time().truncatedTo(ChronoUnit.SECONDS))
        .append("</time> <span class=\"soft\">entry ")
        .append(entry.number())
        .append("</span></div>\n<details><summary>Details</summary><code>")
        .append(escape(entry.fields().toString()))
        .append("</code></details></li>\n");
  }

  private static void writeClosed(Entry entry, StringBuilder page) {
    page.append("<li><div class=\"head soft\"><span>of another caller</span> <span>entry ")
        .append(entry.number())
        .append("</span> <code>")
        .append(escape(entry.hash()))
        .append("</code></div></li>\n");
  }

  private static String verdict(Entry entry) {
    JsonNode fields = entry.fields();
    String outcome = fields.path("outcome").asString("");
    JsonNode block = fields.path("block");
    if (block.isObject()) {
      return "<span class=\"stop\">refused: %s, on the %s, by %s</span>"
          .formatted(
              escape(block.path("hazard").asString("")),
              escape(block.path("side").asString("")),
              escape(block.path("stage").asString("")));
    }
    if (entry.kind().equals("board.stop") || outcome.equals("stopped")) {
      JsonNode order = fields.has("stopped") ? fields.path("stopped") : fields;
      return "<span class=\"stop\">" + escape(order.path("reason").asString("")) + "</span>";
    }
    return outcome.isEmpty() ? "" : "<span class=\"calm\">" + escape(outcome) + "</span>";
  }

  /** In words, as people say it. */
  static String ago(Duration past) {
    long seconds = Math.max(0, past.toSeconds());
    if (seconds < 10) {
      return "just now";
    }
    if (seconds < 60) {
      return seconds + " seconds ago";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return count(minutes, "minute");
    }
    return minutes < 24 * 60 ? count(minutes / 60, "hour") : count(minutes / (24 * 60), "day");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s") + " ago";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
