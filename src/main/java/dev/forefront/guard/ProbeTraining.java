package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Probe;
import dev.forefront.guard.GuardTraining.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    ProbeKind requests =
        new ProbeKind(Probes.REQUEST, lesson.requests, settings, features, progress);
    ProbeKind replies = new ProbeKind(Probes.REPLY, lesson.replies, settings, features, progress);
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
        requests.size(),
        replies.size(),
        Objects.requireNonNull(held),
        crossValidated,
        replies.scoresOfAll(lesson.replies.size()));
  }

  private static ProbeFile.Named named(
      Inside model, List<Integer> read, int[] chosen, ProbeKind requests, ProbeKind replies) {
    List<String> names = new ArrayList<>(requests.names());
    names.addAll(replies.names());
    ProbeTrainer.Heads asked = requests.train(chosen);
    ProbeTrainer.Heads said = replies.train(chosen);
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
      request = Math.max(request, Calibration.justAbove(scores, one.share()));
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
        Calibration.justAbove(scores, replies.share()));
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
}
