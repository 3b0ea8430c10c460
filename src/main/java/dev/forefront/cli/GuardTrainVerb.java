package dev.forefront.cli;

import dev.forefront.guard.Calibration;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Allowance;
import dev.forefront.guard.Ranking;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains, calibrates and measures a guard; writes its folder. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a guard's text heads, choose their limits and measure them; about two minutes.",
      "Writes rules.yaml, text-heads.bin, calibration.json, card.md and guard.json."
    },
    footer = {
      "",
      "Example: ./forefront guard train --data data --out runs/guard",
      "The sets: ./forefront data pull (see docs/reference/guard.md, section Training)"
    })
final class GuardTrainVerb implements Callable<Integer> {

  // With what the rules block, at most a tenth of the requests that only sound harmful.
  private static final double SOUNDS_HARMFUL = 0.08;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds a folder for each set (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "The guard's folder.")
  private Path out = Path.of("runs", "guard");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same data and seed give the same bytes (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--false-alarms",
      paramLabel = "SHARE",
      description =
          "Share of harmless requests that the heads may block (default: ${DEFAULT-VALUE}).")
  private double share = 0.0035;

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    if (!(share > 0 && share < 0.5)) {
      throw new ParameterException(
          spec.commandLine(), "--false-alarms must be above 0 and below 0.5, not " + share);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.start("guard train", -1, "steps")) {
      List<GuardTraining.Text> texts =
          GuardSyllabus.standard(data, seed).texts(what -> progress.note("reading " + what));
      progress.note("training on %,d texts".formatted(texts.size()));
      GuardTraining.Trained trained = GuardTraining.train(texts, seed);
      progress.note("calibrating");
      GuardMeasures measures = new GuardMeasures(data);
      List<String> ordinary = measures.ordinaryRequests();
      Calibration calibration =
          GuardTraining.calibrate(
              trained,
              List.of(
                  new Allowance(ordinary, share),
                  new Allowance(measures.soundsHarmful(), SOUNDS_HARMFUL)),
              new Allowance(measures.ordinaryReplies(), share));
      byte[] rules = GuardTraining.builtInRules();
      // Measured as it will be read; the card comes into the folder last.
      GuardTraining.write(this.out, rules, trained, calibration, "");
      Guard guard = Guard.open(this.out);
      List<GuardMeasures.Share> shares =
          measures.shares(guard, ordinary, set -> progress.note("measuring " + set));
      Map<String, Ranking> rankings =
          measures.rankings(trained, set -> progress.note("ranking " + set));
      progress.note("cross-validating " + GuardSyllabus.POSTS);
      rankings.put(GuardSyllabus.POSTS + ", cross-validated", crossValidated(trained, texts));
      String card = GuardCard.write(texts, calibration, shares, rankings, seed);
      GuardTraining.write(this.out, rules, trained, calibration, card);
      progress.close();
      answers.answer(out, json(shares, rankings), card);
    }
    return Exit.DONE;
  }

  private Ranking crossValidated(GuardTraining.Trained trained, List<GuardTraining.Text> texts) {
    double[] scores = GuardTraining.crossValidated(trained, texts, 5, seed);
    List<GuardTraining.Text> posts =
        texts.stream().filter(text -> text.use() == GuardTraining.Use.POST).toList();
    boolean[] harmful = new boolean[scores.length];
    for (int at = 0; at < harmful.length; at++) {
      harmful[at] = posts.get(at).harm() >= 0.5;
    }
    return Ranking.of(scores, harmful);
  }

  private Map<String, Object> json(
      List<GuardMeasures.Share> shares, Map<String, Ranking> rankings) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("guard", out.toString());
    answer.put(
        "blocked",
        shares.stream()
            .map(one -> Map.of("set", one.name(), "share", one.value(), "n", one.of()))
            .toList());
    Map<String, Object> ranked = new LinkedHashMap<>();
    rankings.forEach(
        (set, one) -> ranked.put(set, Map.of("auroc", one.auroc(), "auprc", one.auprc())));
    answer.put("rankings", ranked);
    return answer;
  }
}
