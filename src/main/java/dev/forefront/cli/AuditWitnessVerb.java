package dev.forefront.cli;

import dev.forefront.audit.NoteKey;
import dev.forefront.audit.Witness;
import dev.forefront.audit.WitnessServer;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a witness for other machines' logs. */
@Command(
    name = "witness",
    mixinStandardHelpOptions = true,
    description = {
      "Watch logs for others: keep the newest checkpoint of each, and cosign what is proved to",
      "continue it (C2SP tlog-witness). Runs until the process is told to end."
    },
    footer = {
      "",
      "Example: ./forefront audit witness --state runs/witness --name example.org/w1 --port 7380 \\",
      "             --log forefront-audit/0123456789abcdef+01234567+AQ..."
    })
final class AuditWitnessVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--state",
      required = true,
      paramLabel = "DIR",
      description = "Where its key and the checkpoints are kept.")
  private Path state = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Under which it signs (default: ${DEFAULT-VALUE}).")
  private String name = "forefront-witness";

  @Option(
      names = "--log",
      paramLabel = "VKEY",
      description =
          "Verifier key of a log to watch, as `audit verify` prints it; kept for later starts.")
  private List<String> logs = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port = 7380;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone).")
  private String host = "127.0.0.1";

  @Override
  public Integer call() {
    if (port < 0 || port > 65_535) {
      throw new BadInputException("--port must be from 0 to 65535, not " + port);
    }
    try (Witness witness = Witness.open(state, name, logs.stream().map(NoteKey::parse).toList());
        WitnessServer server = WitnessServer.start(witness, host, port)) {
      spec.commandLine()
          .getOut()
          .println(
              """
              a witness of %d logs listens at http://%s:%d
                vkey  %s
              Ctrl+C ends it."""
                  .formatted(witness.logs().size(), host, server.port(), witness.key().vkey()));
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Exit.DONE;
  }
}
