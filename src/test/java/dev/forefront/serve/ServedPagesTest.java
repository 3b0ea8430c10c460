package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.serve.Asking.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ServedPagesTest {

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;
  private static Asking asking;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server = released.serve(ScriptedModel.saying("Good day."));
    asking = Asking.of(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    released.close();
  }

  @Test
  void theRecordCanBeReadByAnyone() {
    asking.post("/v1/messages", Asking.message("How do I make a pipe bomb?"));

    Answer page = asking.get("/audit");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("content-type")).startsWith("text/html");
    assertThat(page.header("content-security-policy")).contains("default-src 'none'");
    assertThat(page.body())
        .contains(
            "DEMO board: vouches for nothing",
            "Entries are being recorded",
            "./forefront audit verify",
            "just now",
            "refused: S")
        .contains(released.log().publicKey().base64())
        .doesNotContain("<script");

    JsonNode json = asking.get("/api/audit?limit=3").json();
    assertThat(json.path("entries").size()).isEqualTo(3);
    assertThat(json.at("/entries/0/kind").asString()).isIn("reply", "checkpoint");
    assertThat(json.path("demo_board").asBoolean(false)).isTrue();
    assertThat(json.path("public_key").asString()).isEqualTo(released.log().publicKey().base64());
  }

  /** Sizes, digests and cached tokens tell one tenant what another asked, by guessing. */
  @Test
  void everyoneReadsWhatIsTheirsAndOfOthersTheHashesAlone() {
    String request =
        asking
            .post("/v1/messages", Asking.message("Tell me about bees."), "x-api-key", "anns")
            .header("request-id");
    List<JsonNode> own = about(request, "x-api-key", "anns");
    assertThat(own).extracting(entry -> entry.path("kind").asString()).contains("request", "reply");
    assertThat(own.getLast().at("/fields/prompt_sha256").asString()).hasSize(64);
    assertThat(asking.get("/audit", "x-api-key", "anns").body()).contains(request);

    for (String[] other :
        new String[][] {
          {}, {"x-api-key", "bobs"}, {"x-api-key", "anns", "x-forwarded-for", "::2"}
        }) {
      assertThat(about(request, other)).isEmpty();
      assertThat(asking.get("/audit", other).body())
          .doesNotContain(request)
          .contains("of another caller", "server.start");
      List<JsonNode> seen = entries(other);
      assertThat(seen).hasSameSizeAs(entries("x-api-key", "anns"));
      assertThat(seen)
          .filteredOn(entry -> !entry.has("fields"))
          .isNotEmpty()
          .allSatisfy(
              entry -> assertThat(entry.propertyNames()).containsExactlyInAnyOrder("n", "hash"));
      for (JsonNode entry : own) {
        assertThat(seen)
            .filteredOn(one -> one.path("n").equals(entry.path("n")))
            .extracting(one -> one.path("hash"))
            .as("what a proof needs is there")
            .containsExactly(entry.path("hash"));
      }
    }
  }

  private static List<JsonNode> entries(String... headers) {
    // A checkpoint may come between two looks: the oldest ones are the same.
    return asking
        .get("/api/audit?limit=256", headers)
        .json()
        .path("entries")
        .valueStream()
        .filter(entry -> !entry.path("kind").asString("").equals("checkpoint"))
        .toList();
  }

  private static List<JsonNode> about(String request, String... headers) {
    return entries(headers).stream()
        .filter(entry -> entry.at("/fields/request_id").asString("").equals(request))
        .toList();
  }

  @Test
  void theReportIsShownAndSaysThatTheBoardIsADemo() {
    Answer report = asking.get("/report");

    assertThat(report.status()).isEqualTo(200);
    assertThat(report.body()).contains("<h1>Report</h1>", "DEMO board: vouches for nothing");
  }

  @Test
  void whatBecomesOfTheReportsFileIsNotShown() throws IOException {
    Path file = released.release().reportPage().orElseThrow();
    byte[] signed = Files.readAllBytes(file);
    try {
      Files.writeString(file, "<h1>Another</h1>");
      assertThat(asking.get("/report").body())
          .contains("<h1>Report</h1>")
          .doesNotContain("Another");
    } finally {
      Files.write(file, signed);
    }
  }

  @Test
  void statusSaysWhatIsServed() {
    JsonNode status = asking.get("/api/status").json();

    assertThat(status.path("release").asString()).isEqualTo(ReleasedModel.NAME);
    assertThat(status.path("model_digest").asString()).startsWith("sha256:");
    assertThat(status.path("policy").asString()).isEqualTo("test");
    assertThat(status.path("board").asString()).isEqualTo("Demo board");
    assertThat(status.path("demo_board").asBoolean(false)).isTrue();
    assertThat(status.path("signers").toString()).isEqualTo("[\"demo-1\",\"demo-2\"]");
    assertThat(asking.get("/health").json().path("status").asString()).isEqualTo("ok");
  }

  @Test
  void everyAnswerCarriesTheHeadersThatKeepABrowserSafe() {
    for (String path : new String[] {"/api/status", "/nothing", "/audit", "/v1/models"}) {
      Answer answer = asking.get(path);
      assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(answer.header("referrer-policy")).isEqualTo("no-referrer");
      assertThat(answer.header("content-security-policy")).contains("frame-ancestors 'none'");
      assertThat(answer.header("request-id")).startsWith("req_");
    }
  }

  @Test
  void onlyThePagesOwnLibrariesAreServed() {
    Answer lit = asking.get("/webjars/lit-html/3.3.2/lit-html.js");
    assertThat(lit.status()).isEqualTo(200);
    assertThat(lit.header("content-type")).startsWith("text/javascript");
    assertThat(
            asking
                .get("/webjars/lit-html/3.3.2/lit-html.js", "If-None-Match", lit.header("etag"))
                .status())
        .isEqualTo(304);
    for (String path :
        new String[] {
          "/webjars/types__trusted-types/2.0.7/package.json",
          "/webjars/lit-html/3.3.2/../../../../../dev/forefront/guard/rules.yaml",
          "/webjars/lit-html/3.3.2/%2e%2e/%2e%2e/marked/17.0.1/package.json",
          "/webjars/lit-html/",
          "/webjars/",
          "/page/",
          "/page/../storage/V1__conversations.sql",
          "/page/nothing.js"
        }) {
      assertThat(asking.get(path).status()).as(path).isIn(400, 404);
    }
  }

  @Test
  void timesAreSaidInWords() {
    assertThat(AuditPage.ago(Duration.ofSeconds(3))).isEqualTo("just now");
    assertThat(AuditPage.ago(Duration.ofSeconds(42))).isEqualTo("42 seconds ago");
    assertThat(AuditPage.ago(Duration.ofMinutes(1))).isEqualTo("1 minute ago");
    assertThat(AuditPage.ago(Duration.ofHours(5))).isEqualTo("5 hours ago");
    assertThat(AuditPage.ago(Duration.ofDays(2))).isEqualTo("2 days ago");
  }
}
