package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.guard.Calibration;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Allowance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Chooses a guard's limits on harmless texts of one's own. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Choose from which score on a guard's heads block, so that a given share of harmless texts is.",
      "The new limits make it another guard: release it again."
    },
    footer = {
      "",
      "Example: ./forefront guard calibrate runs/guard --requests asked.jsonl --replies said.jsonl",
      "Lines of both: {\"text\": \"...\"}. Three thousand and more make a share of 0.001 worth its name."
    })
final class GuardCalibrateVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The guard's folder.")
  private Path folder = Path.of("runs", "guard");

  @Option(
      names = "--requests",
      paramLabel = "FILE",
      required = true,
      description = "Harmless requests, one JSON object a line.")
  private Path requests = Path.of("");

  @Option(
      names = "--replies",
      paramLabel = "FILE",
      required = true,
      description = "Harmless replies, likewise.")
  private Path replies = Path.of("");

  @Option(
      names = "--false-alarms",
      paramLabel = "SHARE",
      description = "Share of harmless texts that the heads may block (default: ${DEFAULT-VALUE}).")
  private double share = 0.003;

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    if (!(share > 0 && share < 0.5)) {
      throw new ParameterException(
          spec.commandLine(), "--false-alarms must be above 0 and below 0.5, not " + share);
    }
    List<String> asked = texts(requests);
    List<String> said = texts(replies);
    int least = (int) Math.ceil(1 / share);
    if (asked.size() < least || said.size() < least) {
      throw new BadInputException(
          "a share of %s takes at least %,d requests and replies; %s has %,d and %s %,d"
              .formatted(share, least, requests, asked.size(), replies, said.size()));
    }
    Calibration calibration =
        GuardTraining.recalibrate(
            folder, List.of(new Allowance(asked, share)), new Allowance(said, share));
    answers.answer(
        spec.commandLine().getOut(),
        Map.of("guard", folder.toString(), "limits", calibration.limits(), "target", share),
        "%s blocks from %s on; %.2f%% of %,d harmless requests reach that"
            .formatted(folder, calibration.limits(), share * 100, asked.size()));
    return Exit.DONE;
  }

  private static List<String> texts(Path file) {
    List<String> texts = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          String text = JsonMapper.shared().readTree(line).path("text").asString("");
          if (text.isBlank()) {
            throw new BadInputException(
                "%s line %d has no \"text\": write {\"text\": \"...\"}".formatted(file, number));
          }
          texts.add(text);
        }
      }
      return texts;
    } catch (JacksonException broken) {
      throw new BadInputException("%s line %d is no JSON".formatted(file, number), broken);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
