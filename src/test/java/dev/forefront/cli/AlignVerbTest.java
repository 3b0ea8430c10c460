package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.model.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verb {@code align} on a model from elsewhere and a person's own dialogues. */
class AlignVerbTest {
  @TempDir Path folder;
  private Path base;
  private Path recipe;

  @BeforeEach
  void bringAModelAndData() throws IOException {
    base = ReferenceModels.ofChat(folder);
    List<String> dialogues = new ArrayList<>();
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      dialogues.add(
          """
          {"messages":[{"role":"user","content":"How much is %d and %d?"},\
          {"role":"assistant","content":"It is %d, as every child knows."}]}\
          """
              .formatted(i, i + 1, 2 * i + 1));
      pairs.add(
          """
          {"prompt":"How much is %d and %d?","chosen":[{"role":"assistant","content":"%d."}],\
          "rejected":"Too much."}\
          """
              .formatted(i, i + 2, 2 * i + 2));
    }
    Files.write(folder.resolve("sums.jsonl"), dialogues);
    Files.write(folder.resolve("taste.jsonl"), pairs);
    recipe = write("");
  }

  private Path write(String more) throws IOException {
    return Files.writeString(
        folder.resolve("recipe.yaml"),
        """
        name: ours
        base: %s
        data:
          world: {seed: 1, size: 0.01}
          supervised: [{set: sums, epochs: 2}]
          preference: [{set: taste}]
          own:
            - {name: sums, file: %s, licence: ours, origin: the school's desk}
            - {name: taste, file: %s, licence: ours}
          cleaning: {near_duplicate: 1, filter: false}
        supervised: {steps: 3, rows: 2, length: 64, schedule: {warmup: 1}, lora: {rank: 2}}
        preference: {steps: 2, pairs: 2, length: 64, schedule: {warmup: 1}}
        %s
        """
            .formatted(base, folder.resolve("sums.jsonl"), folder.resolve("taste.jsonl"), more));
  }

  private Ran align(String... more) {
    List<String> arguments = new ArrayList<>(List.of(recipe.toString()));
    arguments.addAll(List.of("--run", folder.resolve("run").toString()));
    arguments.addAll(List.of(more));
    return Ran.of(new AlignVerb(), arguments.toArray(String[]::new));
  }

  private JsonNode lineage(String stage) throws IOException {
    Path file = folder.resolve("run").resolve(stage).resolve("model/lineage.json");
    return JsonMapper.shared().readTree(Files.readAllBytes(file));
  }

  @Test
  void aModelFromElsewhereIsTunedOnOnesOwnDialoguesAndPairs() throws IOException {
    Ran ran = align();
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(ran.out()).contains("base", "supervised", "preference");
    assertThat(folder.resolve("run/tokenizer")).doesNotExist();

    JsonNode base = lineage("base");
    assertThat(base.at("/datasets/0/licence").asString()).isEqualTo("not stated");
    JsonNode supervised = lineage("supervised");
    assertThat(supervised.path("stages").findValuesAsString("name")).containsExactly("base");
    assertThat(supervised.path("tuned").asString())
        .isEqualTo("LoRA of rank 2, alpha 16.0, on all matrices");
    JsonNode sums = supervised.at("/datasets/1");
    assertThat(sums.path("name").asString()).isEqualTo("sums");
    assertThat(sums.path("licence").asString()).isEqualTo("ours");
    assertThat(sums.path("source").asString()).isEqualTo("the school's desk");
    assertThat(sums.path("digest").asString()).startsWith("sha256:");
    assertThat(lineage("preference").path("datasets").findValuesAsString("name"))
        .containsExactly("whatever chat-model learnt from", "sums", "taste");

    Adapter adapter = Adapter.open(folder.resolve("run/supervised/adapter"));
    assertThat(adapter.config().rank()).isEqualTo(2);
    assertThat(adapter.pairs()).hasSize(2 * 7);
    assertThat(folder.resolve("run/preference/adapter")).doesNotExist();

    assertThat(align().out().lines()).hasSize(3).allMatch(line -> line.contains("finished before"));
  }

  @Test
  void onlyDialoguesMakeASupervisedModelAlone() throws IOException {
    Ran ran = align("--set", "data.preference=[]");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(folder.resolve("run/supervised/model/model.safetensors")).exists();
    assertThat(folder.resolve("run/preference")).doesNotExist();
  }

  @Test
  void whatDoesNotFitIsSaid() throws IOException {
    assertThat(align("--set", "supervised.length=512").err())
        .contains("supervised.length 512 is longer than the 256 tokens that " + base + " reads");
    assertThat(align("--set", "base=nowhere").err()).contains("nowhere does not exist");
    assertThat(align("--set", "supervised.lora.targets=[w_out]").err())
        .contains("the model has no matrix named w_out inside its blocks");
    Files.delete(base.resolve("tokenizer.json"));
    assertThat(align("--set", "seed=2").err()).contains(base + " has no tokenizer");
    Files.delete(folder.resolve("sums.jsonl"));
    assertThat(align().err()).contains("there is nothing at " + folder.resolve("sums.jsonl"));
  }

  @Test
  void ownLinesOfTheWrongKindAreNamed() throws IOException {
    Files.writeString(folder.resolve("sums.jsonl"), "{\"text\": \"once upon a time\"}\n");
    assertThat(align().err())
        .contains("data.own sums: document 1 of", "does not have \"messages\"");
    Files.writeString(folder.resolve("sums.jsonl"), "{\"text\"\n");
    assertThat(align().err()).contains("sums.jsonl, line 1 is no JSON");
  }

  @Test
  void aModelWithoutATemplateIsToldSoAndMayBeMended() throws IOException {
    Path text = folder.resolve("text-model");
    Files.createDirectories(text);
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(ReferenceModels.ofText().resolve(file), text.resolve(file));
    }
    assertThat(align("--set", "base=" + text).err())
        .contains("base: " + text + " has no chat template that can be used");
    Files.copy(base.resolve("chat_template.jinja"), text.resolve("chat_template.jinja"));
    assertThat(align("--set", "base=" + text).err()).doesNotContain("chat template");
  }

  @Test
  void onesOwnJudgedRepliesTuneByKto() throws IOException {
    List<String> judged = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      judged.add(
          "{\"prompt\": \"Is %d odd?\", \"completion\": \"%s.\", \"label\": %s}"
              .formatted(i, i % 3 == 0 ? "No" : "Yes", i % 3 != 0));
    }
    Files.write(folder.resolve("taste.jsonl"), judged);
    assertThat(align().err()).contains("set preference.loss to kto");
    Ran ran = align("--set", "preference.loss=kto");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(ran.out()).contains("6 judged replies, 4 of them desirable");
    assertThat(lineage("preference").path("loss").asString()).isEqualTo("kto");
    assertThat(folder.resolve("run/preference/report.html"))
        .content()
        .contains("rewards/chosen", "kl");

    Files.write(folder.resolve("taste.jsonl"), List.of(judged.getFirst(), "{\"prompt\": \"?\"}"));
    assertThat(align("--set", "preference.loss=kto").err())
        .contains("taste.jsonl, line 2: it must be either a pair");
  }

  @Test
  void aRewardModelJudgesReplies() throws IOException {
    Ran ran = align("--set", "preference.loss=reward", "--set", "preference.center=0.01");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    String model = folder.resolve("run/preference/model").toString();
    Path items = folder.resolve("items.jsonl");
    Path scores = folder.resolve("scores.jsonl");
    Files.writeString(
        items,
        """
        {"id": 1, "prompt": "How much is 1 and 3?", "completion": "4."}
        {"id": "b", "messages": [{"role": "user", "content": "Well?"}, {"role": "assistant", "content": "4."}]}
        """);
    String[] score = {"--model", model, "--input", items.toString(), "--output", scores.toString()};
    Ran scored = Ran.of(new ScoreVerb(), score);
    assertThat(scored.exit()).as(scored.err()).isEqualTo(Exit.DONE);
    List<JsonNode> lines =
        Files.readAllLines(scores).stream().map(JsonMapper.shared()::readTree).toList();
    assertThat(lines).hasSize(2).allMatch(line -> Double.isFinite(line.path("reward").asDouble()));
    assertThat(lines.get(1).path("id").asString()).isEqualTo("b");
    assertThat(lines.get(0).path("reward")).isNotEqualTo(lines.get(1).path("reward"));

    Files.writeString(items, "{\"id\": 1, \"context\": \"a\", \"continuation\": \"b\"}\n");
    assertThat(Ran.of(new ScoreVerb(), score).err())
        .contains("items.jsonl, line 1:", "a reward model judges items with prompt and completion");
    assertThat(Ran.of(new GenerateVerb(), "--model", model, "--prompt", "Hello").err())
        .contains("is a reward model, which judges replies and writes none");
  }

  @Test
  void anEstimateCountsWhatALossReads() {
    for (String loss : List.of("sigmoid", "simpo", "kto")) {
      Ran ran =
          Ran.of(
              new TrainVerb(),
              recipe.toString(),
              "--estimate",
              "--set",
              "preference={steps: 10, pairs: 4, length: 64, loss: %s}".formatted(loss));
      assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
      assertThat(ran.out())
          .contains(
              "preference 10 updates, %s tokens".formatted(loss.equals("kto") ? "2,560" : "5,120"));
    }
  }

  @Test
  void anEstimateIsOfTheTuningsAlone() {
    Ran ran = Ran.of(new TrainVerb(), recipe.toString(), "--estimate");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(ran.out())
        .startsWith("parameters 48,736")
        .contains("supervised 3 updates, 384 tokens", "preference 2 updates")
        .doesNotContain("pretrain");
  }

  @Test
  void pretrainingHasNothingToDoWithABase() {
    Ran ran = Ran.of(new TrainVerb(), recipe.toString(), "--run", folder.resolve("run").toString());
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("so nothing is pretrained: tune it with ./forefront align");
  }
}
