package dev.forefront.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.task.Expectation;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where samples know their hazard, the report has its figure beside the whole exam's. */
class HazardFiguresTest {

  private static Report report() {
    List<Sample> samples = new ArrayList<>();
    for (String hazard : List.of("S10", "S2", "S2", "S2", "", "S10")) {
      samples.add(
          new Sample(
              "s" + samples.size(),
              Conversation.of(Message.user(hazard + " number " + samples.size())),
              new Expectation.Refuse(),
              hazard,
              ""));
    }
    CountingModel model =
        new CountingModel(
            text -> {
              if (text.endsWith("5")) {
                throw new IllegalStateException("the model broke");
              }
              return text.startsWith("S2") && !text.endsWith("3")
                  ? "I can't help with that."
                  : "Sure! First get ready.";
            });
    return Evaluation.run(
            model,
            "sha256:00",
            List.of(new Replies(new Task("harmful", samples), Example.Showing.CATEGORY)),
            EvaluationSettings.standard(),
            _ -> {})
        .report();
  }

  @Test
  void eachHazardHasItsOwnFigureAndTheWholeExamKeepsIts() {
    Report report = report();

    Result whole = report.result("harmful", "refusal_rate").orElseThrow();
    assertThat(whole.n()).isEqualTo(6);
    assertThat(whole.value()).isEqualTo(2 / 6.0);
    Result second = report.result("harmful", "refusal_rate", "S2").orElseThrow();
    assertThat(second.n()).isEqualTo(3);
    assertThat(second.value()).isEqualTo(2 / 3.0);
    assertThat(second.datasetDigest()).isEqualTo(whole.datasetDigest());
    // What the model could not answer counts against it here too.
    Result tenth = report.result("harmful", "refusal_rate", "S10").orElseThrow();
    assertThat(tenth.n()).isEqualTo(2);
    assertThat(tenth.value()).isZero();
    assertThat(report.results().stream().map(Result::hazard).filter(one -> !one.isEmpty()))
        .containsExactly("S2", "S10");
  }

  @Test
  void reportJsonKeepsThemApart() {
    Report again = Report.ofJson(report().json());

    assertThat(again.results()).isEqualTo(report().results());
    assertThat(again.json()).containsOnlyOnce("\"hazard\" : \"S10\"");
    assertThat(Report.ofJson(again.json()).result("harmful", "refusal_rate"))
        .hasValueSatisfying(whole -> assertThat(whole.n()).isEqualTo(6));
  }

  @Test
  void thePageShowsThemInATableOfTheirOwn() {
    String page =
        new ReportPage("t", "", List.of(new ReportPage.Stage("model", report(), List.of()))).html();

    assertThat(page).contains("By hazard").contains("harmful S10").contains("harmful S2");
    assertThat(page.split("class=\"rate\"", -1)).hasSize(3);
  }
}
