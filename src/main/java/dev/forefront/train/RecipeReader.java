package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From YAML to a recipe; every problem is found in one reading. */
final class RecipeReader {
  private static final long MOST_BYTES = 1 << 20;
  private static final Pattern CHANGE =
      Pattern.compile("([A-Za-z0-9_.\\[\\]]+)=(.*)", Pattern.DOTALL);

  private RecipeReader() {}

  static Recipe read(Path file, List<String> changes) {
    return parse(text(file), file.toString(), changes);
  }

  static boolean isScaled(Path file, List<String> changes) {
    Problems ignored = new Problems(changes);
    YamlNode tree = changed(text(file), file.toString(), changes, ignored);
    return Section.of("", tree, ignored, key -> {}).section("model").has("depth");
  }

  private static String text(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException("there is no recipe at " + file);
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new BadInputException(file + " is larger than 1 MB: it is no recipe");
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is no UTF-8 text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Recipe parse(String yaml, String source, List<String> changes) {
    Problems problems = new Problems(changes);
    YamlNode tree = changed(yaml, source, changes, problems);
    Recipe recipe = RecipeKeys.recipe(Section.of("", tree, problems, key -> {}));
    problems.throwIfAny(source);
    return recipe;
  }

  private static YamlNode changed(
      String yaml, String source, List<String> changes, Problems problems) {
    YamlNode tree = YamlNode.parse(yaml, source, problems);
    for (int i = 0; i < changes.size(); i++) {
      tree = changed(tree, changes.get(i), -1 - i, problems);
    }
    return changes.stream().anyMatch(change -> change.startsWith("model.depth="))
        ? withoutDerived(tree)
        : tree;
  }

  /** A depth from the command line stands over what the file says of anything that it derives. */
  private static YamlNode withoutDerived(YamlNode tree) {
    YamlNode rest = tree;
    for (String path : Scaling.DERIVED) {
      rest = rest.withoutFileOnes(List.of(path.split("\\.")));
    }
    return rest;
  }

  /** All keys, each once, in the order in which they are read. */
  static List<RecipeKey> keys() {
    List<RecipeKey> keys = new ArrayList<>();
    Problems ignored = new Problems(List.of());
    YamlNode oneOfEach =
        YamlNode.parse(
            "data: {pretrain: [{set: world}], own: [{name: mine, file: mine.jsonl, licence:"
                + " ours}]}",
            "the reference",
            ignored);
    RecipeKeys.recipe(Section.of("", oneOfEach, ignored, keys::add));
    return keys;
  }

  private static YamlNode changed(YamlNode tree, String change, int line, Problems problems) {
    Matcher parts = CHANGE.matcher(change);
    if (!parts.matches()) {
      problems.add(line, "a change is written as key=value, such as pretrain.steps=500");
      return tree;
    }
    List<String> path =
        Arrays.stream(parts.group(1).split("[.\\[\\]]+")).filter(part -> !part.isEmpty()).toList();
    try {
      return tree.with(path, YamlNode.parse(parts.group(2), "--set " + change, problems).at(line));
    } catch (BadInputException e) {
      problems.add(line, String.valueOf(e.getMessage()));
      return tree;
    }
  }
}
