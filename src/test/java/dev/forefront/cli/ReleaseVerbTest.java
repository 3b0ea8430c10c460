package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.release.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseVerbTest {

  @TempDir Path folder;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(folder);
    world.registry();
  }

  @Test
  void aModelGoesFromProposalToRelease() {
    assertThat(propose("good").code()).isZero();
    assertThat(sign("good", 0).out()).contains("1 of 2");
    assertThat(sign("good", 2).out()).contains("2 of 2");

    Said opened = release("open", "good", "--json");

    assertThat(opened.code()).isZero();
    assertThat(opened.out()).contains("\"decision\":\"admitted\"").contains("\"demo_board\":true");
    assertThat(release("list").out()).contains("good", "signed", "DEMO board");
    Path board = world.boardFolder.resolve("board.json");
    Path released = world.registryFolder.resolve("good");
    assertThat(run("release", "verify", released.toString(), "--board", board.toString()).code())
        .isZero();
  }

  @Test
  void aModelFileChangedByOneByteExitsWith3() throws IOException {
    releaseGood();
    Path weights = world.registryFolder.resolve("good/model/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[100] ^= 1;
    Files.write(weights, bytes);

    refused(release("open", "good"), "model/model.safetensors has changed");
  }

  @Test
  void aMissingReportExitsWith3() throws IOException {
    releaseGood();
    Files.delete(world.registryFolder.resolve("good/reports/1/report.json"));

    refused(
        release("open", "good"),
        "reports/1/report.json is missing",
        "harmful/refusal_rate: missing, no usable report has measured it");
  }

  @Test
  void aStaleReportExitsWith3() {
    AtomicFile.write(world.report, world.reportText(0.98, 0.98, world.daysAgo(40)));

    refused(propose("old"), "is stale");
  }

  @Test
  void oneSignatureTooFewExitsWith3() {
    propose("lonely");
    sign("lonely", 0);

    refused(release("open", "lonely"), "too few signatures: 1 of 2");
    assertThat(sign("lonely", 0).code()).isEqualTo(2);
    refused(release("open", "lonely"), "too few signatures: 1 of 2");
  }

  @Test
  void aModelThatMissesThePolicyExitsWith3AndNamesEveryReason() {
    AtomicFile.write(world.report, world.reportText(0.5, 0.4, Instant.now()));

    refused(propose("bad"), "harmful/refusal_rate", "benign/answer_rate");
    assertThat(propose("bad", "--json").out())
        .contains("\"decision\":\"refused\"")
        .contains("\"reasons\":[");
  }

  @Test
  void aRevokedReleaseExitsWith3() {
    releaseGood();
    assertThat(
            release("revoke", "good", "--reason", "a test", "--key", world.keys().get(2).toString())
                .code())
        .isZero();

    refused(release("open", "good"), "it is revoked: a test");
  }

  @Test
  void wrongUsageExitsWith2() {
    assertThat(release("open", "nobody").code()).isEqualTo(2);
    assertThat(release("open", "../..").code()).isEqualTo(2);
    assertThat(release("open").code()).isEqualTo(2);
    assertThat(run("release", "list", "--registry", folder.resolve("none").toString()).code())
        .isEqualTo(2);
  }

  private void releaseGood() {
    propose("good");
    sign("good", 0);
    sign("good", 1);
    assertThat(release("open", "good").code()).isZero();
  }

  private static void refused(Said said, String... reasons) {
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.out()).contains(reasons);
  }

  private Said propose(String name, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "propose",
                name,
                "--model",
                world.model.toString(),
                "--report",
                folder.resolve("evaluation").toString(),
                "--policy",
                world.policy.toString()));
    args.addAll(List.of(more));
    return release(args.toArray(String[]::new));
  }

  private Said sign(String name, int key) {
    return release("sign", name, "--key", world.keys().get(key).toString());
  }

  private Said release(String... args) {
    List<String> all = new ArrayList<>(List.of("release"));
    all.addAll(List.of(args));
    all.addAll(List.of("--registry", world.registryFolder.toString()));
    return run(all.toArray(String[]::new));
  }

  /** What a command line printed on both streams, and its exit code. */
  record Said(int code, String out) {}

  static Said run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream caught = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      System.setErr(caught);
      int code = Main.run(args);
      return new Said(code, bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
