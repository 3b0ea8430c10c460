package dev.forefront.evaluate;

import dev.forefront.conversation.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A figure over the steps of a run.
 *
 * @param name for the legend
 */
public record Curve(String name, List<Point> points) {

  private static final JsonMapper JSON = new JsonMapper();

  /** One measured point. */
  public record Point(double step, double value) {}

  public Curve {
    points = List.copyOf(points);
  }

  /**
   * Reads the curves of a run's {@code metrics.jsonl}: one for each key that ends in {@code loss}.
   * A last line cut short by a crash is passed over.
   *
   * @throws BadInputException where the file cannot be read
   */
  public static List<Curve> read(Path metrics) {
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(metrics)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        readLine(line, curves);
      }
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
    return curves.entrySet().stream()
        .map(entry -> new Curve(entry.getKey().replace('_', ' '), entry.getValue()))
        .toList();
  }

  private static void readLine(String line, Map<String, List<Point>> curves) {
    JsonNode row;
    try {
      row = JSON.readTree(line);
    } catch (JacksonException cut) {
      return;
    }
    if (!row.path("step").isNumber()) {
      return;
    }
    double step = row.path("step").asDouble();
    row.forEachEntry(
        (key, value) -> {
          if (key.endsWith("loss") && value.isNumber() && Double.isFinite(value.asDouble())) {
            curves
                .computeIfAbsent(key, fresh -> new ArrayList<>())
                .add(new Point(step, value.asDouble()));
          }
        });
  }

  /** At most {@code most} points, each the mean of its neighbours; the step is that of the last. */
  Curve thinned(int most) {
    if (points.size() <= most) {
      return this;
    }
    List<Point> fewer = new ArrayList<>(most);
    for (int bucket = 0; bucket < most; bucket++) {
      int from = (int) ((long) bucket * points.size() / most);
      int to = (int) ((long) (bucket + 1) * points.size() / most);
      double mean = points.subList(from, to).stream().mapToDouble(Point::value).average().orElse(0);
      fewer.add(new Point(points.get(to - 1).step(), mean));
    }
    return new Curve(name, fewer);
  }
}
