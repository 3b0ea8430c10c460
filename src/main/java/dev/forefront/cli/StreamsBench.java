package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks a server that runs for many replies at once, as its callers would: over HTTP, streamed. */
@Command(
    name = "streams",
    mixinStandardHelpOptions = true,
    description = {
      "Ask a server that runs for many streamed replies at once: ./forefront serve, or another"
          + " that",
      "has OpenAI's /v1/chat/completions. Prompts differ, and no reply ends before its length."
    },
    footer = {
      "",
      "Example: ./forefront bench streams --url http://localhost:8080 --streams 16 --tokens 64"
    })
final class StreamsBench implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int MOST_STREAMS = 256;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--url",
      defaultValue = "http://localhost:8080",
      description = "Where the server listens (default: ${DEFAULT-VALUE}).")
  private URI url = URI.create("http://localhost:8080");

  @Option(
      names = "--streams",
      defaultValue = "16",
      paramLabel = "N",
      description = "Replies at once (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--tokens",
      defaultValue = "64",
      paramLabel = "N",
      description = "Of each reply (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      paramLabel = "N",
      description = "Timed, after one that is not (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--temperature",
      defaultValue = "0.7",
      description = "Default: ${DEFAULT-VALUE}; 0 takes the likeliest token.")
  private double temperature;

  @Mixin private Output output = new Output();

  /**
   * @param tokens that the server says it wrote
   * @param first nanoseconds until the first event with text
   */
  private record Reply(long tokens, long first) {}

  /** All replies of a round. */
  private record Round(double seconds, List<Reply> replies) {
    double tokensPerSecond() {
      return replies.stream().mapToLong(Reply::tokens).sum() / seconds;
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    Map<String, Integer> counts =
        Map.of("--streams", streams, "--tokens", tokens, "--rounds", rounds);
    counts.forEach(BenchVerb::requirePositive);
    if (streams > MOST_STREAMS) {
      throw new BadInputException("--streams must be at most " + MOST_STREAMS);
    }
    List<Round> timed = new ArrayList<>();
    try (Progress progress = Progress.start("bench streams", rounds, "rounds");
        HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        ExecutorService callers =
            Executors.newFixedThreadPool(
                streams, Thread.ofPlatform().name("caller-", 0).factory())) {
      round(client, callers, 0);
      for (int i = 1; i <= rounds; i++) {
        timed.add(round(client, callers, i));
        progress.at(i);
      }
    }
    answer(timed);
    return Exit.DONE;
  }

  private Round round(HttpClient client, ExecutorService callers, int number)
      throws InterruptedException {
    long from = System.nanoTime();
    List<Future<Reply>> asked = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      int which = number * streams + i;
      asked.add(callers.submit(() -> ask(client, which)));
    }
    List<Reply> replies = new ArrayList<>();
    for (Future<Reply> one : asked) {
      try {
        replies.add(one.get());
      } catch (ExecutionException e) {
        throw new BadInputException("%s gave no whole reply: %s".formatted(url, reason(e)), e);
      }
    }
    return new Round((System.nanoTime() - from) / 1e9, replies);
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof ConnectException) {
      return "nobody listens there";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private String body(int which) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", "any").put("stream", true).put("temperature", temperature).put("seed", which);
    body.putObject("stream_options").put("include_usage", true);
    body.put("max_tokens", tokens);
    // A reply's least length is no vendor's: each server has its own word for it and passes over
    // the other.
    body.put("min_tokens", tokens).put("ignore_eos", true);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put(
            "content",
            "Tell me about the number %d, and what the sea looks like in winter."
                .formatted(7919L * which));
    return body.toString();
  }

  private Reply ask(HttpClient client, int which) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/v1/chat/completions"))
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body(which)))
            .build();
    long from = System.nanoTime();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      if (response.statusCode() != 200) {
        throw new IOException("it answered " + response.statusCode());
      }
      return heard(lines, from);
    } catch (JacksonException e) {
      throw new IOException("it sent an event that is no JSON", e);
    }
  }

  private static Reply heard(BufferedReader lines, long from) throws IOException {
    long first = 0;
    long written = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.startsWith("data: {")) {
        continue;
      }
      JsonNode event = JsonMapper.shared().readTree(line.substring("data: ".length()));
      if (first == 0 && !event.at("/choices/0/delta/content").asString("").isEmpty()) {
        first = System.nanoTime() - from;
      }
      written = Math.max(written, event.at("/usage/completion_tokens").asLong(0));
      if ("content_filter".equals(event.at("/choices/0/finish_reason").asString(""))) {
        throw new IOException("it stopped a reply");
      }
    }
    if (written == 0) {
      throw new IOException("it did not say how many tokens it wrote");
    }
    return new Reply(written, first);
  }

  private void answer(List<Round> timed) {
    List<Double> speeds = timed.stream().map(Round::tokensPerSecond).toList();
    List<Double> firsts =
        timed.stream()
            .flatMap(one -> one.replies().stream())
            .map(one -> one.first() / 1e6)
            .toList();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("streams", streams);
    answer.put("tokens", tokens);
    answer.put("rounds", rounds);
    answer.put("tokens_per_second", Quantile.of(speeds, 0.5));
    answer.put("first_text_milliseconds", Quantile.of(firsts, 0.5));
    answer.put("first_text_milliseconds_p99", Quantile.of(firsts, 0.99));
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "%d streams of %d tokens: %.0f tokens/s together (median of %d rounds); first text %.0f"
                + " ms median, %.0f ms p99",
            streams,
            tokens,
            Quantile.of(speeds, 0.5),
            rounds,
            Quantile.of(firsts, 0.5),
            Quantile.of(firsts, 0.99)));
  }
}
