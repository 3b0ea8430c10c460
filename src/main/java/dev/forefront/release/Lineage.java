package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where a model is from, as its maker wrote it down: the stages before it, the data that it learnt
 * from, and digests of whatever else decided the result. Keys that this room does not need may be
 * there.
 *
 * @param stages earlier models, the first one first; a lone {@code parent} counts as one
 * @param datasets what was learnt from, with licences
 * @param digests all other keys that hold a text
 */
record Lineage(List<Stage> stages, List<Dataset> datasets, SortedMap<String, String> digests) {
  private static final String FORMAT = "forefront-lineage-1";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final String PARENT = "parent";

  /** An earlier model. */
  record Stage(String name, String modelDigest) {}

  /**
   * @param licence as the source states it
   * @param source where it can be had; may be empty
   */
  record Dataset(String name, String licence, String source) {}

  Lineage {
    stages = List.copyOf(stages);
    datasets = List.copyOf(datasets);
  }

  /** Whether a stage may have this name, which becomes a folder's. */
  static boolean isStageName(String name) {
    return NAME.matcher(name).matches();
  }

  static Lineage parse(byte[] bytes, String where) {
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofJson(bytes, problems);
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    List<Stage> stages = stages(root);
    List<Dataset> datasets =
        root.has("datasets")
            ? root.listOrEmpty("datasets").stream().map(Lineage::dataset).toList()
            : List.of();
    SortedMap<String, String> digests = new TreeMap<>(root.allTexts());
    digests.remove("format");
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no lineage: %s".formatted(where, String.join("; ", problems)));
    }
    return new Lineage(stages, datasets, digests);
  }

  private static List<Stage> stages(Fields root) {
    String parent = root.has(PARENT) ? root.digest(PARENT) : "";
    if (!root.has("stages")) {
      return parent.isEmpty() ? List.of() : List.of(new Stage(PARENT, parent));
    }
    List<Stage> stages = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields one : root.listOrEmpty("stages")) {
      Stage stage = new Stage(one.text("name"), one.digest("model_digest"));
      if (!isStageName(stage.name()) || !names.add(stage.name())) {
        one.problem("name must be its own, of lower-case letters, digits, hyphens and underscores");
      }
      stages.add(stage);
    }
    // Who leaves a stage out must not escape the comparison with it.
    if (!parent.isEmpty() && (stages.isEmpty() || !stages.getLast().modelDigest().equals(parent))) {
      root.problem("parent is another model than the last of its stages");
    }
    return stages;
  }

  private static Dataset dataset(Fields one) {
    return new Dataset(
        one.text("name"), one.text("licence"), one.has("source") ? one.text("source") : "");
  }
}
