package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.audit.Verification;
import dev.forefront.conversation.BadInputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads the record: verify, show, prove, export; erases texts; and witnesses for others. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Check and read the record of what a server did.",
    subcommands = {
      AuditVerifyVerb.class,
      AuditProveVerb.class,
      AuditEraseVerb.class,
      AuditWitnessVerb.class
    },
    footer = {
      "",
      "Example: ./forefront audit verify runs/serve/audit",
      "         ./forefront audit show runs/serve/audit --last 20",
      "         ./forefront audit prove runs/serve/audit 17 > proof.json"
    })
final class AuditVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Print the newest entries, oldest first, up to the first that is damaged.",
      footer = {"", "Example: ./forefront audit show runs/serve/audit --last 20 --kind reply"})
  int show(
      @Parameters(paramLabel = "DIR", description = "The log's folder.") Path folder,
      @Option(
              names = "--last",
              paramLabel = "N",
              defaultValue = "50",
              description = "How many (default: ${DEFAULT-VALUE}).")
          int last,
      @Option(names = "--kind", paramLabel = "KIND", description = "Only entries of this kind.")
          @Nullable String kind,
      @Mixin Output output) {
    if (last < 1) {
      throw new BadInputException("--last must be at least 1, not " + last);
    }
    Deque<Entry> newest = new ArrayDeque<>();
    Verification found =
        AuditLog.read(
            folder,
            Pins.NONE,
            entry -> {
              if (kind == null || kind.equals(entry.kind())) {
                newest.add(entry);
              }
              if (newest.size() > last) {
                newest.removeFirst();
              }
            });
    for (Entry entry : newest) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("n", entry.number());
      answer.put("time", entry.time().toString());
      answer.put("kind", entry.kind());
      answer.put("fields", entry.fields());
      output.answer(
          out(),
          answer,
          "%6d  %s  %-12s %s"
              .formatted(entry.number(), entry.time(), entry.kind(), entry.fields()));
    }
    if (found instanceof Verification.Broken broken) {
      spec.commandLine()
          .getErr()
          .println(
              "forefront: the log is BROKEN at entry %d: %s"
                  .formatted(broken.firstBadEntry(), broken.reason()));
      spec.commandLine().getErr().flush();
      return Exit.FAILED;
    }
    return Exit.DONE;
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "Write what the newest checkpoint covers as static files in the format C2SP tlog-tiles,",
        "which other tools verify; a later export into the same folder adds to it."
      },
      footer = {"", "Example: ./forefront audit export runs/serve/audit --tiles tiles"})
  int export(
      @Parameters(paramLabel = "DIR", description = "The log's folder.") Path folder,
      @Option(
              names = "--tiles",
              required = true,
              paramLabel = "DIR",
              description = "Where the files go.")
          Path tiles,
      @Mixin Output output) {
    long entries = AuditLog.exportTiles(folder, tiles);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("entries", entries);
    answer.put("folder", tiles.toString());
    output.answer(out(), answer, "%d entries are in %s".formatted(entries, tiles));
    return Exit.DONE;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
