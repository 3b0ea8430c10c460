package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.ModelDigest;
import dev.forefront.evaluate.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateVerbTest {
  @TempDir private Path folder;

  private Ran evaluate(Path model, String... args) {
    List<String> all =
        new ArrayList<>(List.of("--model", model.toString(), "--data", folder.toString()));
    all.addAll(List.of(args));
    return Ran.of(new EvaluateVerb(), all.toArray(String[]::new));
  }

  @Test
  void writesTheReportAndPrintsTheFigures() throws IOException {
    Path model = ReferenceModels.ofChat(folder);
    Path output = folder.resolve("out");
    Ran ran =
        evaluate(
            model,
            "--suite",
            "harmful,benign,ends",
            "--samples",
            "3",
            "--tokens",
            "4",
            "--output",
            output.toString(),
            "--json");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    JsonNode figures = JsonMapper.shared().readTree(ran.out());
    assertThat(figures.valueStream().map(one -> one.path("suite").asString()))
        .contains("harmful", "benign", "ends");
    assertThat(figures.get(0).propertyNames())
        .containsExactly("suite", "metric", "value", "low", "high", "n");
    assertThat(figures.get(0).path("n").asInt()).isEqualTo(3);
    Report report = Report.ofJson(Files.readString(output.resolve("report.json")));
    assertThat(report.modelDigest()).isEqualTo(ModelDigest.of(model));
    assertThat(report.result("harmful", "refusal_rate")).isPresent();
    assertThat(output.resolve("report.html")).content().contains("<html");
  }

  @Test
  void measuresAModelOfTextOnHeldOutTexts() throws IOException {
    Path corpus = folder.resolve("corpus.jsonl");
    Files.writeString(
        corpus,
        "{\"id\": \"1\", \"text\": \"The river runs.\", \"source\": \"s\", \"licence\": \"l\"}\n");
    Ran ran =
        evaluate(
            ReferenceModels.ofText(), "--suite", "perplexity", "--held-out", corpus.toString());
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(ran.out()).contains("heldout perplexity").contains("n = 1");
  }

  @Test
  void aSuiteThatCouldNotBeAskedAtAllIsAFailure() {
    Ran ran = evaluate(ReferenceModels.ofText(), "--suite", "harmful", "--samples", "2");
    assertThat(ran.exit()).isEqualTo(Exit.FAILED);
    assertThat(ran.err()).contains("2 of 2 items failed").contains("has no chat template");
  }

  @Test
  void badInputIsOneSentenceAndEndsWithTwo() {
    String[][] cases = {
      {"did you mean harmful?", "--suite", "harmfull"},
      {"data pull cap-blimp", "--suite", "blimp"},
      {"at least one sample", "--suite", "harmful", "--samples", "0"},
      {"--tokens must be at least 1", "--suite", "harmful", "--tokens", "0"},
      {"does not exist", "--suite", "perplexity", "--held-out", "/no/such/corpus.jsonl"},
    };
    for (String[] one : cases) {
      List<String> args = List.of(one).subList(1, one.length);
      Ran ran = evaluate(ReferenceModels.ofText(), args.toArray(String[]::new));
      assertThat(ran.exit()).as(args.toString()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).as(args.toString()).contains(one[0]);
    }
    assertThat(evaluate(folder.resolve("none"), "--suite", "harmful").exit()).isEqualTo(Exit.USAGE);
  }

  @Test
  void itsHelpNamesEverySuite() {
    assertThat(Ran.of(new EvaluateVerb(), "--help").out())
        .contains("harmful, benign")
        .contains("jailbreak-garak")
        .contains("Example:");
  }
}
