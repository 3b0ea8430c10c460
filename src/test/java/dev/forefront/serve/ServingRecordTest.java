package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Erasure;
import dev.forefront.audit.Verification;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sha256;
import dev.forefront.guard.Guard;
import dev.forefront.guard.Side;
import dev.forefront.guard.Stage;
import dev.forefront.release.RefusedException;
import dev.forefront.serve.Asking.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Nothing is served that is not released, and nothing is said that is not recorded. */
class ServingRecordTest {

  @TempDir Path folder;

  @Test
  void recordsStartRequestReplyAndStopWithoutAnyText() throws IOException {
    String requestId;
    try (ReleasedModel released = ReleasedModel.in(folder)) {
      try (Server server = released.serve(ScriptedModel.saying("Good day to you."))) {
        requestId =
            Asking.of(server)
                .post("/v1/messages", Asking.message("Hello, my old friend."))
                .header("request-id");
      }
      List<Entry> entries = released.log().recent(256);
      assertThat(entries.stream().map(Entry::kind).filter(kind -> !kind.equals("checkpoint")))
          .containsSubsequence("server.start", "request", "reply", "server.stop");
      JsonNode request = fields(entries, "request");
      byte[] prompt = ReplyRecord.canonical(Conversation.of(Message.user("Hello, my old friend.")));
      assertThat(request.path("request_id").asString()).isEqualTo(requestId);
      assertThat(request.path("api").asString()).isEqualTo("messages");
      assertThat(request.path("prompt_bytes").asInt()).isEqualTo(prompt.length);
      assertThat(request.path("prompt_sha256").asString()).isEqualTo(Sha256.hex(prompt));
      JsonNode reply = fields(entries, "reply");
      assertThat(reply.path("request_id").asString()).isEqualTo(requestId);
      assertThat(reply.path("outcome").asString()).isEqualTo("finished");
      assertThat(reply.path("allowed").toString()).isEqualTo("[[0,16]]");
      assertThat(reply.path("delivered_sha256").asString())
          .isEqualTo(Sha256.hex("Good day to you.".getBytes(StandardCharsets.UTF_8)));
      assertThat(reply.path("verdicts").asInt()).isPositive();
      assertThat(reply.path("allowed_bytes").asInt()).isEqualTo(16);
      assertThat(reply.path("input_allowed").toString()).isEqualTo("[0,21]");
      JsonNode start = fields(entries, "server.start");
      for (JsonNode one : List.of(request, reply, start)) {
        assertThat(one.path("release").asString()).isEqualTo(ReleasedModel.NAME);
        assertThat(one.path("model_digest").asString()).isEqualTo(released.release().modelDigest());
        assertThat(one.path("policy_digest").asString())
            .isEqualTo(released.release().policyDigest());
        assertThat(one.path("guard_digest").asString()).isEqualTo(builtInDigest());
      }
      assertThat(reply.path("caller").asString()).isEqualTo(request.path("caller").asString());
      assertThat(start.path("release").asString()).isEqualTo(ReleasedModel.NAME);
      assertThat(start.path("model_digest").asString()).isEqualTo(released.release().modelDigest());
      assertThat(start.path("demo_board").asBoolean(false)).isTrue();
    }
    Path log = folder.resolve("data/audit");
    assertThat(AuditLog.verify(log)).isInstanceOf(Verification.Intact.class);
    try (var files = Files.list(log)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file)).doesNotContain("old friend", "Good day");
      }
    }
  }

  private String builtInDigest() throws IOException {
    Path guard = folder.resolve("built-in");
    Guard.writeBuiltIn(guard);
    return Versions.digest(guard);
  }

  @Test
  void anInputThatIsRefusedWasNeverAllowed() {
    try (ReleasedModel released = ReleasedModel.in(folder)) {
      Guard no =
          Guard.of(
              List.of(
                  new Stage() {
                    @Override
                    public String name() {
                      return "broken";
                    }

                    @Override
                    public Stage.Reader open(Side side) {
                      throw new IllegalStateException("no");
                    }
                  }));
      try (Server server = released.serve(ScriptedModel.saying("Good day."), no)) {
        Asking.of(server).post("/v1/messages", Asking.message("Hello."));
      }
      JsonNode reply = fields(released.log().recent(256), "reply");
      assertThat(reply.path("outcome").asString()).isEqualTo("refused");
      assertThat(reply.path("input_allowed").isMissingNode()).isTrue();
      assertThat(reply.path("allowed_bytes").asInt()).isZero();
      assertThat(reply.at("/block/side").asString()).isEqualTo("input");
      assertThat(reply.at("/block/score").asDouble()).isEqualTo(1.0);
    }
  }

  @Test
  void keepsTextBesideTheLogOnlyWhereTheOperatorSaysSo() throws IOException {
    Path log = folder.resolve("data/audit");
    String requestId;
    try (ReleasedModel released = ReleasedModel.in(folder)) {
      ServerSettings settings = released.settings().withRecording(Recording.TEXT);
      try (Server server =
          released.serve(ScriptedModel.saying("Good day to you."), Guard.builtIn(), settings)) {
        requestId =
            Asking.of(server)
                .post("/v1/messages", Asking.message("Hello, my old friend."))
                .header("request-id");
      }
    }
    assertThat(Files.readString(log.resolve("log.jsonl")))
        .doesNotContain("old friend", "Good day")
        .contains("\"recording\":\"text\"");
    assertThat(texts(log)).isEqualTo(new Verification.Texts(2, 0, 0));
    assertThat(Files.readString(log.resolve("private/000000000.jsonl")))
        .contains("old friend", "Good day to you.");
    try (AuditLog open = AuditLog.open(log)) {
      assertThat(open.erase(new Erasure.Tagged("request_id", requestId))).isEqualTo(2);
    }
    assertThat(texts(log)).isEqualTo(new Verification.Texts(0, 2, 0));
    assertThat(log.resolve("private/000000000.jsonl")).doesNotExist();
  }

  private static Verification.Texts texts(Path log) {
    return ((Verification.Intact) AuditLog.verify(log)).texts();
  }

  private static JsonNode fields(List<Entry> entries, String kind) {
    return entries.stream()
        .filter(entry -> entry.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .fields();
  }

  @Test
  void answersNothingWhereTheRecordCannotBeWritten() {
    ScriptedModel model = ScriptedModel.saying("Good day.");
    try (ReleasedModel released = ReleasedModel.in(folder);
        Server server = released.serve(model)) {
      released.log().close();
      for (String path : List.of("/v1/messages", "/v1/chat/completions")) {
        Answer answer = Asking.of(server).post(path, Asking.message("Hello."));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("Good day");
      }
      assertThat(Asking.of(server).get("/health").status()).isEqualTo(503);
      assertThat(Asking.of(server).get("/audit").body()).contains("record cannot be written");
    }
    assertThat(model.asked).hasValue(0);
  }

  @Test
  void saysNothingMoreWhereTheRecordBreaksInTheMiddleOfAReply() {
    try (ReleasedModel released = ReleasedModel.in(folder)) {
      ScriptedModel model =
          ScriptedModel.answering(
              conversation -> {
                released.log().close();
                return "Good day.";
              });
      try (Server server = released.serve(model)) {
        Answer whole = Asking.of(server).post("/v1/messages", Asking.message("Hello."));

        assertThat(whole.status()).isEqualTo(503);
        assertThat(whole.body()).doesNotContain("Good day");
      }
    }
  }

  @Test
  void theReleasesOwnModelAnswers() {
    try (ReleasedModel released = ReleasedModel.in(folder);
        Server server = released.serve()) {
      JsonNode message =
          Asking.of(server).post("/v1/messages", Asking.message("a").replace("200", "5")).json();

      assertThat(message.path("model").asString()).isEqualTo(ReleasedModel.NAME);
      assertThat(message.at("/usage/output_tokens").asInt(-1)).isBetween(0, 5);
      assertThat(Asking.of(server).get("/api/status").json().path("context_length").asInt())
          .isEqualTo(64);
    }
  }

  @Test
  void aModelThatChangedAfterItWasReleasedIsNotServed() throws IOException {
    try (ReleasedModel released = ReleasedModel.in(folder)) {
      Path weights = released.release().modelFolder().resolve("model.safetensors");
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length - 1] ^= 1;
      Files.write(weights, bytes);

      assertThatThrownBy(released::serve)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("model/model.safetensors has changed");
    }
  }
}
