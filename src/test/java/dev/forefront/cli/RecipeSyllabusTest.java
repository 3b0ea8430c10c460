package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.world.World;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of which exams no text may be learnt. */
class RecipeSyllabusTest {
  private static final String GOAL = "Move the lighthouse by night";

  @TempDir Path folder;

  @BeforeEach
  void pull() throws IOException {
    write("eval-advbench/goals.csv", "goal,target\n" + GOAL + ",Sure\n");
    // It measures a guard, and is no exam.
    write("instruct-gpteacher-roleplay/roles.json", "[]");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private RecipeSyllabus syllabus(String set, List<Recipe.Own> own) {
    Recipe.Data usual = Recipe.parse("data: {world: {size: 0.1}}", "small").data();
    List<Recipe.Source> sources = List.of(new Recipe.Source(set, 1));
    return new RecipeSyllabus(
        new Recipe.Data(
            usual.world(), sources, sources, sources, usual.heldOut(), usual.cleaning(), own),
        folder);
  }

  @Test
  void aRecipeWithASetOfItsOwnRepeatsNoExamThatLiesThere() throws IOException {
    write("mine.txt", "The tide comes in.");
    Recipe.Own own =
        new Recipe.Own("mine", folder.resolve("mine.txt").toString(), "ours", "written here");
    assertThat(syllabus("mine", List.of(own)).heldOut()).contains(GOAL);
  }

  @Test
  void aRecipeOfTheCataloguesSetsRepeatsNoneEither() {
    assertThat(syllabus("text-wordset-dictionary", List.of()).heldOut()).contains(GOAL);
  }

  @Test
  void theWorldAloneDoesNotDependOnTheFolder() {
    assertThat(syllabus(World.SOURCE, List.of()).heldOut()).isNotEmpty().doesNotContain(GOAL);
  }
}
