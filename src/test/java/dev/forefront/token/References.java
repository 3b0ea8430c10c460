package dev.forefront.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recorded cases in the folder that the system property {@code forefront.reference} names. */
final class References {
  private References() {}

  static Path folder(String name) {
    return Path.of(System.getProperty("forefront.reference", "src/test/resources/reference"))
        .resolve(name);
  }

  /** Sub-folders that hold a file of this name. */
  static List<Path> foldersWith(String room, String file) {
    try (Stream<Path> folders = Files.list(folder(room))) {
      return folders.filter(f -> Files.isRegularFile(f.resolve(file))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JSON lines; only \n ends a line, for U+0085 and U+2028 stand inside them. */
  static List<JsonNode> lines(Path file) {
    try {
      return Arrays.stream(Files.readString(file).split("\n"))
          .filter(line -> !line.isBlank())
          .map(line -> JsonMapper.shared().readTree(line))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }
}
