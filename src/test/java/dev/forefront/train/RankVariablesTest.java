package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.Place;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What torchrun, Kubernetes and SLURM tell a process. */
class RankVariablesTest {
  private static final Map<String, String> WHOLE =
      Map.of("RANK", "1", "WORLD_SIZE", "4", "MASTER_ADDR", "node-a", "MASTER_PORT", "29400");

  @Test
  void aProcessOfWhichNothingIsSaidIsAlone() {
    assertThat(RankVariables.of(Map.of("PATH", "/bin")).place()).isEmpty();
  }

  @Test
  void theOnlyOneIsAloneToo() {
    assertThat(RankVariables.of(Map.of("RANK", "0", "WORLD_SIZE", "1")).place()).isEmpty();
  }

  @Test
  void rank0RunsTheStoreUnlessTheLauncherDoes() {
    assertThat(RankVariables.of(WHOLE))
        .isEqualTo(
            new RankVariables(
                Optional.of(new Place(1, 4, "node-a", 29400, Place.Host.RANK_0, 0)), 0, 1));
    Map<String, String> torchrun = with("TORCHELASTIC_USE_AGENT_STORE", "True");
    torchrun.put("TORCHELASTIC_RESTART_COUNT", "2");
    torchrun.put("LOCAL_WORLD_SIZE", "2");
    torchrun.put("LOCAL_RANK", "1");
    assertThat(RankVariables.of(torchrun))
        .isEqualTo(
            new RankVariables(
                Optional.of(new Place(1, 4, "node-a", 29400, Place.Host.LAUNCHER, 2)), 1, 2));
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    Map<String, String> wrong = with("RANK", "4");
    wrong.put("MASTER_PORT", "http");
    wrong.put("LOCAL_RANK", "1");
    wrong.remove("MASTER_ADDR");
    assertThatThrownBy(() -> RankVariables.of(wrong))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("RANK is '4', not a number from 0 to 3")
        .hasMessageContaining("LOCAL_RANK is '1', not a number from 0 to 0")
        .hasMessageContaining("MASTER_ADDR is not set")
        .hasMessageContaining("MASTER_PORT is 'http', not a number from 1 to 65535")
        .hasMessageContaining("or unset RANK and WORLD_SIZE");
  }

  @Test
  void aSizeWithoutARankIsNotEnough() {
    assertThatThrownBy(() -> RankVariables.of(Map.of("WORLD_SIZE", "1")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("RANK is not set");
  }

  @Test
  void whatIsDoneAloneIsNotDoneByEveryRank() {
    Ranks.requireAlone(Map.of(), "align");
    assertThatThrownBy(() -> Ranks.requireAlone(WHOLE, "align"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("align runs in one process, but WORLD_SIZE is 4");
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> all = new TreeMap<>(WHOLE);
    all.put(name, value);
    return all;
  }
}
