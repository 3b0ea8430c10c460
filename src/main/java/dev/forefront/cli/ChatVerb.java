package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.release.Release;
import dev.forefront.serve.ServerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Talks to a released model in the terminal, as a client of the server's API. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = {
      "Talk to a released model in the terminal.",
      "Asks the server at --url, or at http://localhost:8080 where one answers;",
      "otherwise serves the release for itself, with guard and record."
    },
    footer = {
      "",
      "Example: ./forefront chat",
      "         ./forefront chat --url http://localhost:9000",
      "         echo \"Tell me a story.\" | ./forefront chat --release tiny-1"
    })
final class ChatVerb implements Callable<Integer> {
  private static final URI USUAL = URI.create("http://localhost:8080");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ServeVerb.Place place = new ServeVerb.Place();

  @Option(names = "--url", paramLabel = "URL", description = "Address of a server.")
  private @Nullable String url;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the record is kept when no server is asked (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("runs", "chat");

  @Override
  public Integer call() {
    Optional<URI> server = server();
    if (server.isPresent()) {
      talk(server.get());
      return Exit.DONE;
    }
    Release release = place.open(data);
    ServerSettings settings = ServerSettings.standard(data).withPort(0);
    try (ServeVerb.Served served = ServeVerb.start(release, settings)) {
      talk(served.server().url());
    }
    return Exit.DONE;
  }

  /**
   * The one that was named, or the usual one where it serves what is asked for. A registry that is
   * named may hold another release of the same name.
   */
  private Optional<URI> server() {
    if (url != null) {
      URI named = ChatClient.url(url);
      try (ChatClient client = new ChatClient(named)) {
        if (client.status().isEmpty()) {
          throw new BadInputException(
              "no Forefront answers at %s: start one with ./forefront serve, or leave out --url"
                  .formatted(named));
        }
      }
      return Optional.of(named);
    }
    if (place.hasRegistry()) {
      return Optional.empty();
    }
    try (ChatClient client = new ChatClient(USUAL)) {
      return client.status().filter(this::isWanted).map(status -> USUAL);
    }
  }

  private boolean isWanted(JsonNode status) {
    return place.name().isEmpty() || status.path("release").asString("").equals(place.name());
  }

  private void talk(URI server) {
    try (ChatClient client = new ChatClient(server)) {
      JsonNode status =
          client
              .status()
              .orElseThrow(() -> new BadInputException("the server at " + server + " has gone"));
      if (isTerminal()) {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
          PrintWriter out = terminal.writer();
          out.println(greeting(status, server));
          new ChatSession(client, out, ChatSession.Style.COLOUR).run(terminal);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else {
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        new ChatSession(client, spec.commandLine().getOut(), ChatSession.Style.PLAIN).run(lines);
      }
    }
  }

  // Which of the two it is depends on the console that the JDK chose.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  private static String greeting(JsonNode status, URI server) {
    return "%s at %s, board \"%s\"%s"
        .formatted(
            status.path("release").asString(""),
            server,
            status.path("board").asString(""),
            status.path("demo_board").asBoolean(false)
                ? "  [DEMO board: vouches for nothing]"
                : "");
  }
}
