package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Entry;
import dev.forefront.conversation.BadInputException;
import dev.forefront.guard.Guard;
import dev.forefront.guard.ProbeFolder;
import dev.forefront.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A release whose guard has a probe, served with its real model. */
class ProbeServingTest {
  // The Messages API knows no seed: so the reply is the same each time.
  private static final String GREEDY = ",\"temperature\":0";

  @TempDir Path folder;
  private ReleasedModel released;

  @BeforeEach
  void release() {
    released = ReleasedModel.in(folder);
  }

  @AfterEach
  void close() {
    released.close();
  }

  private Guard guard(String model, float odds) {
    int width = ModelFolder.config(released.release().modelFolder()).hiddenSize();
    return ProbeFolder.write(folder.resolve("guard"), model, width, odds, 2);
  }

  private List<Entry> entries(String kind) {
    return released.log().recent(256).stream().filter(entry -> entry.kind().equals(kind)).toList();
  }

  @Test
  void answersWhereTheProbeFindsNothing() {
    Guard guard = guard(released.release().modelDigest(), -3);
    try (Server server =
        Server.start(released.release(), guard, released.log(), released.settings())) {
      JsonNode message =
          Asking.of(server).post("/v1/messages", Asking.message("Tell me a story.", GREEDY)).json();
      assertThat(message.path("type").asString()).isEqualTo("message");
      assertThat(message.path("stop_reason").asString()).isNotEqualTo("refusal");
    }
  }

  @Test
  void refusesAndRecordsWhatTheProbeBlocks() {
    Guard guard = guard(released.release().modelDigest(), 3);
    try (Server server =
        Server.start(released.release(), guard, released.log(), released.settings())) {
      for (String more : List.of("", ",\"stream\":true")) {
        assertThat(
                Asking.of(server)
                    .post("/v1/messages", Asking.message("Tell me a story.", more))
                    .body())
            .contains("\"refusal\"");
        JsonNode block = entries("reply").getLast().fields().path("block");
        assertThat(block.path("stage").asString()).isEqualTo("probe");
        assertThat(block.path("side").asString()).isEqualTo("input");
        assertThat(entries("reply").getLast().fields().path("allowed").isEmpty()).isTrue();
      }
    }
  }

  @Test
  void doesNotStartWhereTheProbeIsForAnotherModel() {
    Guard guard = guard("sha256:another", -3);
    assertThatThrownBy(
            () -> Server.start(released.release(), guard, released.log(), released.settings()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the probe was trained on the model sha256:another");
    assertThat(entries("server.start")).isEmpty();
  }
}
