package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Pins;
import dev.forefront.serve.ReleasedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServeVerbTest {

  @TempDir Path folder;
  private Path registry;
  private final StringWriter said = new StringWriter();
  private final StringWriter failed = new StringWriter();

  @BeforeEach
  void release() {
    registry = ReleasedModel.makeRegistry(folder);
  }

  private int serve(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--registry", registry.toString(), "--data", folder.resolve("data").toString()));
    words.addAll(List.of(more));
    return new CommandLine(new ServeVerb())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(failed))
        .setExecutionExceptionHandler(Failures::handle)
        .execute(words.toArray(String[]::new));
  }

  @Test
  void servesTheNewestSignedReleaseUntilItIsToldToEnd()
      throws IOException, InterruptedException, ExecutionException {
    FutureTask<Integer> serving = new FutureTask<>(() -> serve("--port", "0"));
    Thread thread = Thread.ofPlatform().name("serving").start(serving);
    Matcher url = Pattern.compile("http://localhost:\\d+/").matcher("");
    while (!url.reset(said.toString()).find() && !serving.isDone()) {
      Thread.sleep(10);
    }
    assertThat(failed.toString()).isEmpty();
    assertThat(said.toString())
        .contains("tiny-1 is served at", "policy  test", "[DEMO board: vouches for nothing]");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest health = HttpRequest.newBuilder(URI.create(url.group() + "health")).build();
      assertThat(client.send(health, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    thread.interrupt();

    assertThat(serving.get()).isZero();
    List<String> kinds = new ArrayList<>();
    AuditLog.read(folder.resolve("data/audit"), Pins.NONE, entry -> kinds.add(entry.kind()));
    assertThat(kinds).containsSubsequence("server.start", "server.stop");
  }

  @Test
  void aChangedModelIsRefusedWithItsReasons() throws IOException {
    Path weights = registry.resolve("tiny-1/model/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[500] ^= 1;
    Files.write(weights, bytes);

    assertThat(serve("--release", "tiny-1")).isEqualTo(Exit.REFUSED);
    assertThat(failed.toString()).contains("model/model.safetensors has changed");
  }

  @Test
  void sentencesForWhatIsNotThere() {
    assertThat(serve("--release", "other")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("has no release \"other\"");
    assertThat(serve("--port", "70000")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("--port must be from 0 to 65535");
    assertThat(serve("--keep-prompts", "-1")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("--keep-prompts must be from 0 to 10080 minutes");
    assertThat(serve("--name", "chat.example.org", "--name", "chat:80")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString())
        .contains("--name: a name is like chat.example.org, without scheme and port; \"chat:80\"");
    assertThat(serve("--host", "192.0.2.1", "--port", "0")).isEqualTo(Exit.USAGE);
    assertThat(failed.toString()).contains("192.0.2.1").contains("--host");
  }
}
