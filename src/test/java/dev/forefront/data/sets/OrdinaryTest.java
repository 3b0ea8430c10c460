package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdinaryTest {
  @TempDir private Path root;

  private static final Catalogue CATALOGUE =
      Catalogue.parse(
          (set("learnt", "train") + set("small", "measure") + set("large", "measure"))
              .getBytes(StandardCharsets.UTF_8));

  private static String set(String name, String guard) {
    return """
        - {name: %s, title: T, licence: CC0-1.0, use: measure, homepage: h, reach: folder,
           labels: tasks, guard: %s, files: {}}
        """
        .formatted(name, guard);
  }

  private void write(String set, List<String> tasks) throws IOException {
    String json =
        tasks.stream()
            .map(task -> "{\"instruction\": \"%s\"}".formatted(task))
            .collect(Collectors.joining(",", "[", "]"));
    Files.writeString(Files.createDirectories(root.resolve(set)).resolve("t.json"), json);
  }

  @BeforeEach
  void threeSets() throws IOException {
    write("learnt", List.of("Water the roses", "Sing"));
    write("small", List.of("Count to ten", "count to TEN!", "Sing."));
    write("large", IntStream.range(0, 50).mapToObj(i -> "Draw " + i + " hens").toList());
  }

  private List<Labelled> measuring(long seed, int count) {
    return Ordinary.sample(CATALOGUE, root, DataSet.Use.MEASURE, seed, count);
  }

  @Test
  void smallSourcesAreTakenWholeAndNoTextComesTwiceOrFromTraining() {
    List<Labelled> prompts = measuring(1, 10);
    assertThat(prompts).hasSize(10);
    assertThat(prompts)
        .filteredOn(prompt -> prompt.set().equals("small"))
        .extracting(Labelled::text)
        .containsExactly("Count to ten");
    assertThat(prompts).extracting(Labelled::set).doesNotContain("learnt");
    assertThat(prompts).extracting(Labelled::text).doesNotHaveDuplicates();
  }

  @Test
  void theSeedDecidesTheSample() {
    assertThat(measuring(7, 20)).isEqualTo(measuring(7, 20)).isNotEqualTo(measuring(8, 20));
  }

  @Test
  void trainingTakesFromTheOtherSources() {
    assertThat(Ordinary.sample(CATALOGUE, root, DataSet.Use.TRAIN, 1, 2))
        .extracting(Labelled::set)
        .containsOnly("learnt");
  }

  @Test
  void askingForMoreThanThereAreIsSaid() {
    assertThatThrownBy(() -> measuring(1, 52))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("only 51 ordinary prompts");
  }

  @Test
  void measuringAndTrainingShareNoSourceInTheBuiltInCatalogue() {
    assertThat(Ordinary.sources(DataSet.Use.MEASURE))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(Ordinary.sources(DataSet.Use.TRAIN));
    assertThat(Ordinary.sources(DataSet.Use.TRAIN)).contains("chat-intents-clinc150");
  }
}
