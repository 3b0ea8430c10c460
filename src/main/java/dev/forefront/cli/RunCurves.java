package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.evaluate.Curve;
import dev.forefront.evaluate.Curve.Point;
import dev.forefront.train.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;

/**
 * What one training stage wrote down about itself.
 *
 * @param name for people
 * @param updates lines of {@code metrics.jsonl}, in order; updates that were left out are not there
 * @param samples lines of {@code samples.jsonl}
 */
record RunCurves(String name, List<JsonNode> updates, List<JsonNode> samples) {
  /** How much a smoothed curve forgets with each update. */
  private static final double FORGETTING = 0.05;

  /**
   * @param folder of a stage, or of a run, whose pretraining then is meant
   * @throws BadInputException where neither holds a line of metrics
   */
  static RunCurves read(Path folder) {
    Path stage =
        Files.exists(folder.resolve(Metrics.FILE)) ? folder : folder.resolve(Road.PRETRAIN);
    List<JsonNode> updates = Metrics.updates(stage);
    if (updates.isEmpty()) {
      throw new BadInputException(
          "%s is no training that can be looked at: it holds no %s with an update in it"
              .formatted(folder, Metrics.FILE));
    }
    return new RunCurves(folder.toString(), updates, Metrics.samples(stage));
  }

  /** A figure over the updates, where it was measured. */
  Curve curve(String label, String key) {
    return over(label, key, update -> update.path("step").asDouble());
  }

  /** A figure over the seconds that were spent on updates. */
  Curve overTime(String label, String key) {
    double[] spent = {0};
    return over(label, key, update -> spent[0] += update.path("seconds").asDouble(0));
  }

  private Curve over(String label, String key, ToDoubleFunction<JsonNode> place) {
    List<Point> points = new ArrayList<>();
    for (JsonNode update : updates) {
      double x = place.applyAsDouble(update);
      if (update.path(key).isNumber()) {
        points.add(new Point(x, update.path(key).asDouble()));
      }
    }
    return new Curve(label, points);
  }

  static Curve smoothed(Curve curve) {
    List<Point> points = new ArrayList<>();
    double mean = 0;
    double weight = 0;
    for (Point point : curve.points()) {
      mean = (1 - FORGETTING) * mean + FORGETTING * point.value();
      weight = (1 - FORGETTING) * weight + FORGETTING;
      points.add(new Point(point.step(), mean / weight));
    }
    return new Curve(curve.name(), points);
  }

  Curve tokensPerSecond(String label) {
    return new Curve(
        label,
        updates.stream()
            .filter(update -> update.path("seconds").asDouble(0) > 0)
            .map(
                update ->
                    new Point(
                        update.path("step").asDouble(),
                        update.path("tokens").asDouble() / update.path("seconds").asDouble()))
            .toList());
  }

  double seconds() {
    return updates.stream().mapToDouble(update -> update.path("seconds").asDouble(0)).sum();
  }

  long tokens() {
    return updates.stream().mapToLong(update -> update.path("tokens").asLong(0)).sum();
  }

  double lastLoss() {
    return smoothed(curve("", "loss")).points().getLast().value();
  }

  /** Figures as both pages write them. */
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
