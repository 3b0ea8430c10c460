package dev.forefront.data.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The YAML files beside this class, from which the world is made. */
final class WorldFiles {
  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  private WorldFiles() {}

  static JsonNode read(String name) {
    try (InputStream in = WorldFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing from the build");
      }
      return YAML.readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(item -> strings.add(item.asString()));
    return strings;
  }
}
