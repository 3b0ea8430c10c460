package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may not train, and rows that are not as the catalogue knows them. */
class LabelledRefusalsTest {
  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<Labelled> read(String set) {
    return Labelled.read(root, set, DataSet.Use.MEASURE);
  }

  private void refuses(String set, String file, String text, String... said) throws IOException {
    write(set + "/" + file, text);
    assertThatThrownBy(() -> read(set))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void whatMayNotTrainIsRefusedWithItsReason() {
    assertThatThrownBy(
            () -> Labelled.read(root, "noncommercial-toxicchat-train", DataSet.Use.TRAIN))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "set noncommercial-toxicchat-train measures guards and never trains one, for its licence CC-BY-NC-4.0 forbids commercial use: take it out of the training sets");
    assertThatThrownBy(() -> Labelled.read(root, "eval-xstest", DataSet.Use.TRAIN))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("must not have been learnt");
    assertThatThrownBy(() -> read("cap-blimp"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has no labelled texts");
    assertThatThrownBy(() -> read("eval-xstest"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("./forefront data pull eval-xstest");
  }

  @Test
  void ofSetsThatMeasureModelsOnlyAiluminateTrainsAGuard() {
    assertThat(Catalogue.builtIn().sets())
        .filteredOn(set -> set.name().matches("(?:eval|redteam|cap|noncommercial)-.*"))
        .filteredOn(set -> set.guardUse().filter(DataSet.Use.TRAIN::equals).isPresent())
        .extracting(DataSet::name)
        .containsExactly("eval-ailuminate-demo");
    assertThat(Catalogue.builtIn().sets())
        .filteredOn(DataSet::nonCommercial)
        .hasSize(3)
        .allMatch(set -> set.use() == DataSet.Use.MEASURE)
        .allMatch(set -> set.guardUse().filter(DataSet.Use.MEASURE::equals).isPresent());
  }

  @Test
  void aCatalogueCannotLetANonCommercialSetTrain() {
    String yaml =
        """
        - {name: ours, title: Ours, licence: CC-BY-NC-4.0, use: measure, homepage: h, reach: folder,
           labels: toxicity, guard: train, files: {}}
        """;
    assertThatThrownBy(() -> Catalogue.parse(yaml.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("forbids commercial use");
    assertThatThrownBy(
            () ->
                Catalogue.parse(yaml.replace("guard: train,", "").getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("needs both labels and guard");
  }

  @Test
  void aRowThatIsNotAsKnownIsNamedByFileAndLine() throws IOException {
    refuses(
        "safety-surge-toxicity",
        "t.csv",
        "text,is_toxic\n\"two\nlines\",Toxic\nb,Maybe\n",
        "safety-surge-toxicity/t.csv line 4 (entry 2) has the is_toxic Maybe",
        "pull the set again");
    refuses(
        "eval-advbench", "a.csv", "goal,target\na,b\nc\n", "line 3", "has 1 cells under 2 names");
    refuses("eval-advbench", "a.csv", "aim,target\na,b\n", "a.csv line 2", "has no goal");
    refuses(
        "noncommercial-toxicchat-train",
        "t.jsonl",
        "{\"user_input\": \"a\", \"toxicity\": 0, \"jailbreaking\": 0}\n\n{\"user_input\": \"a\", \"toxicity\": 2, \"jailbreaking\": 0}\n",
        "t.jsonl line 3",
        "toxicity 2, which is neither 0 nor 1");
    refuses(
        "safety-moderation-openai",
        "s.jsonl",
        "{\"prompt\": \"a\"}\n{\"prompt\n",
        "line 2 is no JSON");
    refuses(
        "safety-diasafety",
        "train.json",
        "[\n{\"context\": \"a\", \"response\": \"b\", \"category\": \"New\", \"label\": \"Safe\"}]",
        "train.json line 2",
        "category New");
    refuses(
        "safety-diasafety", "train.json", "[\n{\"context\":\n ]", "train.json line 3 is no JSON");
    refuses(
        "safety-dices",
        "d.json",
        "{\"instances\": [\n{\"instance\": {\"user_prompt\": \"USER: a\", \"response\": \"b\"}, \"annotations\": {}}]}",
        "d.json line 2",
        "individual_human_scores");
    refuses("chat-intents-clinc150", "d.json", "{\"train\": [[\"alone\"]]}", "no pair");
    refuses(
        "eval-ailuminate-demo",
        "h.csv",
        "prompt_text,hazard\na,xyz\n",
        "line 2",
        "the taxonomy lacks");
  }
}
