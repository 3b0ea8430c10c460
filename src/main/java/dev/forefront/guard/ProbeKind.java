package dev.forefront.guard;

import dev.forefront.guard.GuardTraining.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The texts of one kind, and what they left in the model. */
final class ProbeKind {
  // Parts that a text is kept apart in by turns.
  private static final int PARTS = 4;
  private static final int FEWEST = 10;
  private static final float OTHER_HAZARD = 0.3f;

  private final List<String> names = new ArrayList<>();
  private final List<Integer> taken;
  private final List<ProbeTrainer.Example> examples;
  private final ProbeTraining.Settings settings;
  private final int width;
  private double[] scores = {};

  ProbeKind(
      String kind,
      List<Text> texts,
      ProbeTraining.Settings settings,
      ProbeFeatures features,
      Consumer<String> progress) {
    this.settings = settings;
    width = features.width();
    List<Integer> order = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
    Collections.shuffle(order, new Random(settings.seed()));
    order = evenly(order, texts, settings.mostTexts());
    name(kind, order.stream().map(texts::get).toList());
    progress.accept(
        "reading %,d texts for the heads \"%s\" with the model".formatted(order.size(), kind));
    examples = new ArrayList<>();
    taken = new ArrayList<>();
    List<ProbeFeatures.Rows> rows =
        features.of(
            kind, order.stream().map(at -> texts.get(at).text()).toList(), settings.mostNumbers());
    for (int at = 0; at < rows.size(); at++) {
      Text text = texts.get(order.get(at));
      float[] targets = targets(kind, text);
      taken.add(order.get(at));
      examples.add(
          new ProbeTrainer.Example(
              rows.get(at).values(),
              rows.get(at).tokens(),
              targets,
              weights(text, targets),
              text.group()));
    }
  }

  List<String> names() {
    return names;
  }

  /** How many texts there are. */
  int size() {
    return examples.size();
  }

  /** Heads of all texts, on some of the layers that were read. */
  ProbeTrainer.Heads train(int[] layers) {
    return train(layers, examples);
  }

  /** As many harmful as harmless ones, where there are so many. */
  private static List<Integer> evenly(List<Integer> order, List<Text> texts, int most) {
    List<Integer> harmful = order.stream().filter(at -> texts.get(at).harm() >= 0.5).toList();
    List<Integer> harmless = order.stream().filter(at -> texts.get(at).harm() < 0.5).toList();
    int bad = Math.min(harmful.size(), Math.max(most / 2, most - harmless.size()));
    List<Integer> both = new ArrayList<>(harmful.subList(0, bad));
    both.addAll(harmless.subList(0, Math.min(harmless.size(), most - bad)));
    both.sort(null);
    Collections.shuffle(both, new Random(most));
    return both;
  }

  /** Hazards of which there are too few examples have no head. */
  private void name(String kind, List<Text> texts) {
    names.add(kind);
    for (Hazard hazard : Hazard.values()) {
      long examples =
          texts.stream().filter(text -> text.hazards().getOrDefault(hazard, 0.0) >= 0.5).count();
      if (hazard != Hazard.UNKNOWN && examples >= FEWEST) {
        names.add(TextClassifier.head(kind, hazard));
      }
    }
  }

  private float[] targets(String kind, Text text) {
    float[] targets = new float[names.size()];
    Arrays.fill(targets, Float.NaN);
    targets[0] = (float) text.harm();
    for (Map.Entry<Hazard, Double> hazard : text.hazards().entrySet()) {
      int head = names.indexOf(TextClassifier.head(kind, hazard.getKey()));
      if (head >= 0) {
        targets[head] = hazard.getValue().floatValue();
      }
    }
    return targets;
  }

  private static float[] weights(Text text, float[] targets) {
    float[] weights = new float[targets.length];
    for (int head = 0; head < weights.length; head++) {
      // Harmful, and said to be of another kind: many are of both.
      boolean other = head > 0 && text.harm() >= 0.5 && targets[head] < 0.5;
      weights[head] = (float) text.weight() * (other ? OTHER_HAZARD : 1);
    }
    return weights;
  }

  private ProbeTrainer.Heads train(int[] layers, List<ProbeTrainer.Example> on) {
    int[] columns =
        Arrays.stream(layers)
            .flatMap(layer -> IntStream.range(layer * width, (layer + 1) * width))
            .toArray();
    return new ProbeTrainer(names.size(), columns, ProbeTrainer.Settings.standard(settings.seed()))
        .train(on);
  }

  private boolean isIn(int example, int part) {
    return Math.floorMod(examples.get(example).group().hashCode(), PARTS) == part;
  }

  /** Scores the texts of one part by heads that were trained on the others. */
  private void score(int[] layers, int part) {
    if (scores.length == 0) {
      scores = new double[examples.size()];
      Arrays.fill(scores, Double.NaN);
    }
    ProbeTrainer.Heads heads =
        train(
            layers,
            IntStream.range(0, examples.size())
                .filter(at -> !isIn(at, part))
                .mapToObj(examples::get)
                .toList());
    for (int at = 0; at < scores.length; at++) {
      if (isIn(at, part)) {
        scores[at] = heads.highest(examples.get(at), 0);
      }
    }
  }

  /** How well heads rank one part that they did not see. */
  Ranking held(int[] layers, int part) {
    score(layers, part);
    return ranking(IntStream.range(0, scores.length).filter(at -> isIn(at, part)).toArray());
  }

  /** How well heads rank what they did not see, all parts together. */
  Ranking crossValidated(int[] layers) {
    for (int part = 0; part < PARTS; part++) {
      score(layers, part);
    }
    return ranking(IntStream.range(0, scores.length).toArray());
  }

  private Ranking ranking(int[] which) {
    boolean[] harmful = new boolean[which.length];
    double[] own = new double[which.length];
    for (int at = 0; at < which.length; at++) {
      harmful[at] = examples.get(which[at]).targets()[0] >= 0.5;
      own[at] = scores[which[at]];
    }
    return Ranking.of(own, harmful);
  }

  /**
   * Log odds by heads that did not see a text, for each text of the lesson; NaN where not taken.
   */
  double[] scoresOfAll(int texts) {
    double[] all = new double[texts];
    Arrays.fill(all, Double.NaN);
    for (int at = 0; at < scores.length; at++) {
      all[taken.get(at)] = scores[at];
    }
    return all;
  }
}
