package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts the server as a person would and times its first token, cold and warm. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Start ./forefront serve on a free port, time the first streamed token from the start of the"
          + " process,",
      "then the time to the first token of further requests."
    },
    footer = {"", "Example: ./forefront bench serve --registry runs/demo/registry --json"})
final class ServeBench implements Callable<Integer> {
  private static final long PATIENCE_SECONDS = 60;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--registry", paramLabel = "DIR", description = "As for ./forefront serve.")
  private @Nullable Path registry;

  @Option(names = "--release", paramLabel = "NAME", description = "As for ./forefront serve.")
  private @Nullable String release;

  @Option(
      names = "--starts",
      paramLabel = "N",
      description = "Cold starts (default: ${DEFAULT-VALUE}).")
  private int starts = 5;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Warm requests after each start (default: ${DEFAULT-VALUE}).")
  private int requests = 50;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Double> cold = new ArrayList<>();
    List<Double> warm = new ArrayList<>();
    try (Progress progress = Progress.start("bench serve", starts, "starts");
        HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < starts; i++) {
        run(client, cold, warm);
        progress.at(i + 1L);
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("starts", starts);
    answer.put("cold_first_token_seconds", Quantile.of(cold, 0.5));
    answer.put("requests", warm.size());
    answer.put("first_token_milliseconds", 1000 * Quantile.of(warm, 0.5));
    answer.put("first_token_milliseconds_p99", 1000 * Quantile.of(warm, 0.99));
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "from start to first token %.2f s (median of %d); warm first token %.1f ms median, %.1f"
                + " ms p99 (%d requests)",
            Quantile.of(cold, 0.5),
            starts,
            1000 * Quantile.of(warm, 0.5),
            1000 * Quantile.of(warm, 0.99),
            warm.size()));
    return Exit.DONE;
  }

  private void run(HttpClient client, List<Double> cold, List<Double> warm)
      throws IOException, InterruptedException {
    int port = freePort();
    // The bench's questions do not belong into anyone's record.
    Path data = Files.createTempDirectory("forefront-bench-serve");
    long from = System.nanoTime();
    Process server = start(port, data);
    try {
      double first = firstToken(client, port, server, from);
      cold.add(first);
      for (int i = 0; i < requests; i++) {
        long now = System.nanoTime();
        warm.add((ask(client, port) - now) / 1e9);
      }
    } finally {
      server.destroy();
      if (!server.waitFor(10, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      FileTree.delete(data);
    }
  }

  /** Asks until someone listens. */
  private double firstToken(HttpClient client, int port, Process server, long from)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return (ask(client, port) - from) / 1e9;
      } catch (ConnectException e) {
        if (!server.isAlive() || System.nanoTime() - from > PATIENCE_SECONDS * 1_000_000_000L) {
          throw new BadInputException(
              "./forefront serve did not come up: start it by hand to see why", e);
        }
        Thread.sleep(5);
      }
    }
  }

  /**
   * Streams one reply to its end and tells when its first text came, in {@link System#nanoTime}.
   */
  private static long ask(HttpClient client, int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/messages"))
            .header("content-type", "application/json")
            .header("anthropic-version", "2023-06-01")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"any\",\"max_tokens\":64,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello,"
                        + " how are you?\"}]}"))
            .build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("the server answered " + response.statusCode());
    }
    long heard = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (heard == 0 && line.contains("text_delta")) {
          heard = System.nanoTime();
        }
      }
    }
    if (heard == 0) {
      throw new IOException("the server sent a reply without text");
    }
    return heard;
  }

  private Process start(int port, Path data) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Home.file("forefront").toAbsolutePath().toString(),
                "serve",
                "--port",
                Integer.toString(port),
                "--data",
                data.toString()));
    if (registry != null) {
      line.addAll(List.of("--registry", registry.toString()));
    }
    if (release != null) {
      line.addAll(List.of("--release", release));
    }
    try {
      return new ProcessBuilder(line)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
