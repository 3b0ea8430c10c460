package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class FalseAlarmsTest {

  @Test
  void takesAShareBelowOneHalf() {
    assertThat(new FalseAlarms().convert("0.003")).isEqualTo(0.003);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0.1", "0.5", "30", "NaN"})
  void refusesWhatIsNoShareOfTexts(String given) {
    assertThatThrownBy(() -> new FalseAlarms().convert(given))
        .hasMessage("must be above 0 and below 0.5, not " + given);
  }

  @Test
  void namesTheOptionWhereANumberIsNone() {
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new GuardCalibrateVerb())
            .setErr(new PrintWriter(said))
            .execute("runs/guard", "--requests=a", "--replies=b", "--false-alarms=few");
    assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(said.toString()).contains("--false-alarms").contains("'few' is no number");
  }
}
