package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What README, docs and {@code --help} tell people to type is understood, and the files that they
 * name are there. That the commands do what they promise is shown by the tests of the verbs.
 */
class ReadmeTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^ {4}\\./forefront (.*)$");
  private static final Pattern INLINE = Pattern.compile("`\\./forefront ([a-z][^`]*)`");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]+)\\)");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** Forgets what it read before when it reads the next. */
  private static final CommandLine LINE = Main.line();

  static Stream<Path> pages() {
    try (Stream<Path> all = Files.walk(Path.of("docs"))) {
      return Stream.concat(
          Stream.of(Path.of("README.md")),
          all.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandIsUnderstood(Path page) throws IOException {
    for (String command : commands(Files.readString(page))) {
      List<String> args = words(command);
      assertThatCode(() -> LINE.parseArgs(args.toArray(String[]::new)))
          .as("%s says: ./forefront %s", page, command)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    Matcher links = LINK.matcher(Files.readString(page));
    Path folder = Objects.requireNonNull(page.toAbsolutePath().getParent());
    while (links.find()) {
      assertThat(folder.resolve(links.group(1)).normalize()).as("link in %s", page).exists();
    }
  }

  static Stream<CommandLine> verbs() {
    return verbs(Main.line());
  }

  private static Stream<CommandLine> verbs(CommandLine line) {
    return Stream.concat(
        Stream.of(line), line.getSubcommands().values().stream().flatMap(ReadmeTest::verbs));
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbHasHelpWithAnExampleThatIsUnderstood(CommandLine verb) {
    String help = String.join("\n", verb.getCommandSpec().usageMessage().footer());
    assertThat(verb.getCommandSpec().usageMessage().description()).isNotEmpty();
    assertThat(help).as(verb.getCommandSpec().qualifiedName()).contains("./forefront ");
    String joined = help.replaceAll("\\\\\\n\\s*", "");
    for (String line : joined.split("\n")) {
      int at = line.indexOf("./forefront ");
      if (at >= 0 && line.strip().matches("(Example: )?\\./forefront .*")) {
        List<String> args = words(line.substring(at + "./forefront ".length()));
        assertThatCode(() -> LINE.parseArgs(args.toArray(String[]::new)))
            .as(line)
            .doesNotThrowAnyException();
      }
    }
  }

  private static List<String> commands(String page) {
    List<String> commands = new ArrayList<>();
    Matcher blocks = COMMAND.matcher(page.replaceAll("\\\\\\n\\s*", ""));
    while (blocks.find()) {
      commands.add(blocks.group(1).replaceAll("\\s+#.*$", ""));
    }
    Matcher inline = INLINE.matcher(page);
    while (inline.find()) {
      // In running text a verb may stand alone, with its arguments' names in capitals or with dots.
      if (!inline.group(1).matches(".*([A-Z]{3,}|…|\\.\\.\\.).*")
          && inline.group(1).contains(" -")) {
        commands.add(inline.group(1));
      }
    }
    return commands;
  }

  /** What the shell does with the output is no part of it; what may be left out is put in. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    String plain =
        command
            .replaceAll("\\s[>|&].*$", "")
            .replaceAll("\\[(,NAME)]", "$1")
            .replaceAll(" N\\b", " 1");
    Matcher matcher = WORD.matcher(plain.replaceAll("[\\[\\]]", "").strip());
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return words;
  }
}
