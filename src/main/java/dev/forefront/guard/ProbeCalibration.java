package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * From which log odds on a probe blocks, chosen on harmless texts. It is bound to the model, the
 * probe and the numbers' type that it was measured with: any other refuses it.
 *
 * @param model digest of the model, as {@code sha256:<hex>}
 * @param probe digest of the probe's file
 * @param dtype in which the model computed
 * @param target share of harmless requests that the probe may block, 0..1
 * @param texts harmless requests it was measured on
 * @param request limit on a prompt's readings
 * @param reply limit on a reply's readings
 */
public record ProbeCalibration(
    String model,
    String probe,
    String dtype,
    double target,
    int texts,
    double request,
    double reply) {
  static final String FILE = "probe-calibration.json";
  private static final String FORMAT = "forefront-probe-calibration-1";

  public ProbeCalibration {
    if (!(target > 0 && target < 1) || texts < 1) {
      throw new IllegalArgumentException("a calibration needs a target between 0 and 1, and texts");
    }
    if (!Double.isFinite(request) || !Double.isFinite(reply)) {
      throw new IllegalArgumentException("a limit is no number");
    }
  }

  byte[] json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("model", model);
    root.put("probe", probe);
    root.put("dtype", dtype);
    root.put("target", target);
    root.put("texts", texts);
    root.putObject("limits").put("request", request).put("reply", reply);
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param probe digest of the probe's file
   * @throws BadInputException where the bytes are no calibration, or one for another model or probe
   */
  static ProbeCalibration read(
      byte[] bytes, String model, String probe, String dtype, String where) {
    List<String> problems = new ArrayList<>();
    try {
      JsonNode root = JsonMapper.shared().readTree(bytes);
      if (!root.path("format").asString("").equals(FORMAT)) {
        problems.add("its format is not " + FORMAT);
      }
      if (!root.path("model").asString("").equals(model)) {
        problems.add("it was measured on another model");
      }
      if (!root.path("probe").asString("").equals(probe)) {
        problems.add("it was measured with another probe");
      }
      if (!root.path("dtype").asString("").equals(dtype)) {
        problems.add("it was measured in other numbers than " + dtype);
      }
      if (problems.isEmpty()) {
        JsonNode limits = root.path("limits");
        return new ProbeCalibration(
            model,
            probe,
            dtype,
            root.path("target").asDouble(0),
            root.path("texts").asInt(0),
            limits.path("request").asDouble(Double.NaN),
            limits.path("reply").asDouble(Double.NaN));
      }
    } catch (JacksonException | IllegalArgumentException broken) {
      problems.add(String.valueOf(broken.getMessage()));
    }
    throw new BadInputException(
        "%s is no calibration for this probe: %s; run `forefront guard calibrate --model`"
            .formatted(where, String.join("; ", problems)));
  }
}
