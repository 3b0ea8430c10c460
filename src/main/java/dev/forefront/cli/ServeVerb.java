package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.WitnessPolicy;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.release.Listing;
import dev.forefront.release.Policy;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import dev.forefront.serve.Recording;
import dev.forefront.serve.Server;
import dev.forefront.serve.ServerSettings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a release: API, chat page, report and record. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serve a release behind its guard and into the record.",
      "There is no way to serve anything else."
    },
    footer = {
      "",
      "Example: ./forefront serve",
      "         ./forefront serve --release tiny-1 --registry runs/registry --port 9000"
    })
final class ServeVerb implements Callable<Integer> {
  private static final int MOST_MINUTES = 7 * 24 * 60;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Place place = new Place();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone; callers are not"
              + " asked who they are).")
  private String host = "127.0.0.1";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "A name that callers ask for, such as chat.example.org; may be given more than once"
              + " (default: local names, and addresses where --host lets others call).")
  private Set<String> names = Set.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where conversations and the record are kept (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("runs", "serve");

  @Option(
      names = "--witnesses",
      paramLabel = "FILE",
      description = "Have these witnesses cosign the record (a file as in C2SP tlog-policy).")
  private @Nullable Path witnesses;

  @Option(
      names = "--keep-prompts",
      paramLabel = "MINUTES",
      description =
          "How long what the model has read of a prompt stays in memory for the same caller's next"
              + " one, after it was used last; 0 keeps none (default: ${DEFAULT-VALUE}).")
  private int keepPrompts = 10;

  @Option(
      names = "--record-text",
      description =
          "Keep conversations and replies beside the record; `audit erase` takes them away again."
              + " Without it the record holds no text.")
  private boolean recordText;

  /** Which release. */
  static final class Place {
    @Option(
        names = "--release",
        paramLabel = "NAME",
        description = "Name of the release (default: the newest that is signed).")
    private @Nullable String name;

    @Option(
        names = "--registry",
        paramLabel = "DIR",
        description = "The registry's folder (default: runs/registry, else runs/demo/registry).")
    private @Nullable Path registry;

    /** Empty where the newest is wanted. */
    String name() {
      return name == null ? "" : name;
    }

    boolean hasRegistry() {
      return registry != null;
    }

    /**
     * Verifies the release and opens it.
     *
     * @param data where it is kept which of the board's orders were seen, by registry
     * @throws BadInputException where there is no registry, or no signed release in it
     * @throws dev.forefront.release.RefusedException with every reason why it may not be served
     */
    Release open(Path data) {
      Path folder = folder();
      byte[] where =
          folder.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
      Path seen = data.resolve("seen").resolve(Sha256.hex(where).substring(0, 16) + ".json");
      return Release.open(folder, name == null ? newest(folder) : name, seen);
    }

    private Path folder() {
      if (registry != null) {
        return registry;
      }
      Path own = Path.of("runs", "registry");
      return Files.isDirectory(own) ? own : Path.of("runs", "demo", "registry");
    }

    private static String newest(Path folder) {
      return Registry.at(folder).list().stream()
          .filter(one -> !Policy.isForJudges(one.policy()))
          // One that is stopped is named too: opening it says who stopped it and why.
          .filter(
              one -> one.state() == Listing.State.SIGNED || one.state() == Listing.State.STOPPED)
          .max(Comparator.comparing(Listing::created))
          .map(Listing::name)
          .orElseThrow(
              () ->
                  new BadInputException(
                      "%s holds no signed release: propose one and have the board sign it (./forefront release --help)"
                          .formatted(folder)));
    }
  }

  /** A running server with its record. */
  record Served(Server server, AuditLog log, GuardOfRelease guard) implements AutoCloseable {
    @Override
    public void close() {
      try {
        server.close();
      } finally {
        guard.close();
        log.close();
      }
    }
  }

  @Override
  public Integer call() {
    if (port < 0 || port > 65_535) {
      throw new BadInputException("--port must be from 0 to 65535, not " + port);
    }
    if (keepPrompts < 0 || keepPrompts > MOST_MINUTES) {
      throw new BadInputException(
          "--keep-prompts must be from 0 to %d minutes, not %d"
              .formatted(MOST_MINUTES, keepPrompts));
    }
    ServerSettings settings =
        named(ServerSettings.standard(data).withHost(host).withPort(port))
            .withPromptsKept(Duration.ofMinutes(keepPrompts))
            .withRecording(recordText ? Recording.TEXT : Recording.DIGESTS);
    WitnessPolicy policy = witnesses == null ? WitnessPolicy.NONE : WitnessOptions.read(witnesses);
    serve(place.open(data), settings, policy, spec.commandLine().getOut());
    return Exit.DONE;
  }

  private ServerSettings named(ServerSettings settings) {
    try {
      return settings.withNames(names);
    } catch (IllegalArgumentException wrong) {
      throw new BadInputException("--name: " + wrong.getMessage(), wrong);
    }
  }

  /**
   * Serves a release on this machine until the process is told to end.
   *
   * @param data folder of conversations and record
   */
  static void serve(Release release, Path data, int port, PrintWriter out) {
    serve(release, ServerSettings.standard(data).withPort(port), WitnessPolicy.NONE, out);
  }

  static void serve(
      Release release, ServerSettings settings, WitnessPolicy witnesses, PrintWriter out) {
    Served served = start(release, settings, witnesses);
    Thread hook = new Thread(served::close, "forefront-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    announce(served, settings, out);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
      served.close();
      Thread.currentThread().interrupt();
    }
  }

  /** Starts to serve a release and returns; the caller closes it. */
  static Served start(Release release, ServerSettings settings) {
    return start(release, settings, WitnessPolicy.NONE);
  }

  private static Served start(Release release, ServerSettings settings, WitnessPolicy witnesses) {
    if (Policy.isForJudges(release.policyName())) {
      throw new BadInputException(
          "%s was measured by how it judges for a guard, not by what it says to people: name another release"
              .formatted(release.name()));
    }
    GuardOfRelease guard = GuardOfRelease.open(release);
    try {
      AuditLog log = AuditLog.open(settings.data().resolve("audit"), witnesses);
      try {
        return new Served(Server.start(release, guard.guard(), log, settings), log, guard);
      } catch (RuntimeException | Error e) {
        log.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      guard.close();
      throw e;
    }
  }

  private static void announce(Served served, ServerSettings settings, PrintWriter out) {
    Release release = served.server().release();
    out.println(
        """
        %s is served at %s
          policy  %s
          board   %s%s
          signed  %s
          API     %sv1/messages and %sv1/chat/completions
          record  %s
        Ctrl+C ends it.\
        """
            .formatted(
                release.name(),
                served.server().url(),
                release.policyName(),
                release.boardName(),
                release.isDemoBoard() ? "  [DEMO board: vouches for nothing]" : "",
                String.join(", ", release.signers()),
                served.server().url(),
                served.server().url(),
                settings.data().resolve("audit")));
    out.flush();
  }
}
