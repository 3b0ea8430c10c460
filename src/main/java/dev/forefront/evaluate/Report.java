package dev.forefront.evaluate;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was measured about one model: the evidence that the gate reads.
 *
 * @param modelDigest of the model folder, {@code sha256:<hex>}
 * @param created when, to the second
 * @param harness what measured
 * @param examples conversations for the page; not part of report.json
 */
public record Report(
    String modelDigest,
    Instant created,
    String harness,
    List<Result> results,
    List<Example> examples) {

  public static final String FORMAT = "forefront-report-1";
  private static final JsonMapper JSON = new JsonMapper();

  public Report {
    created = created.truncatedTo(ChronoUnit.SECONDS);
    results = List.copyOf(results);
    examples = List.copyOf(examples);
  }

  /** The figure of a whole suite, if it was measured. */
  public Optional<Result> result(String suite, String metric) {
    return result(suite, metric, "");
  }

  /** The figure of one hazard's items, or of the whole suite where it is empty. */
  Optional<Result> result(String suite, String metric, String hazard) {
    return results.stream()
        .filter(result -> result.suite().equals(suite) && result.metric().equals(metric))
        .filter(result -> result.hazard().equals(hazard))
        .findFirst();
  }

  /** The content of report.json. */
  public String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("model_digest", modelDigest);
    root.put("created", created.toString());
    root.put("harness", harness);
    var list = root.putArray("results");
    for (Result result : results) {
      ObjectNode one = list.addObject().put("suite", result.suite());
      one.put("metric", result.metric());
      if (!result.hazard().isEmpty()) {
        one.put("hazard", result.hazard());
      }
      one.put("value", result.value())
          .put("low", result.low())
          .put("high", result.high())
          .put("n", result.n())
          .put("dataset_digest", result.datasetDigest());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  /**
   * Reads report.json again, without examples.
   *
   * @throws BadInputException where it is no report
   */
  public static Report ofJson(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      if (!FORMAT.equals(root.path("format").asString(""))) {
        throw new BadInputException("this is no report: its format is not " + FORMAT);
      }
      List<Result> results = new ArrayList<>();
      for (JsonNode result : root.path("results")) {
        results.add(
            new Result(
                result.required("suite").asString(),
                result.required("metric").asString(),
                result.required("value").asDouble(),
                result.required("low").asDouble(),
                result.required("high").asDouble(),
                result.required("n").asLong(),
                result.required("dataset_digest").asString(),
                result.path("hazard").asString("")));
      }
      return new Report(
          root.required("model_digest").asString(),
          Instant.parse(root.required("created").asString()),
          root.required("harness").asString(),
          results,
          List.of());
    } catch (JacksonException broken) {
      throw new BadInputException("this is no report: " + broken.getOriginalMessage(), broken);
    }
  }

  /** Writes report.json and a page about this model alone. */
  public void write(Path folder) {
    AtomicFile.write(folder.resolve("report.json"), json());
    new ReportPage("Evaluation", "", List.of(new ReportPage.Stage("model", this, List.of())))
        .write(folder.resolve("report.html"));
  }
}
