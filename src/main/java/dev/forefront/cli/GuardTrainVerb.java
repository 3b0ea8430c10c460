package dev.forefront.cli;

import dev.forefront.guard.Allowance;
import dev.forefront.guard.Calibration;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.ProbeTraining;
import dev.forefront.guard.Ranking;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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
      "Train a guard's text heads and phrases, choose their limits and measure them; some minutes",
      "for each of several seeds. The two that block most of pref-hh-rlhf-harmless's harmful requests",
      "are taught an encoder of whole sentences, half an hour each, and the better one is kept. With",
      "--model also a probe on that model's activations; some minutes more.",
      "Writes rules.yaml, text-heads.bin, phrases.bin, encoder.bin, calibration.json, card.md and"
          + " guard.json; for a probe also probe.bin and probe-calibration.json."
    },
    footer = {
      "",
      "Example: ./forefront guard train --data data --out runs/guard",
      "         ./forefront guard train --model runs/demo/preference/model --out runs/guard",
      "The sets: ./forefront data pull (see docs/reference/guard.md, section Training)"
    })
final class GuardTrainVerb implements Callable<Integer> {

  // With what the rules block, at most a tenth of the requests that only sound harmful.
  private static final double SOUNDS_HARMFUL = 0.08;

  // What rules may add to what heads block: half a percent and a tenth in all.
  private static final double RULES = 0.0015;
  private static final double RULES_ALIKE = 0.02;

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
      description =
          "The first seed; the same data, seed and tries give the same bytes (default:"
              + " ${DEFAULT-VALUE}).")
  // The built-in guard was chosen among this one and the next three, which nobody had measured.
  private long seed = 8;

  @Option(
      names = "--tries",
      paramLabel = "N",
      description =
          "How many seeds are tried, from the first on; 1 keeps the first (default:"
              + " ${DEFAULT-VALUE}).")
  private int tries = 4;

  @Option(
      names = "--false-alarms",
      paramLabel = "SHARE",
      converter = FalseAlarms.class,
      description =
          "Share of harmless requests that the heads may block (default: ${DEFAULT-VALUE}).")
  private double share = 0.0035;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Train a probe on this model too; the guard then serves it alone.")
  private @Nullable Path model;

  @Option(
      names = "--layers",
      paramLabel = "N,N",
      split = ",",
      description =
          "Layers that the probe reads, from 0 (default: all or the middle one, whichever ranks"
              + " better).")
  private List<Integer> layers = List.of();

  @Option(
      names = "--encoder",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Teach an encoder of whole sentences too (default: ${DEFAULT-VALUE}).")
  private boolean encodes = true;

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    if (model == null && !layers.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--layers says what a probe reads: give its --model too");
    }
    if (tries < 1) {
      throw new ParameterException(spec.commandLine(), "--tries must be at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    AtomicInteger steps = new AtomicInteger();
    try (Progress progress = Progress.start("guard train", -1, "steps");
        @Nullable ProbeStep probes =
            model == null
                ? null
                : new ProbeStep(
                    model,
                    data,
                    seed,
                    what -> {
                      progress.note(what);
                      progress.at(steps.incrementAndGet());
                    })) {
      GuardMeasures measures = new GuardMeasures(data);
      progress.note("reading what measures");
      Predicate<String> fresh = GuardSyllabus.unlike(measures.texts());
      List<String> ordinary = measures.ordinaryRequests();
      List<String> replies = measures.ordinaryReplies();
      // What both may block together stays the same.
      double own = probes == null ? 1 : 1 - ProbeTraining.SHARE;
      GuardSyllabus first = GuardSyllabus.standard(data, seed);
      List<String> asked = first.asked().stream().filter(fresh).toList();
      GuardCandidate.Lesson lesson =
          new GuardCandidate.Lesson(
              fresh,
              GuardCandidate.words(first, fresh, progress::note),
              allowances(measures, ordinary, own),
              besideRules(measures, ordinary, own),
              new Allowance(replies, share * own));
      Predicate<Predicate<String>> mild =
          blocks ->
              part(ordinary, blocks) <= share + RULES
                  && part(measures.soundsHarmful(), blocks) <= SOUNDS_HARMFUL + RULES_ALIKE;
      GuardTries.Kept<GuardCandidate> kept =
          GuardTries.keep(
              seed,
              tries,
              asked,
              one ->
                  GuardCandidate.train(
                      GuardSyllabus.standard(data, one),
                      lesson,
                      what -> progress.note("seed %d: %s".formatted(one, what))),
              GuardCandidate::blocks,
              mild);
      if (encodes) {
        kept =
            GuardTries.decide(
                kept,
                one ->
                    one.guard()
                        .encoded(
                            sentences(one, fresh),
                            one.seed(),
                            lesson,
                            what -> progress.note("seed %d: %s".formatted(one.seed(), what))),
                asked,
                GuardCandidate::blocks,
                mild);
      }
      GuardCandidate whole = kept.guard();
      List<GuardTraining.Text> texts = whole.texts();
      GuardTraining.Trained trained = whole.trained();
      Calibration calibration = whole.calibration();
      ProbeStep.@Nullable Calibrated probe =
          probes == null
              ? null
              : probes.train(
                  texts,
                  layers,
                  allowances(measures, ordinary, ProbeTraining.SHARE),
                  new Allowance(replies, share * ProbeTraining.SHARE));
      // Measured as it will be read; the card comes into the folder last.
      write(trained, calibration, probe, "");
      Guard guard = Guard.open(this.out);
      List<GuardMeasures.Share> shares =
          measures.shares(guard, ordinary, set -> progress.note("measuring " + set));
      Map<String, Ranking> rankings =
          measures.rankings(trained, set -> progress.note("ranking " + set));
      progress.note("cross-validating " + GuardSyllabus.POSTS);
      double[] held = GuardTraining.crossValidated(trained, texts, 5, kept.tries().seed());
      rankings.put(GuardSyllabus.POSTS + ", cross-validated", crossValidated(held, texts));
      String chosen = chosen(kept.tries(), asked);
      String card =
          GuardCard.write(
              texts,
              whole.encoded(),
              trained,
              calibration,
              shares,
              rankings,
              chosen,
              first.words());
      Map<String, Object> json = json(kept.tries(), shares, rankings);
      if (probes != null && probe != null) {
        List<ProbeStep.Blocked> blocked = probes.blocked(guard, measures, ordinary, shares);
        Map<String, ProbeStep.Compared> compared = probes.compared(guard, trained);
        compared.put(
            GuardSyllabus.POSTS + ", cross-validated",
            ProbeStep.posts(probe.trained(), held, posts(texts)));
        card += probes.section(probe, blocked, compared);
        json.put("probe", json(probe, blocked, compared));
      }
      write(trained, calibration, probe, card);
      progress.close();
      answers.answer(out, json, card);
    }
    return Exit.DONE;
  }

  /** What an encoder learns from, beside a guard of one seed. */
  private List<GuardTraining.Text> sentences(
      GuardTries.Trained<GuardCandidate> one, Predicate<String> fresh) {
    GuardSyllabus syllabus = GuardSyllabus.standard(data, one.seed());
    return EncoderStep.texts(one.guard().texts(), syllabus.sentences(fresh), one.seed());
  }

  private static double part(List<String> texts, Predicate<String> blocks) {
    return texts.parallelStream().filter(blocks).count() / (double) texts.size();
  }

  private String chosen(GuardTries kept, List<String> asked) {
    return tries > 1 && asked.isEmpty()
        ? kept.said()
            + " "
            + GuardTries.SET
            + ", which chooses among several, was missing or held no harmful request."
        : kept.said();
  }

  private List<Allowance> allowances(GuardMeasures measures, List<String> ordinary, double part) {
    return List.of(
        new Allowance(ordinary, share * part),
        new Allowance(measures.soundsHarmful(), SOUNDS_HARMFUL * part));
  }

  private List<Allowance> besideRules(GuardMeasures measures, List<String> ordinary, double part) {
    Guard rules = GuardMeasures.unhurried(GuardTraining.rules());
    Predicate<String> blocks = text -> GuardMeasures.blocks(rules, text);
    return List.of(
        GuardCandidate.besideRules(ordinary, share * part + RULES, blocks),
        GuardCandidate.besideRules(
            measures.soundsHarmful(), SOUNDS_HARMFUL * part + RULES_ALIKE, blocks));
  }

  private void write(
      GuardTraining.Trained trained,
      Calibration calibration,
      ProbeStep.@Nullable Calibrated probe,
      String card) {
    byte[] rules = GuardTraining.builtInRules();
    if (probe == null) {
      GuardTraining.write(out, rules, trained, calibration, card);
    } else {
      GuardTraining.write(
          out, rules, trained, calibration, probe.trained(), probe.calibration(), card);
    }
  }

  private static List<GuardTraining.Text> posts(List<GuardTraining.Text> texts) {
    return texts.stream().filter(text -> text.use() == GuardTraining.Use.POST).toList();
  }

  private static Ranking crossValidated(double[] scores, List<GuardTraining.Text> texts) {
    List<GuardTraining.Text> posts = posts(texts);
    boolean[] harmful = new boolean[scores.length];
    for (int at = 0; at < harmful.length; at++) {
      harmful[at] = posts.get(at).harm() >= 0.5;
    }
    return Ranking.of(scores, harmful);
  }

  private static Map<String, Object> json(
      ProbeStep.Calibrated probe,
      List<ProbeStep.Blocked> blocked,
      Map<String, ProbeStep.Compared> compared) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", probe.trained().model());
    answer.put("layers", probe.trained().layers());
    answer.put(
        "blocked",
        blocked.stream()
            .map(
                one ->
                    Map.of(
                        "set", one.text().name(),
                        "text", one.text().value(),
                        "probe", one.probe().value(),
                        "both", one.both().value(),
                        "n", one.text().of()))
            .toList());
    Map<String, Object> ranked = new LinkedHashMap<>();
    compared.forEach(
        (set, one) ->
            ranked.put(
                set,
                Map.of(
                    "text", figures(one.text()),
                    "probe", figures(one.probe()),
                    "both", figures(one.both()))));
    answer.put("rankings", ranked);
    return answer;
  }

  private static List<Map<String, Object>> json(List<GuardTries.Try> tries) {
    return tries.stream()
        .map(
            one ->
                Map.<String, Object>of(
                    "seed", one.seed(), "blocked", one.blocked(), "mild", one.mild()))
        .toList();
  }

  private static Map<String, Double> figures(Ranking one) {
    return Map.of("auroc", one.auroc(), "auprc", one.auprc());
  }

  private Map<String, Object> json(
      GuardTries kept, List<GuardMeasures.Share> shares, Map<String, Ranking> rankings) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("guard", out.toString());
    answer.put("seed", kept.seed());
    answer.put("asked", kept.asked());
    answer.put("tries", json(kept.all()));
    answer.put("finals", json(kept.finals()));
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
