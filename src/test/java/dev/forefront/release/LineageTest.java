package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineageTest {
  private static final String ONE = "sha256:" + "1".repeat(64);
  private static final String TWO = "sha256:" + "2".repeat(64);
  private static final String WHOLE =
      """
      {"format":"forefront-lineage-1","parent":"%s","recipe":"sha256:abc","steps":7,
       "stages":[{"name":"pretrain","model_digest":"%s"},{"name":"supervised","model_digest":"%s"}],
       "datasets":[{"name":"world","licence":"Apache-2.0"},
                   {"name":"tales","licence":"CC0-1.0","source":"https://example.org"}]}
      """
          .formatted(TWO, ONE, TWO);

  private static Lineage parse(String text) {
    return Lineage.parse(World.utf8(text), "lineage.json");
  }

  @Test
  void stagesDataAndDigestsAreRead() {
    Lineage lineage = parse(WHOLE);

    assertThat(lineage.stages())
        .containsExactly(new Lineage.Stage("pretrain", ONE), new Lineage.Stage("supervised", TWO));
    assertThat(lineage.datasets())
        .containsExactly(
            new Lineage.Dataset("world", "Apache-2.0", ""),
            new Lineage.Dataset("tales", "CC0-1.0", "https://example.org"));
    assertThat(lineage.digests()).containsOnlyKeys("parent", "recipe");
  }

  @Test
  void aLoneParentCountsAsAStage() {
    assertThat(parse("{\"format\":\"forefront-lineage-1\",\"parent\":\"" + ONE + "\"}").stages())
        .containsExactly(new Lineage.Stage("parent", ONE));
    assertThat(parse("{\"format\":\"forefront-lineage-1\"}").stages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lineage-1 | lineage-2 | format must be",
        "\"pretrain\" | \"../x\" | name must be its own",
        "\"pretrain\" | \"supervised\" | name must be its own",
        "{\"name\":\"supervised\" | {\"nam\":\"supervised\" | stages[2].name must be a text",
        "\"licence\":\"CC0-1.0\" | \"licence\":\"\" | datasets[2].licence must be a text",
        "\"source\":\"https://example.org\" | \"source\":3 | datasets[2].source must be a text",
        "\"name\":\"world\" | \"name\":7 | datasets[1].name must be a text",
        "sha256:1 | sha256:x | must be sha256:",
        "\"parent\":\"sha256:2 | \"parent\":\"sha256:3 | parent is another model than the last",
        "\"stages\":[ | \"stages\":[], \"more\":[ | parent is another model than the last",
      })
  void whatContradictsItselfIsNoLineage(String was, String is, String problem) {
    assertThat(WHOLE).contains(was);
    assertThatThrownBy(() -> parse(WHOLE.replace(was, is)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("lineage.json is no lineage")
        .hasMessageContaining(problem);
  }
}
