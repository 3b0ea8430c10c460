package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A recipe on the command line, where its sets lie, and where its run goes. */
final class RecipeFile {
  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "A recipe, such as recipes/demo.yaml; see docs/reference/recipe.md.")
  private @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where sets are kept (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run's folder (default: runs/ and the recipe's name).")
  private @Nullable Path run;

  @Option(
      names = "--resume",
      description = "Go on with an unfinished attempt from its last checkpoint.")
  private boolean resume;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a key of the recipe, such as pretrain.steps=500; as often as wanted.")
  private List<String> changes = List.of();

  Recipe recipe() {
    if (file == null) {
      throw new BadInputException(
          "no recipe is named: give a file, such as recipes/demo.yaml; see"
              + " docs/reference/recipe.md");
    }
    return Recipe.read(file, changes);
  }

  /** Whether the recipe's shape is derived from a depth. */
  boolean isScaled() {
    return file != null && Recipe.isScaled(file, changes);
  }

  Road road() {
    return road(recipe());
  }

  /** The road that the ranks' leader goes. */
  Road road(Recipe recipe, Ranks ranks) {
    return new Road(recipe, folder(recipe), syllabus(recipe), data, remains(recipe), ranks);
  }

  private Road road(Recipe recipe) {
    return new Road(recipe, folder(recipe), syllabus(recipe), data, remains(recipe));
  }

  /** The run's folder. */
  Path folder(Recipe recipe) {
    return run == null ? Road.folder(recipe) : run;
  }

  private Syllabus syllabus(Recipe recipe) {
    return new RecipeSyllabus(recipe.data(), data);
  }

  private Stage.Remains remains(Recipe recipe) {
    Path folder = folder(recipe);
    if (resume && !Files.isDirectory(folder)) {
      throw new BadInputException(
          "there is nothing to resume: %s does not exist; leave --resume out to begin"
              .formatted(folder));
    }
    return resume ? Stage.Remains.CONTINUE : Stage.Remains.ASK;
  }
}
