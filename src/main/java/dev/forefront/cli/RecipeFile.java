package dev.forefront.cli;

import dev.forefront.train.Recipe;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A recipe on the command line, where its sets lie, and where its run goes. */
final class RecipeFile {
  @Parameters(
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

  Road road() {
    Recipe recipe = Recipe.read(Objects.requireNonNull(file));
    return new Road(
        recipe,
        run == null ? Road.folder(recipe) : run,
        new RecipeSyllabus(recipe.data(), data),
        resume ? Stage.Remains.CONTINUE : Stage.Remains.ASK);
  }
}
