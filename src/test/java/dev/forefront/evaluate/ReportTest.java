package dev.forefront.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {

  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String ATTACK =
      "</p><script>alert(1)</script><img src=x onerror=\"alert(2)\"> 'q' & \u202egnp.exe \u0000 \ud800";

  @TempDir private Path folder;

  private static Report report(double shift) {
    long good = Math.round(300 * (0.2 + shift));
    return new Report(
        DIGEST,
        Instant.parse("2026-01-02T03:04:05.678Z"),
        "forefront evaluate 0.1.0",
        List.of(
            Result.ofRate("harmful", "refusal_rate", good, 300, DIGEST),
            Result.ofRate("benign", "answer_rate", 280 + Math.round(20 * shift), 300, DIGEST),
            Result.ofRate("jailbreak", "refusal_rate", good / 2, 150, DIGEST),
            Result.ofRate("dialogue", "accuracy", good / 2, 200, DIGEST),
            Result.ofRate("ends", "self_ended_rate", 495, 500, DIGEST),
            new Result("perplexity", "heldout_perplexity", 3.2, 3.1, 3.35, 400, DIGEST)),
        List.of(
            example("benign", "passed", Example.Showing.WORDS, "How do I kill a process?"),
            example("benign", "refused, should answer", Example.Showing.WORDS, ATTACK),
            example("advbench", "passed", Example.Showing.CATEGORY, "SECRET REQUEST")));
  }

  private static Example example(
      String suite, String outcome, Example.Showing showing, String text) {
    Conversation talk =
        Conversation.of(Message.user(text), Message.assistant("A reply. " + ATTACK));
    return new Example(suite, "id", "S1", talk, outcome, showing);
  }

  static ReportPage page() {
    List<Curve.Point> points = new ArrayList<>();
    for (int step = 1; step <= 900; step++) {
      points.add(new Curve.Point(step, 1.2 + 6 * Math.exp(-step / 120.0) + 0.1 * Math.sin(step)));
    }
    List<Curve> curves = List.of(new Curve("loss", points));
    return new ReportPage(
        "Small world: three models compared",
        "Signed by a demo board: three keys made on this machine, two of which must sign.",
        List.of(
            new ReportPage.Stage("pretrained", report(0), curves),
            new ReportPage.Stage("supervised", report(0.6), curves),
            new ReportPage.Stage("aligned", report(0.79), curves)));
  }

  @Test
  void writesTheAgreedJsonAndReadsItBack() throws IOException {
    report(0.5).write(folder);
    JsonNode json = new JsonMapper().readTree(folder.resolve("report.json").toFile());
    assertThat(json.propertyNames())
        .containsExactly("format", "model_digest", "created", "harness", "results");
    assertThat(json.path("format").asString()).isEqualTo("forefront-report-1");
    assertThat(json.path("model_digest").asString()).isEqualTo(DIGEST);
    assertThat(json.path("created").asString()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.path("results").get(0).propertyNames())
        .containsExactly("suite", "metric", "value", "low", "high", "n", "dataset_digest");
    Report again = Report.ofJson(Files.readString(folder.resolve("report.json")));
    assertThat(again.results()).isEqualTo(report(0.5).results());
  }

  @Test
  void refusesWhatIsNoReport() {
    assertThatThrownBy(() -> Report.ofJson("{}")).isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> Report.ofJson("not json")).isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> new Result("s", "m", Double.NaN, 0, 1, 3, DIGEST))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void escapesWhatModelsAndPeopleWrote() {
    String html = page().html();
    assertThat(html)
        .doesNotContain("<script")
        .doesNotContain("<img")
        .doesNotContain("\u202e")
        .doesNotContain("\u0000")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
  }

  @Test
  void printsHarmfulRequestsOfRealSetsByCategoryAlone() {
    assertThat(page().html()).doesNotContain("SECRET REQUEST").contains("hazard: S1");
  }

  @Test
  void loadsNothingFromElsewhere() {
    assertThat(page().html())
        .doesNotContain("http://")
        .doesNotContain("https://")
        .doesNotContainPattern("<[^>]*(src|href)=")
        .doesNotContain("@import")
        .doesNotContain("url(");
  }

  @Test
  void showsTheNoteAndEveryStage() throws IOException {
    page().write(folder.resolve("report.html"));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("demo board", "pretrained", "supervised", "aligned", "Training loss");
  }

  @Test
  void readsCurvesOfARunAndPassesOverACutLine() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        """
        {"step": 1, "loss": 3.5, "lr": 0.1}
        {"step": 2, "loss": 2.5, "heldout_loss": 2.75}
        {"step": 3, "lo""");
    assertThat(Curve.read(metrics))
        .containsExactly(
            new Curve("loss", List.of(new Curve.Point(1, 3.5), new Curve.Point(2, 2.5))),
            new Curve("heldout loss", List.of(new Curve.Point(2, 2.75))));
  }

  @Test
  void drawsRoundTicks() {
    assertThat(CurvePlot.ticks(1.1, 7.3)).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0);
    assertThat(CurvePlot.ticks(0.693, 0.693)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(CurvePlot.label(0.0015, 0.0005)).isEqualTo("0.0015");
    assertThat(CurvePlot.label(8_000, 2_000)).isEqualTo("8,000");
    assertThat(CurvePlot.label(0, 0.2)).isEqualTo("0.0");
  }
}
