package dev.forefront.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The reference page of recipes, made from the code that reads them. */
public final class RecipePage {
  private static final String PLACE = "{{keys}}";

  private RecipePage() {}

  /** Markdown: how recipes work, and every key with its values, default and meaning. */
  public static String markdown() {
    return text().replace(PLACE, tables());
  }

  private static String tables() {
    StringBuilder page = new StringBuilder();
    List<RecipeKey> keys = RecipeReader.keys();
    for (String section : RecipeKeys.sections(keys)) {
      page.append("### ")
          .append(section.isEmpty() ? "at the top" : "`" + shown(section) + "`")
          .append("\n\n| key | value | default | what it decides |\n|---|---|---|---|\n");
      keys.stream()
          .filter(key -> key.section().equals(section))
          .forEach(
              key ->
                  page.append(
                      "| `%s` | %s | %s | %s |\n"
                          .formatted(key.key(), key.values(), fallback(key), key.about())));
      page.append('\n');
    }
    return page.toString().strip();
  }

  /** The item that stands for all of a list. */
  private static String shown(String section) {
    return section
        .replace("[0]", "[]")
        .replace("pretrain[]", "pretrain[], supervised[], preference[]");
  }

  private static String fallback(RecipeKey key) {
    return key.fallback().startsWith("`") ? key.fallback() : "`" + key.fallback() + "`";
  }

  private static String text() {
    try (InputStream in =
        Objects.requireNonNull(RecipePage.class.getResourceAsStream("recipe.md"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
