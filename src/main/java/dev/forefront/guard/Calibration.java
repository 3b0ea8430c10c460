package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * From which score on a guard's heads block, chosen on harmless texts. It is bound to the weights
 * it was measured with: other weights refuse it.
 *
 * @param weights digest of the weights, as {@code sha256:<hex>}
 * @param target share of harmless texts that may be blocked, 0..1
 * @param texts harmless texts it was measured on
 * @param limits the limit for each use, 0..1
 */
public record Calibration(String weights, double target, int texts, Map<Use, Double> limits) {
  static final String FILE = "calibration.json";
  private static final String FORMAT = "forefront-calibration-1";

  /** What a text is read for. */
  public enum Use {
    /** As a request for harm. */
    REQUEST,
    /** As harmful text that a person wrote. */
    POST,
    /** As harmful text that a model wrote. */
    REPLY
  }

  public Calibration {
    limits = Map.copyOf(limits);
    if (!(target > 0 && target < 1) || texts < 1) {
      throw new IllegalArgumentException("a calibration needs a target between 0 and 1, and texts");
    }
    for (Use use : Use.values()) {
      Double limit = limits.get(use);
      if (limit == null || !(limit > 0 && limit <= 1)) {
        throw new IllegalArgumentException("the limit for " + use + " is not within 0..1");
      }
    }
  }

  double limit(Use use) {
    return Objects.requireNonNull(limits.get(use));
  }

  /**
   * The score that no more than a share of harmless texts reaches.
   *
   * @param scores of harmless texts; the order does not matter
   */
  static double quantile(double[] scores, double share) {
    return Math.min(1, justAbove(scores, share));
  }

  /** Likewise for scores that know no bounds, such as log odds. */
  static double justAbove(double[] scores, double share) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int above = (int) Math.floor(share * sorted.length);
    // Just above, so that those with this very score pass.
    return Math.nextUp(sorted[Math.max(0, sorted.length - 1 - above)]);
  }

  byte[] json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("weights", weights);
    root.put("target", target);
    root.put("texts", texts);
    ObjectNode node = root.putObject("limits");
    for (Use use : Use.values()) {
      node.put(use.name().toLowerCase(Locale.ROOT), limit(use));
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws BadInputException where the bytes are no calibration, or one for other weights
   */
  static Calibration read(byte[] bytes, String weights, String where) {
    List<String> problems = new ArrayList<>();
    try {
      JsonNode root = JsonMapper.shared().readTree(bytes);
      if (!root.path("format").asString("").equals(FORMAT)) {
        problems.add("its format is not " + FORMAT);
      }
      if (!root.path("weights").asString("").equals(weights)) {
        problems.add("it was measured with other weights; calibrate these");
      }
      Map<Use, Double> limits = new EnumMap<>(Use.class);
      for (Use use : Use.values()) {
        limits.put(
            use,
            root.path("limits").path(use.name().toLowerCase(Locale.ROOT)).asDouble(Double.NaN));
      }
      if (problems.isEmpty()) {
        return new Calibration(
            weights, root.path("target").asDouble(0), root.path("texts").asInt(0), limits);
      }
    } catch (JacksonException | IllegalArgumentException broken) {
      problems.add(String.valueOf(broken.getMessage()));
    }
    throw new BadInputException(
        "%s is no calibration for this guard: %s".formatted(where, String.join("; ", problems)));
  }
}
