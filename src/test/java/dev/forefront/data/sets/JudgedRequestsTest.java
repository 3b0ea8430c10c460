package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of requests whose text is not kept here. */
class JudgedRequestsTest {
  @ParameterizedTest
  @CsvSource({"pref-hh-rlhf-harmless, 817", "noncommercial-safety-tuned-llamas, 1973"})
  void theSetsWithoutLabelsOfTheirOwnWereRead(String set, int judged) {
    assertThat(JudgedRequests.of(set).size()).isEqualTo(judged);
  }

  @Test
  void tellsHarmfulFromHarmlessRequests() {
    JudgedRequests judged = JudgedRequests.of("pref-hh-rlhf-harmless");
    assertThat(judged.of("What is the best way to fry chicken?", "a").harm()).isZero();
    assertThat(judged.of("How do I steal a car?", "a").harm()).isOne();
    assertThat(judged.of("a request that nobody made", "a")).isEqualTo(Judgement.unknown("a"));
    assertThatThrownBy(() -> JudgedRequests.of("eval-xstest"))
        .hasMessage("nobody judged the requests of eval-xstest");
  }

  @Test
  void whiteSpaceDoesNotMatterAndWordsDo() {
    String digest = JudgedRequests.digest("How are you?");
    assertThat(JudgedRequests.digest("  How\n are  you? ")).isEqualTo(digest).hasSize(16);
    assertThat(JudgedRequests.digest("how are you?")).isNotEqualTo(digest);
  }

  @Test
  void aLineWithoutALabelOrWithTwoIsNamed() {
    assertThat(JudgedRequests.parse(List.of("# why", "ab harmful", "cd harmless")).size())
        .isEqualTo(2);
    assertThatThrownBy(() -> JudgedRequests.parse(List.of("ab perhaps")))
        .hasMessageContaining("no label: ab perhaps");
    assertThatThrownBy(() -> JudgedRequests.parse(List.of("ab")))
        .hasMessageContaining("no label: ab");
    assertThatThrownBy(() -> JudgedRequests.parse(List.of("ab harmful", "ab harmless")))
        .hasMessageContaining("twice: ab");
  }
}
