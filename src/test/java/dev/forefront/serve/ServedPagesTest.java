package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.serve.Asking.Answer;
import java.nio.file.Path;
import java.time.Duration;
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

  @Test
  void theReportIsShownAndSaysThatTheBoardIsADemo() {
    Answer report = asking.get("/report");

    assertThat(report.status()).isEqualTo(200);
    assertThat(report.body()).contains("<h1>Report</h1>", "DEMO board: vouches for nothing");
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
