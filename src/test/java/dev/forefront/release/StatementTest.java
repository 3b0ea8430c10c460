package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a board signs about a release. */
class StatementTest {
  private final TreeMap<String, String> files = new TreeMap<>();
  private final Statement statement;

  StatementTest() {
    files.put("model/model.safetensors", "1".repeat(64));
    files.put("guard/rules.yaml", "2".repeat(64));
    files.put("reports/1/report.json", "3".repeat(64));
    files.put("policy.yaml", "4".repeat(64));
    statement = of(true);
  }

  private Statement of(boolean demo) {
    return new Statement(
        "one",
        Instant.parse("2026-01-02T03:04:05Z"),
        digest("5"),
        "careful",
        digest("6"),
        digest("7"),
        demo,
        files);
  }

  private static String digest(String digit) {
    return "sha256:" + digit.repeat(64);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    assertThat(Statement.parse(statement.json())).isEqualTo(statement);
    Statement real = of(false);
    assertThat(Statement.parse(real.json())).isEqualTo(real).isNotEqualTo(statement);
  }

  @Test
  void saysEachFileAndWhichPartItIs() {
    JsonNode said = JsonMapper.shared().readTree(statement.json());
    assertThat(said.path("subject")).hasSize(4);
    assertThat(said.at("/subject/0/name").asString()).isEqualTo("guard/rules.yaml");
    assertThat(said.at("/subject/0/digest/sha256").asString()).isEqualTo("2".repeat(64));
    assertThat(said.at("/predicate/parts/guard/files/0").asString()).isEqualTo("guard/rules.yaml");
    assertThat(said.at("/predicate/parts/guard/digest").asString()).startsWith("sha256:");
    assertThat(said.at("/predicate/parts/constitution/digest").asString()).isEqualTo("none");
    assertThat(said.at("/predicate/parts/constitution/files")).isEmpty();
  }

  @Test
  void isNotChangedByWhoMadeIt() {
    files.put("model/other.safetensors", "8".repeat(64));
    assertThat(statement.files()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Statement/v1 | Statement/v2 | it is no statement about a release",
        "forefront:release:2 | forefront:release:1 | it is no statement about a release",
        "\"predicateType\" | \"more\" : 1, \"predicateType\" | more is no key here",
        "\"demo_board\" : true | \"demo_board\" : 1 | demo_board",
        "2026-01-02T03:04:05Z | yesterday | created",
        "\"model_digest\" : \"sha256: | \"model_digest\" : \"md5: | model_digest must be sha256:",
        "\"policy_digest\" : \"sha256: | \"policy_digest\" : \"md5: | policy_digest must be sha256:",
        "\"board_digest\" : \"sha256: | \"board_digest\" : \"md5: | board_digest must be sha256:",
        "\"name\" : \"one\" | \"name\" :  \"one\" | its bytes are not written as a statement is",
        "\"digest\" : \"none\" | \"digest\" : \"some\" | its bytes are not written as a statement is",
        "model/model.safetensors | other/model.safetensors | not written as a statement is"
      })
  void anotherSpellingIsNoStatement(String was, String is, String why) {
    String text = new String(statement.json(), StandardCharsets.UTF_8);
    assertThat(text).contains(was);
    // The first place alone: what is said twice must agree.
    String other = text.replaceFirst(java.util.regex.Pattern.quote(was), is);
    assertThatThrownBy(() -> Statement.parse(World.utf8(other)))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("the statement is malformed: ")
        .hasMessageContaining(why);
  }
}
