package dev.forefront.release;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What someone proposes for release. The registry copies all of it, so the originals may change
 * afterwards.
 *
 * @param name of the release to be: lower-case letters, digits, dot, hyphen, underscore
 * @param model a model folder in Hugging Face's layout
 * @param reports report.json files, or folders that hold one; a report.html beside it comes along
 * @param policy a policy file
 * @param guard a folder with the guard's files, or null
 * @param lineage a JSON file that says where the model came from, or null for the one beside the
 *     weights
 * @param constitution the principles that the model was tuned by, or null
 * @param stageReports of earlier stages, by the stage's name in the lineage
 */
public record Draft(
    String name,
    Path model,
    List<Path> reports,
    Path policy,
    @Nullable Path guard,
    @Nullable Path lineage,
    @Nullable Path constitution,
    SortedMap<String, Path> stageReports) {

  public Draft {
    reports = List.copyOf(reports);
    stageReports = Collections.unmodifiableSortedMap(new TreeMap<>(stageReports));
  }

  public static Draft of(String name, Path model, List<Path> reports, Path policy) {
    return new Draft(name, model, reports, policy, null, null, null, new TreeMap<>());
  }

  public Draft withGuard(@Nullable Path folder) {
    return new Draft(name, model, reports, policy, folder, lineage, constitution, stageReports);
  }

  public Draft withLineage(@Nullable Path file) {
    return new Draft(name, model, reports, policy, guard, file, constitution, stageReports);
  }

  public Draft withConstitution(@Nullable Path file) {
    return new Draft(name, model, reports, policy, guard, lineage, file, stageReports);
  }

  public Draft withStageReports(Map<String, Path> byStage) {
    return new Draft(
        name, model, reports, policy, guard, lineage, constitution, new TreeMap<>(byStage));
  }
}
