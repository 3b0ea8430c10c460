package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Allowance;
import dev.forefront.guard.Calibration;
import dev.forefront.guard.GuardLimits;
import dev.forefront.guard.ProbeCalibration;
import dev.forefront.guard.ProbeTraining;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Chooses a guard's limits on harmless texts of one's own. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Choose from which score on a guard's heads block, so that a given share of harmless texts"
          + " is.",
      "The new limits make it another guard: release it again."
    },
    footer = {
      "",
      "Example: ./forefront guard calibrate runs/guard --requests asked.jsonl --replies said.jsonl",
      "A guard with a probe needs --model DIR too: its limits hold for that model alone.",
      "Lines of both: {\"text\": \"...\"}. Three thousand and more make a share of 0.001 worth its"
          + " name."
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
      converter = FalseAlarms.class,
      description = "Share of harmless texts that the heads may block (default: ${DEFAULT-VALUE}).")
  private double share = 0.003;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model that the guard's probe was trained on.")
  private @Nullable Path model;

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    boolean probe = ProbeTraining.isIn(folder);
    if (probe && model == null) {
      throw new BadInputException(
          "%s has a probe, whose limits hold for its model alone: give that with --model"
              .formatted(folder));
    }
    List<String> asked = JsonLines.texts(requests);
    List<String> said = JsonLines.texts(replies);
    int least = (int) Math.ceil(1 / (probe ? share * ProbeTraining.SHARE : share));
    if (asked.size() < least || said.size() < least) {
      throw new BadInputException(
          "a share of %s takes at least %,d requests and replies%s; %s has %,d and %s %,d"
              .formatted(
                  share,
                  least,
                  probe ? ", for the probe has a part of it" : "",
                  requests,
                  asked.size(),
                  replies,
                  said.size()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("guard", folder.toString());
    answer.put("target", share);
    String probed = "";
    if (probe && model != null) {
      // First, for it refuses another model before anything is written.
      ProbeCalibration limits = probe(model, asked, said);
      answer.put("probe_limits", Map.of("request", limits.request(), "reply", limits.reply()));
      probed =
          "; its probe from the log odds %.2f (requests) and %.2f (replies) on"
              .formatted(limits.request(), limits.reply());
    }
    double own = probe ? share * (1 - ProbeTraining.SHARE) : share;
    Calibration calibration =
        GuardLimits.renew(folder, List.of(new Allowance(asked, own)), new Allowance(said, own));
    answer.put("limits", calibration.limits());
    answers.answer(
        spec.commandLine().getOut(),
        answer,
        "%s blocks from %s on%s; %.2f%% of %,d harmless requests reach that"
            .formatted(folder, calibration.limits(), probed, share * 100, asked.size()));
    return Exit.DONE;
  }

  private ProbeCalibration probe(Path of, List<String> asked, List<String> said) {
    double part = share * ProbeTraining.SHARE;
    try (Engine engine = Engine.open(of, new LoadedFiles())) {
      return ProbeTraining.recalibrate(
          folder, engine, List.of(new Allowance(asked, part)), new Allowance(said, part), asked);
    }
  }
}
