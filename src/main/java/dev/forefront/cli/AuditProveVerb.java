package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Proof;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints proofs that can be checked without the log. */
@Command(
    name = "prove",
    mixinStandardHelpOptions = true,
    description = {
      "Print a proof that an entry is in the history that a checkpoint signs, or, with --from, that",
      "a later checkpoint continues an earlier one."
    },
    footer = {
      "",
      "Example: ./forefront audit prove runs/serve/audit 17 > proof.json",
      "         ./forefront audit prove runs/serve/audit 17 --tlog > entry-17.tlog-proof",
      "         ./forefront audit prove runs/serve/audit --from 257 > continuity.json"
    })
final class AuditProveVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "DIR", description = "The log's folder.")
  private Path folder = Path.of("");

  @Parameters(index = "1", arity = "0..1", paramLabel = "N", description = "The entry's number.")
  private @Nullable Long number;

  @Option(
      names = "--from",
      paramLabel = "SIZE",
      description = "Entries under the earlier checkpoint.")
  private @Nullable Long from;

  @Option(
      names = "--to",
      paramLabel = "SIZE",
      description = "Entries under the later checkpoint (default: the newest).")
  private @Nullable Long to;

  @Option(names = "--tlog", description = "Print an entry's proof as C2SP tlog-proof.")
  private boolean tlog;

  @Option(names = "--json", description = "Accepted, since a proof is JSON anyway.")
  private boolean json;

  @Override
  public Integer call() {
    if ((number == null) == (from == null)) {
      throw new BadInputException("audit prove needs an entry's number, or --from SIZE");
    }
    if (json && tlog) {
      throw new BadInputException("--json and --tlog do not go together: name one");
    }
    String proof;
    if (number == null) {
      long later = to == null ? 0 : to;
      proof = AuditLog.prove(folder, from == null ? 0 : from, later).toJson();
    } else {
      Proof inclusion = AuditLog.prove(folder, number);
      proof = tlog ? inclusion.toTlogProof().stripTrailing() : inclusion.toJson();
    }
    spec.commandLine().getOut().println(proof);
    spec.commandLine().getOut().flush();
    return Exit.DONE;
  }
}
