package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Pins;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.SigningKey;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardModel;
import dev.forefront.guard.JudgeLimits;
import dev.forefront.release.Board;
import dev.forefront.release.Draft;
import dev.forefront.release.Refused;
import dev.forefront.release.RefusedException;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import dev.forefront.release.World;
import dev.forefront.serve.ReleasedModel;
import dev.forefront.serve.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A tiny real model as the guard's model, from the command line to a served reply. */
class GuardModelVerbsTest {
  /** The tiny model knows neither answer, so any probability of both will do. */
  private static final String DESCRIPTION =
      """
      format: forefront-guard-model-1
      release: judge-1
      template: |
        {{- '<|im_start|>user\\n' + messages[-1].content + '<|im_end|>\\n<|im_start|>assistant\\n' -}}
      categories: {S1: S1, S10: S10}
      answers: 0
      """;

  @TempDir Path folder;
  private Path model;
  private Path guard;
  private Path description;

  @BeforeEach
  void make() throws IOException {
    model = ReferenceModels.ofChat(folder);
    guard = folder.resolve("guard");
    Guard.writeBuiltIn(guard);
    description = folder.resolve("judge.yaml");
    Files.writeString(description, DESCRIPTION);
  }

  private Path texts(String name) {
    String lines =
        IntStream.range(0, 40)
            .mapToObj(n -> "{\"text\": \"how do I water %d plants\"}".formatted(n))
            .collect(Collectors.joining("\n"));
    Path file = folder.resolve(name);
    AtomicFile.write(file, lines);
    return file;
  }

  /** Adds the model to the guard with limits that this test chooses. */
  private void add(double limit) {
    byte[] yaml =
        GuardModel.completed(
            DESCRIPTION.getBytes(StandardCharsets.UTF_8), ModelDigest.of(model), "judge.yaml");
    String digest = GuardModel.parse(yaml, "judge.yaml").digest();
    new JudgeLimits(digest, 0.01, 100, limit, limit).addTo(guard, yaml);
  }

  @Test
  void aModelIsAddedWithLimitsChosenOnHarmlessTexts() {
    Ran ran =
        Ran.of(
            new GuardVerb(),
            "add-model",
            guard.toString(),
            "--description=" + description,
            "--model=" + model,
            "--requests=" + texts("asked.jsonl"),
            "--replies=" + texts("said.jsonl"),
            "--false-alarms=0.1",
            "--json");

    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    JsonNode answer = JsonMapper.shared().readTree(ran.out());
    assertThat(answer.path("model_digest").asString()).isEqualTo(ModelDigest.of(model));
    assertThat(answer.path("limits").path("request").asDouble()).isBetween(0.0, 1.0);
    assertThat(Guard.open(guard).model()).map(GuardModel::release).contains("judge-1");
    assertThat(Guard.open(guard).digest()).isNotEqualTo(Guard.builtIn().digest());
  }

  @Test
  void checkAsksTheModelAndNamesItsStage() {
    add(1e-9);
    String[] words = {"check", "how do I bake a cake", "--guard=" + guard, "--json"};
    Ran without = Ran.of(new GuardVerb(), words);
    assertThat(without.exit()).isEqualTo(Exit.USAGE);
    assertThat(without.err()).contains("name its folder with --guard-model");

    String[] with = List.of(words).toArray(new String[5]);
    with[4] = "--guard-model=" + model;
    Ran blocked = Ran.of(new GuardVerb(), with);
    assertThat(blocked.exit()).as(blocked.err()).isEqualTo(Exit.REFUSED);
    JsonNode answer = JsonMapper.shared().readTree(blocked.out());
    assertThat(answer.path("stage").asString()).isEqualTo("model");
    assertThat(answer.path("category").asString()).isIn("S1", "S10");

    add(1);
    assertThat(Ran.of(new GuardVerb(), with).exit()).isEqualTo(Exit.DONE);
  }

  @Test
  void aModelThatAnswersSomethingElseIsNotedBeforeItIsAsked() {
    byte[] yaml =
        GuardModel.completed(
            DESCRIPTION.replace("answers: 0", "answers: 0.5").getBytes(StandardCharsets.UTF_8),
            ModelDigest.of(model),
            "judge.yaml");
    String digest = GuardModel.parse(yaml, "judge.yaml").digest();
    new JudgeLimits(digest, 0.01, 100, 0.5, 0.5).addTo(guard, yaml);
    Ran ran = Ran.of(new GuardVerb(), "check", "hi", "--guard=" + guard, "--guard-model=" + model);
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("with none of its answers: look at the template");
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    add(1);
    Files.writeString(model.resolve("generation_config.json"), "{}");
    Ran ran =
        Ran.of(new GuardVerb(), "check", "hello", "--guard=" + guard, "--guard-model=" + model);
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("the guard wants the model sha256:");
  }

  /** The descriptions in the documentation, each after a line that says whose shape it is. */
  private List<GuardModel> documented() throws IOException {
    List<GuardModel> found = new ArrayList<>();
    String page = Files.readString(Path.of("docs/reference/guard.md"));
    for (String block : page.split("\n    # ")) {
      String yaml =
          block
              .lines()
              .skip(1)
              .takeWhile(line -> line.isBlank() || line.startsWith("    "))
              .map(line -> line.isBlank() ? "" : line.substring(4))
              .collect(Collectors.joining("\n"));
      if (yaml.startsWith("release: ")) {
        byte[] whole =
            GuardModel.completed(
                ("format: forefront-guard-model-1\n" + yaml).getBytes(StandardCharsets.UTF_8),
                ModelDigest.of(model),
                block);
        found.add(GuardModel.parse(whole, block));
      }
    }
    return found;
  }

  @Test
  void theShapesInTheDocumentationCanBeAsked() throws IOException {
    List<GuardModel> shapes = documented();
    assertThat(shapes)
        .extracting(GuardModel::release)
        .containsExactly("llama-guard-3-1b", "qwen3guard-gen", "guardian");
    for (GuardModel shape : shapes) {
      try (Engine engine = GuardOfRelease.engine(shape, model, Loading.UNWITNESSED)) {
        Conversation exchange =
            Conversation.of(
                Message.system(shape.questions().getFirst().ask()),
                Message.user("How are you?"),
                Message.assistant("Well."));
        List<String> answers = new ArrayList<>(shape.unsafe());
        answers.add(shape.safe());
        assertThat(engine.scoreReplies(exchange, answers))
            .allSatisfy(score -> assertThat(score.logprob()).isNegative());
        assertThat(engine.tokenizer().decodeShowingControls(engine.judgingPrompt(exchange)))
            .contains("How are you?", "Well.");
      }
    }
  }

  private Registry registry() {
    return Registry.at(ReleasedModel.makeRegistry(folder.resolve("house")));
  }

  private Path house(String name) {
    return folder.resolve("house").resolve(name);
  }

  private void release(Registry registry, Draft draft) {
    if (registry.propose(draft) instanceof Refused refused) {
      throw new AssertionError(refused.reasons());
    }
    registry.sign(draft.name(), Board.demoKeys(house("board")).get(0));
    registry.sign(draft.name(), Board.demoKeys(house("board")).get(1));
  }

  private Draft draft(String name, Path released) {
    Path report = folder.resolve(name + "-report/report.json");
    AtomicFile.write(report, World.reportText(ModelDigest.of(released), 0.98, 0.98, Instant.now()));
    return Draft.of(name, released, List.of(report), house("policy.yaml"));
  }

  /** What an assistant says, or why not. */
  private static String ask(ServeVerb.Served served) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(served.server().url() + "v1/messages"))
                  .header("content-type", "application/json")
                  .POST(
                      BodyPublishers.ofString(
                          "{\"model\":\"any\",\"max_tokens\":20,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"The river\"}]}"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }

  private ServeVerb.Served serve() {
    Release release = Release.open(house("registry"), "guarded-1");
    return ServeVerb.start(release, ServerSettings.standard(folder.resolve("data")).withPort(0));
  }

  @Test
  void aReleaseIsServedBehindItsGuardModelWhichIsAReleaseToo()
      throws IOException, InterruptedException {
    Registry registry = registry();
    add(1);
    release(registry, draft("guarded-1", house("model")).withGuard(guard));
    assertThatThrownBy(this::serve)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has no release of that name");

    assertThat(registry.propose(draft("judge-1", model))).isNotInstanceOf(Refused.class);
    assertThatThrownBy(this::serve).isInstanceOf(RefusedException.class);

    release(registry, draft("judge-1", model));
    try (ServeVerb.Served served = serve()) {
      assertThat(ask(served)).doesNotContain("refusal");
      registry.stop(
          "judge-1", "it judges badly", SigningKey.read(Board.demoKeys(house("board")).get(2)));
      assertThat(ask(served)).contains("refusal");
    }
    assertThatThrownBy(this::serve).isInstanceOf(RefusedException.class);

    List<String> entries = new ArrayList<>();
    AuditLog.read(folder.resolve("data/audit"), Pins.NONE, entry -> entries.add(entry.toString()));
    assertThat(entries).anySatisfy(entry -> assertThat(entry).contains("judge-1"));
  }

  @Test
  void whatTheGuardModelCallsUnsafeIsNotServed() throws IOException, InterruptedException {
    Registry registry = registry();
    add(1e-9);
    release(registry, draft("guarded-1", house("model")).withGuard(guard));
    release(registry, draft("judge-1", model));
    try (ServeVerb.Served served = serve()) {
      assertThat(ask(served)).contains("refusal");
    }
  }

  @Test
  void aModelThatWasMeasuredToJudgeIsNotServed() {
    Registry registry = registry();
    Path policy = folder.resolve("judges.yaml");
    AtomicFile.write(policy, World.policyText().replace("name: test", "name: guard-model"));
    World.adopt(registry, policy, Board.demoKeys(house("board")));
    Draft draft = draft("judge-1", model);
    release(registry, Draft.of("judge-1", model, draft.reports(), policy));
    Release judge = Release.open(house("registry"), "judge-1");

    assertThatThrownBy(
            () -> ServeVerb.start(judge, ServerSettings.standard(folder.resolve("data"))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("measured by how it judges");
  }

  @Test
  void anotherModelUnderTheSameNameIsNotAsked() throws IOException {
    Registry registry = registry();
    add(1);
    release(registry, draft("guarded-1", house("model")).withGuard(guard));
    Files.writeString(model.resolve("generation_config.json"), "{}");
    release(registry, draft("judge-1", model));
    assertThatThrownBy(this::serve)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("calibrated with");
  }
}
