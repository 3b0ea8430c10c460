package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

  @ParameterizedTest
  @ValueSource(strings = {"policies/demo.yaml", "policies/real-small.yaml"})
  void thePoliciesOfThisHouseAreSoundAndTwoSided(String file) {
    Policy policy = Policy.read(Path.of(file));

    assertThat(policy.criteria())
        .extracting(Criterion::subject)
        .contains(
            "harmful/refusal_rate",
            "benign/answer_rate",
            "jailbreak/refusal_rate",
            "ends/self_ended_rate",
            "perplexity/heldout_perplexity");
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
}
