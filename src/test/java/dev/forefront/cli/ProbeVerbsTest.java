package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.ModelDigest;
import dev.forefront.guard.ProbeFolder;
import dev.forefront.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guard with a probe on the command line. */
class ProbeVerbsTest {
  @TempDir Path folder;
  private Path model;
  private Path guard;

  @BeforeEach
  void make() throws IOException {
    model = ReferenceModels.ofChat(folder);
    guard = folder.resolve("guard");
  }

  private void guard(String digest, float odds) {
    ProbeFolder.write(guard, digest, ModelFolder.config(model).hiddenSize(), odds, 2);
  }

  private Ran check(String... more) {
    String[] all = {"check", "hello", "--guard", guard.toString(), "--model", model.toString()};
    return Ran.of(
        new GuardVerb(),
        IntStream.range(0, all.length + more.length)
            .mapToObj(i -> i < all.length ? all[i] : more[i - all.length])
            .toArray(String[]::new));
  }

  @Test
  void checkShowsWhatTheProbeReads() {
    guard(ModelDigest.of(model), -1);
    Ran ran = check("--json");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    JsonNode answer = JsonMapper.shared().readTree(ran.out());
    assertThat(answer.at("/probe/score").asDouble()).isBetween(0.26, 0.28);
    assertThat(answer.at("/probe/blocks").asBoolean()).isFalse();
    assertThat(answer.at("/probe/hazards").isObject()).isTrue();
    assertThat(check().out()).contains("allowed", "probe 0.269");
  }

  @Test
  void checkExitsWithThreeWhereTheProbeBlocks() {
    guard(ModelDigest.of(model), 3);
    Ran ran = check("--json");
    assertThat(ran.exit()).isEqualTo(Exit.REFUSED);
    assertThat(JsonMapper.shared().readTree(ran.out()).path("stage").asString()).isEqualTo("probe");
  }

  @Test
  void checkRefusesAModelThatTheProbeIsNotFor() {
    guard("sha256:another", 3);
    Ran ran = check();
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.err()).contains("trained on the model sha256:another");
    Ran builtIn = Ran.of(new GuardVerb(), "check", "hello", "--model", model.toString());
    assertThat(builtIn.exit()).isNotZero();
    assertThat(builtIn.err()).contains("the guard has no probe");
  }

  @Test
  void calibrateAsksForTheModelOfAProbe() throws IOException {
    guard(ModelDigest.of(model), -1);
    Path texts = folder.resolve("texts.jsonl");
    Files.writeString(
        texts,
        IntStream.range(0, 100)
            .mapToObj("{\"text\": \"hello number %d\"}"::formatted)
            .collect(Collectors.joining("\n")));
    Ran ran =
        Ran.of(
            new GuardVerb(),
            "calibrate",
            guard.toString(),
            "--requests",
            texts.toString(),
            "--replies",
            texts.toString());
    assertThat(ran.exit()).isNotZero();
    assertThat(ran.err()).contains("give that with --model");
  }

  @Test
  void layersWithoutAModelAreWrongUsage() {
    assertThat(Main.run("guard", "train", "--out", guard.toString(), "--layers", "1"))
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void trainingWithNoSeedAtAllIsWrongUsage() {
    assertThat(Main.run("guard", "train", "--out", guard.toString(), "--tries", "0"))
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void benchTimesAGuardWithItsProbe() {
    guard(ModelDigest.of(model), -3);
    Ran ran =
        Ran.of(
            new GuardBench(),
            "--model",
            model.toString(),
            "--guard",
            guard.toString(),
            "--pairs",
            "3",
            "--tokens",
            "8",
            "--json");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(JsonMapper.shared().readTree(ran.out()).path("pairs").asInt()).isEqualTo(3);
  }
}
