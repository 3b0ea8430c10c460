package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a low-rank adapter (Hu et al. 2021) is applied; {@code adapter_config.json} holds it under
 * PEFT's names.
 *
 * @param rank rows of A and columns of B
 * @param alpha the product B A is multiplied by {@code alpha / rank}
 * @param rankStabilized by {@code alpha / sqrt(rank)} instead (Kalajdzievski 2023)
 * @param targets the last words of the names of weights that are adapted, such as {@code q_proj}
 * @param base what the adapter was trained on, or empty
 */
public record AdapterConfig(
    int rank, double alpha, boolean rankStabilized, List<String> targets, String base) {
  static final String FILE = "adapter_config.json";

  private static final Set<String> READ =
      Set.of(
          "peft_type",
          "r",
          "lora_alpha",
          "use_rslora",
          "target_modules",
          "base_model_name_or_path",
          "task_type",
          "bias",
          "init_lora_weights");

  /** About training, or told by the tensors themselves. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "auto_mapping",
          "exclude_modules",
          "inference_mode",
          "layers_pattern",
          "layers_to_transform",
          "lora_dropout",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision");

  /** Ways to begin that leave the base model as it is. */
  private static final Set<String> HARMLESS_BEGINNINGS =
      Set.of("true", "false", "gaussian", "eva", "orthogonal");

  public AdapterConfig {
    targets = List.copyOf(targets);
    if (rank < 1 || rank > 1 << 16) {
      throw new IllegalArgumentException("r must be in [1, 65536], not " + rank);
    }
    if (!Double.isFinite(alpha)) {
      throw new IllegalArgumentException("lora_alpha must be a number, not " + alpha);
    }
  }

  AdapterConfig with(List<String> others) {
    return new AdapterConfig(rank, alpha, rankStabilized, others, base);
  }

  /** What B A is multiplied by. */
  public float scaling() {
    return (float) (rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank);
  }

  static AdapterConfig read(Path folder, Loading loading) {
    Path file = folder.resolve(FILE);
    JsonNode root;
    try {
      root = StrictJson.MAPPER.readTree(ModelFolder.readSmall(file, loading));
    } catch (JacksonException e) {
      throw new BadInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    refuseWhatIsNotApplied(file, root);
    JsonNode rank = root.path("r");
    JsonNode alpha = root.path("lora_alpha");
    if (!rank.isInt() || !alpha.isNumber()) {
      throw new BadInputException(file + ": r and lora_alpha must be numbers");
    }
    List<String> targets = new ArrayList<>();
    root.path("target_modules").forEach(target -> targets.add(target.asString("")));
    try {
      return new AdapterConfig(
          rank.asInt(),
          alpha.asDouble(),
          root.path("use_rslora").asBoolean(false),
          targets,
          root.path("base_model_name_or_path").asString(""));
    } catch (IllegalArgumentException e) {
      throw new BadInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void refuseWhatIsNotApplied(Path file, JsonNode root) {
    if (!root.path("peft_type").asString("").equals("LORA")) {
      throw unsupported(file, "peft_type", root);
    }
    if (!root.path("bias").asString("none").equals("none")) {
      throw unsupported(file, "bias", root);
    }
    if (!root.path("task_type").asString("CAUSAL_LM").equals("CAUSAL_LM")) {
      throw unsupported(file, "task_type", root);
    }
    if (!root.path("target_modules").isArray()) {
      throw unsupported(file, "target_modules", root);
    }
    if (!HARMLESS_BEGINNINGS.contains(root.path("init_lora_weights").asString("true"))) {
      throw unsupported(file, "init_lora_weights", root);
    }
    for (String key : root.propertyNames()) {
      if (!READ.contains(key) && !WITHOUT_EFFECT.contains(key) && carries(root.path(key))) {
        throw unsupported(file, key, root);
      }
    }
  }

  private static boolean carries(JsonNode value) {
    boolean nothing =
        value.isNull()
            || value.isBoolean() && !value.asBoolean()
            || value.isContainer() && value.isEmpty();
    return !nothing;
  }

  private static BadInputException unsupported(Path file, String key, JsonNode root) {
    return new BadInputException(
        "%s: %s %s is not supported"
            .formatted(file, Foreign.shown(key), Foreign.shown(root.path(key).toString())));
  }

  String json() {
    ObjectNode root = StrictJson.MAPPER.createObjectNode();
    root.put("base_model_name_or_path", base);
    root.put("bias", "none");
    root.put("fan_in_fan_out", false);
    root.put("inference_mode", true);
    root.put("init_lora_weights", true);
    root.put("lora_alpha", alpha);
    root.put("lora_dropout", 0.0);
    root.putNull("modules_to_save");
    root.put("peft_type", "LORA");
    root.put("r", rank);
    ArrayNode modules = root.putArray("target_modules");
    targets.forEach(modules::add);
    root.put("task_type", "CAUSAL_LM");
    root.put("use_dora", false);
    root.put("use_rslora", rankStabilized);
    return StrictJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }
}
