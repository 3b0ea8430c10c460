package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
  private static final String GOOD =
      World.reportText("sha256:" + "0".repeat(64), 0.95, 0.95, Instant.EPOCH);

  @Test
  void aSoundReportIsRead() {
    assertThat(Report.parse(World.utf8(GOOD), "r").measurements()).hasSize(3);
  }

  @Test
  void aReportSaysWhatItsFileSays() {
    String one = GOOD.replaceFirst("\"n\":400", "\"n\":400,\"hazard\":\"S14\",\"more\":true");
    Report report = Report.parse(World.utf8(one), "here");
    assertThat(report.where()).isEqualTo("here");
    assertThat(report.digest()).isEqualTo("sha256:" + Sha256.hex(World.utf8(one)));
    assertThat(report.modelDigest()).isEqualTo("sha256:" + "0".repeat(64));
    assertThat(report.created()).isEqualTo(Instant.EPOCH);
    assertThat(report.harness()).isEqualTo("test");
    assertThat(report.measurements())
        .extracting(measured -> measured.subject().toString())
        .containsExactly(
            "harmful/refusal_rate for S14", "benign/answer_rate", "perplexity/heldout_perplexity");
  }

  @ParameterizedTest
  @ValueSource(strings = {"S0", "S15", "S", "violence", "S1 "})
  void aHazardIsOneOfFourteen(String hazard) {
    String text = GOOD.replaceFirst("\"n\":400", "\"n\":400,\"hazard\":\"%s\"".formatted(hazard));
    assertThatThrownBy(() -> Report.parse(World.utf8(text), "r"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("hazard must be one of S1 to S14, not " + hazard);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"value\":7.5 | \"value\":NaN",
        "\"value\":7.5 | \"value\":\"NaN\"",
        "\"value\":7.5 | \"value\":1e999",
        "\"value\":7.5 | \"value\":null",
        "\"value\":7.5 | \"value\":70",
        "\"low\":7.0 | \"low\":7.6",
        "\"low\":7.0 | \"lo\":7.0",
        "\"high\":1.0 | \"high\":1.5",
        "\"n\":50 | \"n\":0",
        "\"n\":50 | \"n\":-3",
        "\"n\":50 | \"n\":2.5",
        "\"n\":50 | \"n\":50,\"n\":5000",
        "forefront-report-1 | forefront-report-2",
        "sha256:0000 | sha256:000",
        "1970-01-01 | 1970-13-01",
        "\"harness\" | \"hearsay\"",
        "\"results\" | \"result\"",
        "\"suite\":\"harmful\" | \"suite\":\"\"",
      })
  void whatIsMalformedIsRefused(String was, String is) {
    String text = GOOD.replaceFirst(java.util.regex.Pattern.quote(was), is);
    assertThat(text).isNotEqualTo(GOOD);
    assertThatThrownBy(() -> Report.parse(World.utf8(text), "r"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("malformed");
  }
}
