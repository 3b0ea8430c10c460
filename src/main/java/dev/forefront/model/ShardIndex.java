package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Which files hold a model's weights. */
final class ShardIndex {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private ShardIndex() {}

  static List<Path> files(Path fileOrFolder, Loading loading) {
    if (Files.isRegularFile(fileOrFolder)) {
      return List.of(fileOrFolder);
    }
    if (Files.isRegularFile(fileOrFolder.resolve(SINGLE))) {
      return List.of(fileOrFolder.resolve(SINGLE));
    }
    Path index = fileOrFolder.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      throw new BadInputException(
          "%s holds neither %s nor %s".formatted(fileOrFolder, SINGLE, INDEX));
    }
    Set<String> names = new TreeSet<>();
    map(index, loading).forEach(name -> names.add(name.asString("")));
    for (String name : names) {
      // An index comes from strangers: a shard is a plain file beside it, never a way elsewhere.
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new BadInputException(
            "%s names \"%s\", which is no file name".formatted(index, Foreign.shown(name)));
      }
      if (!Files.isRegularFile(fileOrFolder.resolve(name))) {
        throw new BadInputException(
            "%s names %s, which is missing".formatted(index, Foreign.shown(name)));
      }
    }
    return names.stream().map(fileOrFolder::resolve).toList();
  }

  /** Every tensor that the index names must have been found. */
  static void check(Path fileOrFolder, Set<String> found, Loading loading) {
    Path index = fileOrFolder.resolve(INDEX);
    if (Files.isRegularFile(fileOrFolder) || Files.isRegularFile(fileOrFolder.resolve(SINGLE))) {
      return;
    }
    for (String name : map(index, loading).propertyNames()) {
      if (!found.contains(name)) {
        throw new BadInputException(
            "%s names tensor %s, which no shard holds".formatted(index, Foreign.shown(name)));
      }
    }
  }

  private static JsonNode map(Path index, Loading loading) {
    try {
      JsonNode map =
          StrictJson.MAPPER.readTree(ModelFolder.readSmall(index, loading)).path("weight_map");
      if (!map.isObject() || map.isEmpty()) {
        throw new BadInputException(index + " has no weight_map");
      }
      return map;
    } catch (JacksonException e) {
      throw new BadInputException(index + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
