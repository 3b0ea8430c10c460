package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Probe;
import dev.forefront.guard.GuardTraining.Allowance;
import dev.forefront.guard.GuardTraining.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a guard's probes on one model: heads on its residual stream, for requests and for replies.
 * The texts are run through the model once; what they leave in it is kept in half precision, and as
 * many texts are taken as fit.
 */
public final class ProbeTraining {
  /** Which part of a guard's false alarms its probes may have; the text heads have the rest. */
  public static final double SHARE = 0.25;

  private static final int LONGEST = 96;
  private static final int PARTS = 4;
  private static final int FEWEST = 10;
  private static final float OTHER_HAZARD = 0.3f;

  private ProbeTraining() {}

  /**
   * What probes learn from.
   *
   * @param requests of {@link GuardTraining.Use#REQUEST}
   * @param replies harmful posts and harmless replies, all read as an assistant's
   * @param contexts short ordinary requests that the replies are put behind
   */
  public record Lesson(List<Text> requests, List<Text> replies, List<String> contexts) {
    public Lesson {
      requests = List.copyOf(requests);
      replies = List.copyOf(replies);
      contexts = List.copyOf(contexts);
      if (requests.isEmpty() || replies.isEmpty() || contexts.isEmpty()) {
        throw new IllegalArgumentException("a probe needs requests, replies and contexts");
      }
    }
  }

  /**
   * @param layers that are read; empty to take all or the middle one, whichever ranks better
   * @param mostTexts of each kind
   * @param mostNumbers of the stream that are kept at once, two bytes each
   */
  public record Settings(List<Integer> layers, int mostTexts, long mostNumbers, long seed) {
    public Settings {
      layers = layers.stream().distinct().sorted().toList();
    }

    /** Six thousand texts of each kind at most, and 384 MB. */
    public static Settings standard(List<Integer> layers, long seed) {
      return new Settings(layers, 6_000, 192L << 20, seed);
    }
  }

  /**
   * Trained probes, before they are calibrated.
   *
   * @param requests texts that the heads on requests learnt from
   * @param replies likewise on replies
   * @param held how well heads rank the requests of the part that they did not see
   * @param crossValidated how well heads rank the replies that they did not see, all parts together
   * @param posts scores (log odds) of the lesson's posts by heads that did not see them, in order;
   *     NaN for those that were not taken
   */
  public record Trained(
      ProbeFile.Named named,
      int requests,
      int replies,
      Ranking held,
      Ranking crossValidated,
      double[] posts) {

    public List<Integer> layers() {
      return named.probe().layers();
    }

    public String model() {
      return named.probe().model();
    }

    byte[] bytes() {
      return ProbeFile.write(named);
    }
  }

  /** Trains on all texts. The same model, lesson and settings give the same bits. */
  public static Trained train(
      Inside model, Lesson lesson, Settings settings, Consumer<String> progress) {
    List<Integer> read =
        settings.layers.isEmpty()
            ? IntStream.range(0, model.layers()).boxed().toList()
            : settings.layers;
    ProbeFeatures features = new ProbeFeatures(model, read, LONGEST, lesson.contexts);
    Kind requests = new Kind(Probes.REQUEST, lesson.requests, settings, features, progress);
    Kind replies = new Kind(Probes.REPLY, lesson.replies, settings, features, progress);
    List<int[]> choices = new ArrayList<>(List.of(IntStream.range(0, read.size()).toArray()));
    if (settings.layers.isEmpty() && read.size() > 1) {
      choices.add(new int[] {read.size() / 2});
    }
    int[] best = choices.getFirst();
    @Nullable Ranking held = null;
    double most = Double.NEGATIVE_INFINITY;
    for (int[] choice : choices) {
      progress.accept("training on %d of %d layers".formatted(choice.length, read.size()));
      Ranking asked = requests.held(choice, 0);
      double auroc = asked.auroc() + replies.held(choice, 0).auroc();
      if (held == null || auroc > most) {
        most = auroc;
        best = choice;
        held = asked;
      }
    }
    progress.accept("cross-validating the probe");
    Ranking crossValidated = replies.crossValidated(best);
    progress.accept("training the probe on all texts");
    ProbeFile.Named named = named(model, read, best, requests, replies);
    return new Trained(
        named,
        requests.examples.size(),
        replies.examples.size(),
        Objects.requireNonNull(held),
        crossValidated,
        replies.scoresOfAll(lesson.replies.size()));
  }

  private static ProbeFile.Named named(
      Inside model, List<Integer> read, int[] chosen, Kind requests, Kind replies) {
    List<String> names = new ArrayList<>(requests.names);
    names.addAll(replies.names);
    ProbeTrainer.Heads asked = requests.train(chosen, requests.examples);
    ProbeTrainer.Heads said = replies.train(chosen, replies.examples);
    int width = model.width();
    float[] bias = new float[names.size()];
    float[] weights = new float[chosen.length * names.size() * width];
    int head = 0;
    for (ProbeTrainer.Heads heads : List.of(asked, said)) {
      for (int own = 0; own < heads.heads(); own++, head++) {
        bias[head] = heads.bias()[own];
        for (int layer = 0; layer < chosen.length; layer++) {
          for (int at = 0; at < width; at++) {
            weights[(layer * names.size() + head) * width + at] =
                heads.weights()[(layer * width + at) * heads.heads() + own];
          }
        }
      }
    }
    List<Integer> layers = Arrays.stream(chosen).mapToObj(read::get).toList();
    return new ProbeFile.Named(
        new Probe(model.digest(), model.dtype(), layers, width, bias, weights), names);
  }

  /** The texts of one kind, and what they left in the model. */
  private static final class Kind {
    private final List<String> names = new ArrayList<>();
    private final List<Integer> taken;
    private final List<ProbeTrainer.Example> examples;
    private final Settings settings;
    private final int width;
    private double[] scores = {};

    Kind(
        String kind,
        List<Text> texts,
        Settings settings,
        ProbeFeatures features,
        Consumer<String> progress) {
      this.settings = settings;
      width = features.width();
      List<Integer> order = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
      Collections.shuffle(order, new Random(settings.seed));
      order = evenly(order, texts, settings.mostTexts);
      name(kind, order.stream().map(texts::get).toList());
      progress.accept(
          "reading %,d texts for the heads \"%s\" with the model".formatted(order.size(), kind));
      examples = new ArrayList<>();
      taken = new ArrayList<>();
      List<ProbeFeatures.Rows> rows =
          features.of(
              kind, order.stream().map(at -> texts.get(at).text()).toList(), settings.mostNumbers);
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

    ProbeTrainer.Heads train(int[] layers, List<ProbeTrainer.Example> on) {
      int[] columns =
          Arrays.stream(layers)
              .flatMap(layer -> IntStream.range(layer * width, (layer + 1) * width))
              .toArray();
      return new ProbeTrainer(names.size(), columns, ProbeTrainer.Settings.standard(settings.seed))
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

    Ranking held(int[] layers, int part) {
      score(layers, part);
      return ranking(IntStream.range(0, scores.length).filter(at -> isIn(at, part)).toArray());
    }

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

    double[] scoresOfAll(int texts) {
      double[] all = new double[texts];
      Arrays.fill(all, Double.NaN);
      for (int at = 0; at < scores.length; at++) {
        all[taken.get(at)] = scores[at];
      }
      return all;
    }
  }

  /**
   * Chooses the lowest limits that keep every allowance.
   *
   * @param model the one that the probe was trained on
   * @param requests harmless ones that nothing was trained on, the usual ones first
   * @param replies likewise
   * @param contexts short ordinary requests that the replies are put behind
   */
  public static ProbeCalibration calibrate(
      Trained trained,
      LanguageModel model,
      List<Allowance> requests,
      Allowance replies,
      List<String> contexts) {
    return calibrate(trained.named, model, requests, replies, contexts);
  }

  static ProbeCalibration calibrate(
      ProbeFile.Named named,
      LanguageModel model,
      List<Allowance> requests,
      Allowance replies,
      List<String> contexts) {
    Allowance usual = requests.getFirst();
    String digest = GuardFiles.digest(ProbeFile.write(named));
    Probe probe = named.probe();
    ProbeCalibration none =
        new ProbeCalibration(
            probe.model(),
            digest,
            probe.dtype(),
            usual.share(),
            usual.texts().size(),
            Double.MAX_VALUE,
            Double.MAX_VALUE);
    Probing probing = new Probing(new Probes(named, none), model);
    double request = Double.NEGATIVE_INFINITY;
    for (Allowance one : requests) {
      double[] scores =
          one.texts().parallelStream().mapToDouble(text -> probing.request(text).logit()).toArray();
      request = Math.max(request, justAbove(scores, one.share()));
    }
    double[] scores =
        IntStream.range(0, replies.texts().size())
            .parallel()
            .mapToDouble(
                at ->
                    probing
                        .reply(contexts.get(at % contexts.size()), replies.texts().get(at))
                        .logit())
            .toArray();
    return new ProbeCalibration(
        probe.model(),
        digest,
        probe.dtype(),
        usual.share(),
        usual.texts().size(),
        request,
        justAbove(scores, replies.share()));
  }

  /** A probe's files, to be put into a guard's folder. */
  static Map<String, byte[]> files(Trained trained, ProbeCalibration calibration) {
    return Map.of(ProbeFile.NAME, trained.bytes(), ProbeCalibration.FILE, calibration.json());
  }

  /**
   * Chooses new limits for the probe in a guard's folder.
   *
   * @throws BadInputException where the folder holds no probe, or it is for another model
   */
  public static ProbeCalibration recalibrate(
      Path folder,
      LanguageModel model,
      List<Allowance> requests,
      Allowance replies,
      List<String> contexts) {
    Map<String, byte[]> files = GuardFiles.read(folder);
    byte[] bytes = files.get(ProbeFile.NAME);
    if (bytes == null) {
      throw new BadInputException(
          folder + " has no probe to calibrate: train one with `forefront guard train --model`");
    }
    ProbeFile.Named named = ProbeFile.read(bytes, folder + "/" + ProbeFile.NAME);
    ProbeCalibration calibration = calibrate(named, model, requests, replies, contexts);
    files.put(ProbeCalibration.FILE, calibration.json());
    GuardFiles.write(folder, files);
    return calibration;
  }

  /** Whether a guard's folder holds a probe. */
  public static boolean isIn(Path folder) {
    return GuardFiles.read(folder).containsKey(ProbeFile.NAME);
  }

  /** The limit that no more than a share of the scores reaches. */
  static double justAbove(double[] scores, double share) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int above = (int) Math.floor(share * sorted.length);
    return Math.nextUp(sorted[Math.max(0, sorted.length - 1 - above)]);
  }
}
