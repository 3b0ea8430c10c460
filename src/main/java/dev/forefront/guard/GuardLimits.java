package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** From which scores on a guard's heads block, chosen on harmless texts. */
public final class GuardLimits {
  private GuardLimits() {}

  /**
   * Chooses the lowest limits that keep every allowance. A text may be blocked as a request or as a
   * post. Requests come first, for the head on them judges by both; posts get what they leave.
   *
   * @param requests harmless ones that nothing was trained on, the usual ones first
   * @param replies likewise
   */
  public static Calibration choose(
      GuardTraining.Trained trained, List<Allowance> requests, Allowance replies) {
    return choose(trained.weights(), trained.digest(), requests, replies);
  }

  private static Calibration choose(
      TextWeights weights, String digest, List<Allowance> requests, Allowance replies) {
    Map<Calibration.Use, Double> limits = new EnumMap<>(Calibration.Use.class);
    for (Calibration.Use use : Calibration.Use.values()) {
      limits.put(use, 1.0);
    }
    Allowance usual = requests.getFirst();
    int texts = usual.texts().size();
    TextStage stage = new TextStage(weights, new Calibration(digest, usual.share(), texts, limits));
    List<double[][]> scores =
        requests.stream().map(one -> scores(stage, one.texts(), Side.INPUT, 2)).toList();
    double request = Double.MIN_NORMAL;
    for (int set = 0; set < requests.size(); set++) {
      double share = requests.get(set).share();
      request = Math.max(request, Calibration.quantile(scores.get(set)[0], share));
    }
    double post = Double.MIN_NORMAL;
    for (int set = 0; set < requests.size(); set++) {
      post = Math.max(post, beside(request, scores.get(set), requests.get(set).share()));
    }
    limits.put(Calibration.Use.REQUEST, request);
    limits.put(Calibration.Use.POST, post);
    limits.put(
        Calibration.Use.REPLY,
        Calibration.quantile(scores(stage, replies.texts(), Side.OUTPUT, 1)[0], replies.share()));
    return new Calibration(digest, usual.share(), texts, limits);
  }

  /**
   * The lowest limit on posts that keeps an allowance beside what a limit on requests blocks.
   *
   * @param scores of each text as a request, and as a post
   */
  static double beside(double request, double[][] scores, double share) {
    double[] passing =
        IntStream.range(0, scores[0].length)
            .filter(text -> scores[0][text] < request)
            .mapToDouble(text -> scores[1][text])
            .toArray();
    if (passing.length == 0) {
      return 1;
    }
    double blocked = (double) scores[0].length - passing.length;
    double left = Math.max(0, share * scores[0].length - blocked);
    return Calibration.quantile(passing, left / passing.length);
  }

  /** Of each view of a text, in the order of the texts. */
  private static double[][] scores(TextStage stage, List<String> texts, Side side, int views) {
    double[][] scores = new double[views][texts.size()];
    IntStream.range(0, texts.size())
        .parallel()
        .forEach(
            text -> {
              Inspection reading = new Inspection(List.of(stage), side);
              reading.read(texts.get(text));
              reading.finish();
              for (int view = 0; view < views; view++) {
                scores[view][text] = reading.score(view);
              }
            });
    return scores;
  }

  /**
   * Chooses new limits for a guard's folder, on harmless texts of one's own.
   *
   * @throws dev.forefront.conversation.BadInputException where the folder holds no trained guard
   */
  public static Calibration renew(Path folder, List<Allowance> requests, Allowance replies) {
    Map<String, byte[]> files = GuardFiles.read(folder);
    if (!files.containsKey(GuardFiles.TEXT)) {
      throw new BadInputException(
          folder + " has no trained heads to calibrate: train them with `forefront guard train`");
    }
    TextWeights weights = TextWeights.read(files, folder.toString());
    Calibration calibration = choose(weights, TextWeights.digest(files), requests, replies);
    files.put(Calibration.FILE, calibration.json());
    GuardFiles.write(folder, files);
    return calibration;
  }
}
