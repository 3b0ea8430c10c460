package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each test that docs/reference/testing.md names as the owner of a pitfall is there. */
class PitfallsPageTest {
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+Test)\\.(\\w+)`");

  @Test
  void everyNamedTestExists() throws IOException {
    String page = Files.readString(Path.of("docs/reference/testing.md"));
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of("src/test/java"))) {
      files = all.filter(file -> file.toString().endsWith("Test.java")).toList();
    }
    String table = page.substring(page.indexOf("## What bit other trainers"));
    assertThat(table.lines().filter(line -> line.startsWith("| ")).skip(1))
        .allMatch(line -> NAMED.matcher(line).find(), "names a test");
    NAMED
        .matcher(table)
        .results()
        .forEach(
            named ->
                assertThat(files)
                    .as(named.group())
                    .anyMatch(file -> isIn(file, named.group(1), named.group(2))));
  }

  private static boolean isIn(Path file, String test, String method) {
    try {
      return file.endsWith(test + ".java")
          && Pattern.compile("\\b" + method + "\\(").matcher(Files.readString(file)).find();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
