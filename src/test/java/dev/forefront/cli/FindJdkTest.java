package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's search for a JDK, on a machine that has none. */
class FindJdkTest {
  @TempDir Path folder;
  private Path places;
  private Path path;

  @BeforeEach
  void aMachineWithTheCommonToolsAlone() throws IOException {
    places = Files.createDirectories(folder.resolve("places"));
    path = Files.createDirectories(folder.resolve("path"));
    for (String tool : List.of("sed", "dirname", "readlink")) {
      executable(path.resolve(tool), "#!/bin/sh\nexec %s \"$@\"\n".formatted(tool(tool)));
    }
  }

  @Test
  void saysInOneSentenceThatThereIsNone() throws Exception {
    Ran ran = find(folder);
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .singleElement()
        .asString()
        .startsWith("forefront: no JDK 25 or later was found. Install one")
        .contains("JAVA_HOME");
  }

  @Test
  void namesTheOlderOnesThatItFound() throws Exception {
    Path old = jdk(places.resolve("jdk-17"), "17.0.9");
    Ran ran = find(old);
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("no JDK 25 or later").contains(old + " (JDK 17)");
  }

  @Test
  void takesTheFirstThatIsNewEnough() throws Exception {
    jdk(places.resolve("a-17"), "17.0.9");
    Path right = jdk(places.resolve("b 25"), "25.0.1");
    Ran ran = find(folder);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out().strip()).isEqualTo(right.toString());
  }

  @Test
  void javaHomeGoesBeforeTheUsualPlaces() throws Exception {
    jdk(places.resolve("other"), "25.0.1");
    Path home = jdk(folder.resolve("home"), "26");
    assertThat(find(home).out().strip()).isEqualTo(home.toString());
  }

  private Ran find(Path javaHome) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(tool("bash").toString(), Path.of("bin/find-jdk").toString());
    builder.environment().clear();
    builder.environment().put("PATH", path.toString());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("FOREFRONT_JDK_PLACES", places.toString());
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int exit = process.waitFor();
    return new Ran(exit, Files.readString(out), Files.readString(err));
  }

  private static Path jdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"%s\"%n".formatted(version));
    return home;
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Path tool(String name) {
    return List.of(Path.of("/bin"), Path.of("/usr/bin")).stream()
        .map(place -> place.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
