package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be said about the page without looking at it. */
class ChatPageFilesTest {
  private static final Path PAGE = Path.of("src/main/resources/dev/forefront/serve/page");

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(PAGE)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyLibraryLiesWhereThePageLooksForIt() throws IOException {
    Matcher addresses =
        Pattern.compile("'/(webjars/[^']+)'")
            .matcher(Files.readString(PAGE.resolve("libraries.js")));
    int found = 0;
    while (addresses.find()) {
      found++;
      assertThat(
              getClass().getClassLoader().getResource("META-INF/resources/" + addresses.group(1)))
          .as("%s: does libraries.js name the version of pom.xml?", addresses.group(1))
          .isNotNull();
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
  }

  @Test
  void librariesAreNamedInOnePlaceOnly() throws IOException {
    for (Path file : files()) {
      if (!file.endsWith("libraries.js")) {
        assertThat(Files.readString(file)).as("%s", file).doesNotContain("/webjars/");
      }
    }
  }

  @Test
  void nothingComesFromElsewhereAndNothingIsInline() throws IOException {
    for (Path file : files()) {
      String text = Files.readString(file).replace("http://www.w3.org/2000/svg", "");
      assertThat(text).as("%s", file).doesNotContainPattern("https?://[a-z]");
    }
    assertThat(Files.readString(PAGE.resolve("index.html")))
        .doesNotContainPattern("<script(?![^>]*\\bsrc=)")
        .doesNotContain("<style")
        .doesNotContainPattern("\\sstyle=")
        .doesNotContainPattern("\\son[a-z]+=");
  }

  @Test
  void everyFileIsShortAndTheWholeIsSmall() throws IOException {
    long bytes = 0;
    for (Path file : files()) {
      String text = Files.readString(file);
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
      assertThat(text.lines().count()).as("lines of %s", file).isLessThanOrEqualTo(400);
    }
    assertThat(bytes).isLessThan(100_000);
  }
}
