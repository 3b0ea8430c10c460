package dev.forefront.cli;

import dev.forefront.conversation.LoadedFiles;
import dev.forefront.data.sets.DataSet;
import dev.forefront.data.sets.Labelled;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Allowance;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.ProbeCalibration;
import dev.forefront.guard.ProbeTraining;
import dev.forefront.guard.Probing;
import dev.forefront.guard.Ranking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Trains, calibrates and measures the probes of a guard on one model. */
final class ProbeStep implements AutoCloseable {
  // A share of this many takes no less than a thousand harmless texts, and more take long.
  private static final int REPLIES = 3_000;
  private static final int RANKED = 2_000;
  private static final List<String> REPLY_SETS = List.of("safety-diasafety");

  private final Engine engine;
  private final Path data;
  private final long seed;
  private final ProbeSyllabus syllabus;
  private final Consumer<String> progress;

  ProbeStep(Path model, Path data, long seed, Consumer<String> progress) {
    this.data = data;
    this.seed = seed;
    this.progress = progress;
    syllabus = new ProbeSyllabus(data, seed);
    progress.accept("opening " + model);
    engine = Engine.open(model, new LoadedFiles());
  }

  /** A probe with its limits. */
  record Calibrated(ProbeTraining.Trained trained, ProbeCalibration calibration) {}

  Calibrated train(
      List<Text> texts, List<Integer> layers, List<Allowance> requests, Allowance replies) {
    ProbeTraining.Trained trained =
        ProbeTraining.train(
            new ModelInside(engine),
            syllabus.lesson(texts),
            ProbeTraining.Settings.standard(layers, seed),
            progress);
    progress.accept("calibrating the probe");
    return new Calibrated(
        trained,
        ProbeTraining.calibrate(trained, engine, requests, some(replies), syllabus.contexts()));
  }

  static Allowance some(Allowance replies) {
    int texts = replies.texts().size();
    int step = Math.max(1, texts / REPLIES);
    List<String> every =
        IntStream.range(0, texts)
            .filter(at -> at % step == 0)
            .mapToObj(replies.texts()::get)
            .limit(REPLIES)
            .toList();
    return new Allowance(every, replies.share());
  }

  /**
   * A set's requests, and what blocks them.
   *
   * @param text rules and text heads
   * @param probe the probe alone
   * @param both either of them
   */
  record Blocked(GuardMeasures.Share text, GuardMeasures.Share probe, GuardMeasures.Share both) {}

  /**
   * @param text shares that rules and text heads block
   */
  List<Blocked> blocked(
      Guard guard, GuardMeasures measures, List<String> ordinary, List<GuardMeasures.Share> text) {
    Probing probing = guard.probing(engine);
    Map<String, Boolean> known = new HashMap<>();
    List<GuardMeasures.Share> probe =
        measures.shares(
            one -> known.computeIfAbsent(one, new1 -> probing.request(new1).block() != null),
            ordinary,
            set -> progress.accept("the probe reads " + set));
    List<GuardMeasures.Share> both =
        measures.shares(
            one -> Boolean.TRUE.equals(known.get(one)) || GuardMeasures.blocks(guard, one),
            ordinary,
            set -> progress.accept("counting " + set));
    return IntStream.range(0, text.size())
        .mapToObj(at -> new Blocked(text.get(at), probe.get(at), both.get(at)))
        .toList();
  }

  /** How well text heads, the probe and the sum of their log odds rank a set. */
  record Compared(Ranking text, Ranking probe, Ranking both) {}

  /** On sets that neither was trained on. */
  Map<String, Compared> compared(Guard guard, GuardTraining.Trained trained) {
    Probing probing = guard.probing(engine);
    Map<String, Compared> compared = new LinkedHashMap<>();
    List<String> sets = new ArrayList<>(GuardMeasures.RANKED);
    sets.addAll(REPLY_SETS);
    for (String set : sets) {
      progress.accept("ranking " + set);
      List<Labelled> texts =
          new ArrayList<>(
              Labelled.read(data, set, DataSet.Use.MEASURE).stream()
                  .filter(Labelled::judged)
                  .toList());
      Collections.shuffle(texts, new Random(seed));
      List<Labelled> some = texts.subList(0, Math.min(RANKED, texts.size()));
      double[] byText =
          some.stream()
              .mapToDouble(
                  one -> logit(Math.max(trained.request(one.text()), trained.post(one.text()))))
              .toArray();
      double[] byProbe = some.parallelStream().mapToDouble(one -> read(probing, one)).toArray();
      boolean[] harmful = new boolean[byText.length];
      for (int at = 0; at < harmful.length; at++) {
        harmful[at] = some.get(at).harmful();
      }
      compared.put(set, compare(byText, byProbe, harmful));
    }
    return compared;
  }

  private static double read(Probing probing, Labelled one) {
    if (one.kind() != Labelled.Kind.REPLY) {
      return probing.request(one.text()).logit();
    }
    String asked =
        one.context().messages().isEmpty() ? "" : one.context().messages().getLast().content();
    return probing.reply(asked, one.text()).logit();
  }

  /**
   * The posts, by heads that did not see them.
   *
   * @param text probabilities by the text heads, one for each post of the syllabus
   */
  static Compared posts(ProbeTraining.Trained probe, double[] text, List<Text> posts) {
    int[] taken =
        IntStream.range(0, text.length).filter(at -> !Double.isNaN(probe.posts()[at])).toArray();
    double[] byText = new double[taken.length];
    double[] byProbe = new double[taken.length];
    boolean[] harmful = new boolean[taken.length];
    for (int at = 0; at < taken.length; at++) {
      byText[at] = logit(text[taken[at]]);
      byProbe[at] = probe.posts()[taken[at]];
      harmful[at] = posts.get(taken[at]).harm() >= 0.5;
    }
    return compare(byText, byProbe, harmful);
  }

  private static Compared compare(double[] text, double[] probe, boolean[] harmful) {
    double[] both =
        IntStream.range(0, text.length).mapToDouble(at -> text[at] + probe[at]).toArray();
    return new Compared(
        Ranking.of(text, harmful), Ranking.of(probe, harmful), Ranking.of(both, harmful));
  }

  private static double logit(double probability) {
    double bounded = Math.clamp(probability, 1e-9, 1 - 1e-9);
    return Math.log(bounded / (1 - bounded));
  }

  /** The card's section. */
  String section(Calibrated probe, List<Blocked> blocked, Map<String, Compared> compared) {
    ProbeTraining.Trained trained = probe.trained();
    StringBuilder card = new StringBuilder();
    card.append(
        """

        ## Probe on one model

        Model `%s`, %s, layers %s of %d. %,d texts were read for the heads on requests and %,d for those on replies.
        It may block %.3f%% of ordinary requests; the text heads have the rest of what the guard may.

        | set | rules and text heads | probe alone | together | n |
        |---|---|---|---|---|
        """
            .formatted(
                trained.model(),
                engine.dtype(),
                trained.layers().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                engine.ids().config().layers(),
                trained.requests(),
                trained.replies(),
                probe.calibration().target() * 100));
    for (Blocked one : blocked) {
      card.append(
          "| %s | %.1f%% | %.1f%% | %.1f%% | %,d |\n"
              .formatted(
                  one.text().name(),
                  one.text().value() * 100,
                  one.probe().value() * 100,
                  one.both().value() * 100,
                  one.text().of()));
    }
    card.append(
        """

        AUROC / AUPRC, whatever the limits; together is the sum of the log odds.

        | set | text heads | probe alone | together | harmful | harmless |
        |---|---|---|---|---|---|
        """);
    compared.forEach(
        (set, one) ->
            card.append(
                "| %s | %s | %s | %s | %,d | %,d |\n"
                    .formatted(
                        set,
                        figures(one.text()),
                        figures(one.probe()),
                        figures(one.both()),
                        one.text().positives(),
                        one.text().negatives())));
    card.append(
        """

        On texts kept apart: requests %s, replies %s by cross-validation.
        The probe knows what this model knows: where the model does not understand a harm, its probe does not see it. Another model,
        or this one after any tuning, needs a probe of its own.
        """
            .formatted(figures(trained.held()), figures(trained.crossValidated())));
    return card.toString();
  }

  static String figures(Ranking one) {
    return "%.3f / %.3f".formatted(one.auroc(), one.auprc());
  }

  @Override
  public void close() {
    engine.close();
  }
}
