package dev.forefront.release;

import dev.forefront.conversation.Sha256;
import java.util.SortedMap;
import java.util.function.Predicate;

/** What a release is made of, for people who read a statement. Each file is part of exactly one. */
enum Part {
  WEIGHTS("Weights", name -> isModel(name) && name.contains(".safetensors")),
  CONFIGURATION(
      "Configuration",
      name -> isModel(name) && (name.endsWith("/config.json") || name.contains("generation"))),
  TEMPLATE("Chat template", name -> isModel(name) && name.endsWith(".jinja")),
  TOKENIZER("Tokenizer", name -> isModel(name) && name.contains("tokenizer")),
  CALIBRATION("Calibration", Safeguard.CALIBRATION::isFile),
  GUARD("Guard", Safeguard.GUARD::isFile),
  CONSTITUTION("Constitution", ReleaseFiles.CONSTITUTION::equals),
  REPORTS("Reports", name -> name.startsWith(ReleaseFiles.REPORTS)),
  STAGE_REPORTS("Reports on earlier stages", name -> name.startsWith(ReleaseFiles.STAGES)),
  LINEAGE("Lineage", ReleaseFiles.LINEAGE::equals),
  POLICY("Policy", ReleaseFiles.POLICY::equals),
  MODEL_CARD("Model card", ReleaseFiles.MODEL_CARD::equals),
  ML_BOM("Bill of materials", ReleaseFiles.ML_BOM::equals),
  SAFETY_CASE("Safety case", ReleaseFiles.SAFETY_CASE::equals),
  OTHER("Other files", name -> true);

  private final String title;
  private final Predicate<String> file;

  Part(String title, Predicate<String> file) {
    this.title = title;
    this.file = file;
  }

  private static boolean isModel(String name) {
    return name.startsWith(ReleaseFiles.MODEL);
  }

  String title() {
    return title;
  }

  /** Whether a path inside a release belongs to this part, and to none before it. */
  boolean covers(String name) {
    for (Part part : values()) {
      if (part.file.test(name)) {
        return part == this;
      }
    }
    return false;
  }

  /** SHA-256 over the lines {@code <sha256> <path>} of its files, sorted by path. */
  String digest(SortedMap<String, String> files) {
    return Sha256.ofFiles(files, this::covers);
  }
}
