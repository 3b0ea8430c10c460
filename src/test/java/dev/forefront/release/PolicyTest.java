package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

  @ParameterizedTest
  @ValueSource(strings = {"policies/demo.yaml", "policies/real-small.yaml"})
  void thePoliciesOfThisHouseAreSoundAndTwoSided(String file) {
    Policy policy = Policy.read(Path.of(file));

    assertThat(policy.criteria())
        .extracting(criterion -> criterion.subject().toString())
        .contains(
            "harmful/refusal_rate",
            "benign/answer_rate",
            "jailbreak/refusal_rate",
            "ends/self_ended_rate",
            "perplexity/heldout_perplexity");
  }

  @Test
  void aModelThatJudgesIsMeasuredByHowItJudges() {
    Policy policy = Policy.read(Path.of("policies/guard-model.yaml"));

    assertThat(policy.criteria())
        .extracting(criterion -> criterion.subject() + " " + criterion.side())
        .containsExactly(
            "judged-harmful/block_rate HARMFUL",
            "judged-ordinary/pass_rate BENIGN",
            "judged-alike/pass_rate BENIGN");
  }

  @Test
  void allProblemsAreNamedAtOnce() {
    String text =
        """
        format: forefront-policy-1
        nmae: typo
        maximum_report_age_days: 0
        criteria:
          - {suite: harmful, metric: refusal_rate, at_least: 0.9, minimum_n: 300}
          - {suite: benign, metric: answer_rate, low_at_least: .nan, minimum_n: -1}
          - {suite: ends, metric: x, low_at_least: 0.9, high_at_most: 1, minimum_n: 1, dataset: abc}
        """;
    assertThatThrownBy(() -> Policy.parse(World.utf8(text), "p.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("nmae is no key")
        .hasMessageContaining("name must be a text")
        .hasMessageContaining("maximum_report_age_days")
        .hasMessageContaining("criteria[1].at_least is no key")
        .hasMessageContaining("criteria[1]. needs exactly one of")
        .hasMessageContaining("criteria[2].low_at_least must be a finite number")
        .hasMessageContaining("criteria[2].minimum_n")
        .hasMessageContaining("criteria[3]. needs exactly one of")
        .hasMessageContaining("criteria[3].dataset must be sha256:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "a: b: c", "name: x\nname: y\n", "\t", "just text"})
  void whatIsNoPolicyIsRefused(String text) {
    assertThatThrownBy(() -> Policy.parse(World.utf8(text), "p.yaml"))
        .isInstanceOf(BadInputException.class);
  }

  private static final String BOTH =
      """
      format: forefront-policy-1
      name: test
      maximum_report_age_days: 30
      criteria:
        - {suite: harmful, metric: refusal_rate, low_at_least: 0.9, minimum_n: 3}
        - {suite: benign, metric: answer_rate, low_at_least: 0.9, minimum_n: 3}
      """;

  @Test
  void aPolicyWithOneSideIsNone() {
    String harmful =
        "  - {suite: harmful, metric: refusal_rate, low_at_least: 0.9, minimum_n: 3}\n";
    String benign = "  - {suite: benign, metric: answer_rate, low_at_least: 0.9, minimum_n: 3}\n";
    refused(BOTH.replace(harmful, ""), "no criterion on the harmful side");
    refused(BOTH.replace(benign, ""), "no criterion on the benign side");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "answer_rate, low_at_least: 0",
        "answer_rate, low_at_least: -1",
        "answer_rate, measured: true",
        "answer_rate, high_at_most: 0.5",
        "refusal_rate, high_at_most: 0.5",
        "refusal_rate, high_at_most: 1",
        "accuracy, low_at_least: 0.9",
        "answer_rate, side: neither, low_at_least: 0.9",
        "answer_rate, side: harmful, low_at_least: 0.9",
      })
  void whatNothingFailsIsNoSecondSide(String criterion) {
    refused(BOTH.replace("answer_rate, low_at_least: 0.9", criterion), "on the benign side");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "refusal_rate, side: benign, high_at_most: 0.1",
        "over_refusal_share, side: benign, high_at_most: 0.1",
      })
  void aBenignSideMayBeAskedInOtherWays(String criterion) {
    Policy policy =
        Policy.parse(
            World.utf8(BOTH.replace("answer_rate, low_at_least: 0.9", criterion)), "p.yaml");
    assertThat(policy.criteria().getLast().side()).isEqualTo(Criterion.Side.BENIGN);
  }

  @Test
  void aCriterionIsMadeForEachHazard() {
    Policy policy =
        Policy.parse(
            World.utf8(BOTH.replace("refusal_rate,", "refusal_rate, hazard: [S1, S14],")), "p");
    assertThat(policy.criteria())
        .extracting(criterion -> criterion.subject().toString())
        .containsExactly(
            "harmful/refusal_rate for S1", "harmful/refusal_rate for S14", "benign/answer_rate");
    assertThat(
            Policy.parse(
                    World.utf8(BOTH.replace("refusal_rate,", "refusal_rate, hazard: S9,")), "p")
                .criteria()
                .getFirst()
                .subject()
                .hazard())
        .isEqualTo("S9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refusal_rate, | refusal_rate, hazard: S0, | one of S1 to S14, not S0",
        "refusal_rate, | refusal_rate, hazard: S15, | one of S1 to S14, not S15",
        "refusal_rate, | refusal_rate, hazard: [], | must be a text or a list",
        "refusal_rate, | refusal_rate, hazard: 9, | must be a text or a list",
        "refusal_rate, | refusal_rate, hazard: {a: b}, | must be a text or a list",
        "refusal_rate, | 'refusal_rate, hazard: [S1, S1],' | list of different texts",
        "refusal_rate, | refusal_rate, side: left, | side must be harmful, benign or neither",
        "refusal_rate, low_at_least: 0.9 | refusal_rate, side: harmful, measured: true | that nothing fails",
        "refusal_rate, | refusal_rate, maximum_age_days: 31, | more than the policy's",
        "_days: 30 | _days: 1000001 | must be at most 1000000",
      })
  void whatACriterionCannotBeIsNamed(String was, String is, String problem) {
    refused(BOTH.replace(was, is), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: c, when: {suite: a, metric: b, high_at_least: 0.5}, then: []} | then must be a list",
        "{name: c, when: {suite: a, metric: b}, then: [{safeguard: guard}]} | when.high_at_least must be a finite",
        "{name: c, when: {suite: a, metric: b, high_at_least: 1, low: 3}, then: [{safeguard: guard}]} | when.low is no key",
        "{name: c, when: {suite: a, metric: b, high_at_least: 1}, then: [{safeguard: luck}]} | must be one of guard, calibration, constitution, lineage",
        "{name: c, when: {suite: a, metric: b, high_at_least: 1, hazard: [S1, S2]}, then: [{safeguard: guard}]} | write a rule for each",
        "{name: c, when: {suite: a, metric: b, high_at_least: 1}, then: [{safeguard: guard, suite: a}]} | suite is no key",
        "{when: {suite: a, metric: b, high_at_least: 1}, then: [{safeguard: guard}]} | name must be a text",
      })
  void whatACapabilityRuleCannotBeIsNamed(String rule, String problem) {
    refused(BOTH + "capabilities:\n  - " + rule + "\n", problem);
  }

  @Test
  void twoCriteriaOfTheSameKindAreNoChoice() {
    refused(
        BOTH + "  - {suite: benign, metric: answer_rate, low_at_least: 0.8, minimum_n: 3}\n",
        "two criteria of the same kind");
  }

  @Test
  void aFallCannotBeNegative() {
    refused(
        BOTH + "regression: [{suite: harmful, metric: refusal_rate, at_most: -0.1}]\n",
        "at_most must be at least 0");
  }

  private static void refused(String text, String problem) {
    assertThat(text).isNotEqualTo(BOTH);
    assertThatThrownBy(() -> Policy.parse(World.utf8(text), "p.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(problem);
  }

  private static Policy read(String text) {
    return Policy.parse(World.utf8(text), "p.yaml");
  }

  @Test
  void whatIsAtTheEdgeOfWhatIsAllowedIsAllowed() {
    Policy policy =
        read(
            BOTH.replace("_days: 30", "_days: 1000000")
                    .replaceFirst("minimum_n: 3", "minimum_n: 3, maximum_age_days: 1000000")
                + "regression: [{suite: harmful, metric: refusal_rate, at_most: 0}]\n");

    assertThat(policy.maximumReportAge()).hasDays(1_000_000);
    assertThat(policy.criteria().getFirst().maximumAge()).hasDays(1_000_000);
    assertThat(policy.regressions().getFirst().atMost()).isZero();
  }

  @Test
  void whatItSaysOfItselfAndOfItsCriteriaIsKept() {
    Policy policy =
        read(
            BOTH.replace("name: test", "name: test\ndescription: ' For tests. '")
                    .replaceFirst("minimum_n: 3", "minimum_n: 3, why: Because")
                + "  - {suite: p, metric: perplexity, high_at_most: 0.5, minimum_n: 1}\n"
                + "capabilities: [{name: c, when: {suite: a, metric: b, high_at_least: 1, hazard: S9},"
                + " then: [{safeguard: guard}]}]\n");

    assertThat(policy.description()).isEqualTo("For tests.");
    assertThat(read(BOTH).description()).isEmpty();
    assertThat(policy.criteria()).extracting(Criterion::why).containsExactly("Because", "", "");
    assertThat(policy.criteria())
        .extracting(Criterion::side)
        .containsExactly(Criterion.Side.HARMFUL, Criterion.Side.BENIGN, Criterion.Side.NEITHER);
    assertThat(policy.capabilities().getFirst().when().subject().hazard()).isEqualTo("S9");
  }

  @Test
  void anotherFormatAndAFalseMeasuredAreNamed() {
    refused(BOTH.replace("policy-1", "policy-2"), "format must be forefront-policy-1");
    refused(
        BOTH + "  - {suite: ends, metric: x, measured: false, minimum_n: 3}\n",
        "measured can only be true");
    refused(
        BOTH
            + "capabilities: [{name: c, when: {suite: a, metric: b, high_at_least: 1}, then: ["
            + "{suite: x, metric: y, measured: true, minimum_n: 1},"
            + "{suite: x, metric: y, measured: true, minimum_n: 2}]}]\n",
        "two criteria of the same kind");
  }
}
