package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import dev.forefront.model.ModelFolder;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RoadTest {
  private static final String TINY =
      """
      name: tiny
      data:
        pretrain: [{set: tales}]
        supervised: [{set: talk, epochs: 2}]
        preference: [{set: taste}]
        held_out: 0.2
        cleaning: {near_duplicate: 1}
      tokenizer: {vocabulary: 320}
      model: {hidden: 16, intermediate: 32, layers: 1, heads: 2, key_value_heads: 1, context: 64}
      pretrain: {steps: 4, rows: 2, length: 64, checkpoint: 2, schedule: {warmup: 1}}
      supervised: {steps: 3, rows: 2, length: 64, schedule: {warmup: 1}}
      preference: {steps: 2, pairs: 2, length: 64, schedule: {warmup: 1}}
      """;

  @TempDir Path run;

  @Test
  void aRecipeIsWalkedOnceAndThenRemembered() {
    Stage.Finished first = road(TINY).preference();
    assertThat(first.reused()).isFalse();
    for (String stage : List.of("pretrain", "supervised", "preference")) {
      assertThat(run.resolve(stage).resolve("model"))
          .isDirectoryContaining("glob:**config.json")
          .isDirectoryContaining("glob:**model.safetensors")
          .isDirectoryContaining("glob:**tokenizer.json")
          .isDirectoryContaining("glob:**lineage.json");
    }
    JsonNode lineage = lineage("preference");
    assertThat(lineage.path("stages").findValuesAsString("name"))
        .containsExactly("pretrain", "supervised");
    assertThat(lineage.at("/stages/0/model_digest").asString())
        .isEqualTo(road(TINY).pretrain().output());
    assertThat(lineage.at("/stages/1/model_digest").asString())
        .isEqualTo(lineage.path("parent").asString())
        .isEqualTo(road(TINY).supervised().output());
    assertThat(lineage.path("datasets").findValuesAsString("name"))
        .doesNotHaveDuplicates()
        .contains("tales");
    assertThat(lineage.path("datasets").findValuesAsString("licence"))
        .hasSameSizeAs(lineage.path("datasets"));
    assertThat(lineage("pretrain").path("stages")).isEmpty();
    Stage.Finished again = road(TINY).preference();
    assertThat(again.reused()).isTrue();
    assertThat(again.output()).isEqualTo(first.output());
    assertThat(Recipe.read(run.resolve("recipe.yaml"))).isEqualTo(Recipe.parse(TINY, "tiny"));
  }

  private JsonNode lineage(String stage) {
    try {
      return JsonMapper.shared()
          .readTree(Files.readString(run.resolve(stage).resolve("model/lineage.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void pairsAndThumbsAreSeenAsOftenAsTheirEpochsSay() {
    String recipe = TINY.replace("preference: {", "preference: {loss: kto, ");
    for (String set : List.of("taste", "thumbs")) {
      String file = set.equals("taste") ? DataStage.PREFERENCE : DataStage.JUDGED;
      List<String> once = lines(recipe.replace("taste", set), file);
      assertThat(once).isNotEmpty().doesNotHaveDuplicates();
      List<String> twice = lines(recipe.replace("taste", set + ", epochs: 2"), file);
      assertThat(twice).hasSize(2 * once.size()).containsOnlyElementsOf(once);
      List<String> some = lines(recipe.replace("taste", set + ", epochs: 0.5"), file);
      assertThat(some).isNotEmpty().hasSizeLessThan(once.size()).isSubsetOf(once);
    }
  }

  private List<String> lines(String recipe, String file) {
    try {
      return Files.readAllLines(road(recipe).data().folder().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows of a table that no token has take part in every softmax (llm.c's padded vocabulary). */
  @Test
  void theModelHasAsManyTokensAsItsTokenizer() {
    Path model = Road.model(road(TINY).pretrain());
    assertThat(ModelFolder.config(model).vocabularySize())
        .isEqualTo(Tokenizer.open(model).vocabularySize());
  }

  @Test
  void anotherTuningKeepsThePretrainedModel() {
    Stage.Finished pretrained = road(TINY).pretrain();
    String longer = TINY.replace("supervised: {steps: 3", "supervised: {steps: 4");
    Road road = road(longer);
    assertThat(road.supervised().reused()).isFalse();
    assertThat(road.pretrain().reused()).isTrue();
    assertThat(road.pretrain().output()).isEqualTo(pretrained.output());
  }

  /**
   * Rows that were packed with another tokenizer or template are not learnt from (open-instruct
   * #1497, TRL #6206, axolotl #1298): both are part of what a stage was finished under.
   */
  @Test
  void anotherTokenizerOrTemplatePacksTheRowsAnew() throws IOException {
    Stage.Finished first = road(TINY).pretrain();
    byte[] rows = rows(first);
    Road other = road(TINY.replace("vocabulary: 320", "vocabulary: 300"));
    assertThat(other.data().reused()).isTrue();
    assertThat(other.pretrain().reused()).isFalse();
    assertThat(rows(other.pretrain())).isNotEqualTo(rows);

    Path tokenizer = other.tokenizer().folder();
    String before = TokenizerStage.digest(tokenizer);
    Path template = tokenizer.resolve("chat_template.jinja");
    Files.writeString(template, Files.readString(template) + "\n");
    assertThat(TokenizerStage.digest(tokenizer)).as("the template counts").isNotEqualTo(before);
  }

  private static byte[] rows(Stage.Finished pretrained) throws IOException {
    try (Stream<Path> files = Files.list(pretrained.folder().resolve("packed"))) {
      Path shard =
          files
              .filter(file -> file.getFileName().toString().endsWith(".bin"))
              .min(Comparator.naturalOrder())
              .orElseThrow();
      return Files.readAllBytes(shard);
    }
  }

  @Test
  void whatIsHeldOutIsNotLearnt() {
    Stage.Finished data = road(TINY).data();
    assertThat(data.folder().resolve("supervised/corpus.jsonl"))
        .content()
        .contains("question number 3")
        .doesNotContain("secret exam");
    assertThat(data.folder().resolve("preference.jsonl"))
        .content()
        .contains("a good reply to 5")
        .doesNotContain("secret exam");
  }

  @Test
  void judgedRepliesAreHeldOutAndCopiesGo() {
    Road road =
        road(TINY.replace("taste", "thumbs").replace("preference: {", "preference: {loss: kto, "));
    Stage.Finished data = road.data();
    assertThat(data.folder().resolve("judged.jsonl"))
        .content()
        .doesNotContain("secret exam")
        .satisfies(text -> assertThat(text.lines()).hasSize(6 + 1 + 1));
    assertThat(data.summary()).contains("pairs: 0 of 0 kept; judged replies: 8 of 11 kept");
    assertThat(road.preference().summary()).contains("8 judged replies, 4 of them desirable");
  }

  @Test
  void judgedRepliesAreNoPairs() {
    assertThatThrownBy(() -> road(TINY.replace("taste", "thumbs")).data())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("loss sigmoid learns from pairs alone: set preference.loss to kto");
  }

  @Test
  void pairsAreTakenApartWhereTheLossJudgesReplies() {
    String kto = TINY.replace("preference: {", "preference: {loss: kto, ");
    assertThat(road(kto).preference().summary())
        .startsWith("16 judged replies, 8 of them desirable");
  }

  @Test
  void aShareOfTheTextsIsKeptForMeasuring() throws IOException {
    Path data = road(TINY).data().folder();
    List<String> learnt = Files.readAllLines(data.resolve("pretrain/corpus.jsonl"));
    List<String> kept = Files.readAllLines(data.resolve("heldout/corpus.jsonl"));
    assertThat(kept).hasSizeBetween(2, 16).doesNotContainAnyElementsOf(learnt);
    assertThat(learnt.size() + kept.size()).isEqualTo(40);
  }

  private Road road(String recipe) {
    return new Road(Recipe.parse(recipe, "tiny"), run, new Memory(), run, Stage.Remains.CONTINUE);
  }

  /** Syllabus in memory. */
  private static final class Memory implements Syllabus {
    @Override
    public DocumentSource text(String set) {
      List<Document> documents = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text =
            "Once upon a time number %d walked to the market and bought %d apples there."
                .formatted(i, i + 2);
        documents.add(new Document.Prose("t" + i, text, set, "ours"));
      }
      return DocumentSource.of(set, documents);
    }

    @Override
    public DocumentSource dialogues(String set) {
      List<Document> documents = new ArrayList<>();
      documents.add(
          dialogue("secret", "Tell me about the secret exam question please", "No.", set));
      for (int i = 0; i < 20; i++) {
        documents.add(
            dialogue("d" + i, "This is question number " + i, "And the answer is " + i, set));
      }
      return DocumentSource.of(set, documents);
    }

    @Override
    public List<Preference> pairs(String set) {
      List<Preference> pairs = new ArrayList<>();
      if (set.equals("thumbs")) {
        return pairs;
      }
      Conversation exam = prompt("Tell me about the secret exam question please");
      pairs.add(new Preference("secret", exam, "No.", "Yes."));
      for (int i = 0; i < 8; i++) {
        pairs.add(
            new Preference(
                "p" + i, prompt("Question " + i), "a good reply to " + i, "a bad one to " + i));
      }
      return pairs;
    }

    @Override
    public List<Judged> judged(String set) {
      List<Judged> judged = new ArrayList<>();
      if (set.equals("thumbs")) {
        Conversation exam = prompt("Tell me about the secret exam question please");
        judged.add(new Judged("secret", exam, "No.", Judged.Label.DESIRABLE));
        for (int i = 0; i < 6; i++) {
          Judged.Label label = i % 2 == 0 ? Judged.Label.DESIRABLE : Judged.Label.UNDESIRABLE;
          judged.add(new Judged("j" + i, prompt("Question " + i), "a reply to " + i, label));
        }
        // The same again, and the same judged the other way round.
        judged.add(
            new Judged("j6", prompt("Question 1"), "a reply to 1", Judged.Label.UNDESIRABLE));
        // No prose: what nobody should learn from, and what everybody should keep away from.
        String signs = "#+# &%$ ".repeat(4);
        judged.add(new Judged("j8", prompt("Question 7"), signs, Judged.Label.DESIRABLE));
        judged.add(new Judged("j9", prompt("Question 7"), signs, Judged.Label.UNDESIRABLE));
        judged.add(new Judged("j7", prompt("Question 1"), "a reply to 1", Judged.Label.DESIRABLE));
      }
      return judged;
    }

    @Override
    public Collection<String> heldOut() {
      return List.of("Tell me about the secret exam question please");
    }

    @Override
    public String digest() {
      return "memory";
    }

    private static Conversation prompt(String question) {
      return Conversation.of(Message.user(question));
    }

    private static Document dialogue(String id, String question, String answer, String set) {
      return new Document.Dialogue(
          id, prompt(question).plus(Message.assistant(answer)), set, "ours");
    }
  }
}
