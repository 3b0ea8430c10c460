package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/recipe.md is what the code says. */
class RecipePageTest {

  @Test
  void thePageIsCurrent() throws IOException {
    assertThat(Files.readString(Path.of("docs/reference/recipe.md")))
        .as("write it anew: ./forefront train --keys > docs/reference/recipe.md")
        .isEqualTo(RecipePage.markdown());
  }

  @Test
  void everyKeyOfAWholeRecipeIsOnIt() {
    String keys =
        RecipeReader.keys().stream().map(RecipeKey::key).collect(Collectors.joining(" ", " ", " "));
    Recipe.DEFAULTS
        .toYaml()
        .lines()
        .filter(line -> line.contains(":"))
        .map(line -> line.replaceFirst("^[ -]*", "").replaceFirst(":.*", ""))
        .filter(key -> !Recipe.DEFAULTS.toYaml().contains(key + ":\n"))
        .forEach(key -> assertThat(keys).contains(" " + key + " "));
  }

  @Test
  void noKeyIsWithoutAWordAboutIt() {
    assertThat(RecipeReader.keys())
        .hasSizeGreaterThan(100)
        .allSatisfy(key -> assertThat(key.about()).isNotBlank());
  }
}
