package dev.forefront.align;

import dev.forefront.conversation.ModelDigest;
import dev.forefront.train.Lora;
import dev.forefront.train.Recipe;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What decides a tuning, for its lineage; a run goes on from checkpoints of the same alone. */
final class TuningLineage {
  private TuningLineage() {}

  /**
   * @param parent folder of the model that is tuned
   * @param data digest of what is learnt
   * @param deciding the part of the settings that decides the weights
   */
  static Map<String, String> of(
      String stage, Path parent, String data, Record deciding, Lora lora, long seed) {
    Map<String, String> lineage = new TreeMap<>();
    lineage.put("stage", stage);
    lineage.put("parent", ModelDigest.of(parent));
    lineage.put("data", data);
    lineage.put("settings", Recipe.digest(deciding));
    lineage.put("seed", Long.toString(seed));
    lora.shown().ifPresent(tuned -> lineage.put("tuned", tuned));
    return lineage;
  }
}
