package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private static String shown(int exit, String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    try (PrintStream both = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      assertThat(Main.run(args)).isEqualTo(exit);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyVerbIsFoundUnderTheNameThatItGivesItself() {
    assertThat(Main.line().getSubcommands()).isNotEmpty();
    Main.line()
        .getSubcommands()
        .forEach(
            (name, verb) -> {
              CommandLine.Command own =
                  verb.getCommand().getClass().getAnnotation(CommandLine.Command.class);
              assertThat(own.name()).isEqualTo(name);
              assertThat(shown(Exit.DONE, name, "--help")).contains("Usage: forefront " + name);
            });
  }

  @Test
  void helpShowsAllVerbs() {
    Set<String> names = Main.line().getSubcommands().keySet();
    assertThat(shown(Exit.DONE)).contains(names);
    assertThat(shown(Exit.DONE, "--help")).contains(names);
  }

  @Test
  void aWordThatIsNoVerbBringsTheOneThatWasMeant() {
    assertThat(shown(Exit.USAGE, "generat", "--greedy")).contains("generate");
  }
}
