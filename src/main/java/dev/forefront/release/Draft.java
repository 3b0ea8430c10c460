package dev.forefront.release;

import java.nio.file.Path;
import java.util.List;
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
 * @param lineage a JSON file that says where the model came from, or null
 */
public record Draft(
    String name,
    Path model,
    List<Path> reports,
    Path policy,
    @Nullable Path guard,
    @Nullable Path lineage) {

  public Draft {
    reports = List.copyOf(reports);
  }

  public static Draft of(String name, Path model, List<Path> reports, Path policy) {
    return new Draft(name, model, reports, policy, null, null);
  }

  public Draft withGuard(Path folder) {
    return new Draft(name, model, reports, policy, folder, lineage);
  }

  public Draft withLineage(Path file) {
    return new Draft(name, model, reports, policy, guard, file);
  }
}
