package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an evaluation wrote: figures about one model, named by its digest. Keys that this room does
 * not need may be there; those that it needs must be there and sound.
 */
public final class Report {
  private static final String FORMAT = "forefront-report-1";

  private final String where;
  private final String digest;
  private final String modelDigest;
  private final Instant created;
  private final String harness;
  private final List<Measurement> measurements;

  private Report(
      String where,
      String digest,
      String modelDigest,
      Instant created,
      String harness,
      List<Measurement> measurements) {
    this.where = where;
    this.digest = digest;
    this.modelDigest = modelDigest;
    this.created = created;
    this.harness = harness;
    this.measurements = List.copyOf(measurements);
  }

  /**
   * @throws BadInputException naming every problem of the file at once
   */
  public static Report read(Path file) {
    return parse(SmallFile.read(file), file.toString());
  }

  static Report parse(byte[] bytes, String where) {
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofJson(bytes, problems);
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    String modelDigest = root.digest("model_digest");
    Instant created = root.time("created");
    String harness = root.text("harness");
    List<Measurement> measurements = new ArrayList<>();
    for (Fields result : root.list("results")) {
      int before = problems.size();
      String suite = result.text("suite");
      String metric = result.text("metric");
      String hazard = result.has("hazard") ? result.text("hazard") : "";
      if (!hazard.isEmpty() && !Subject.isHazard(hazard)) {
        result.problem("hazard must be one of S1 to S14, not " + hazard);
      }
      double value = result.number("value");
      double low = result.number("low");
      double high = result.number("high");
      long n = result.whole("n", 1);
      String dataset = result.text("dataset_digest");
      if (problems.size() > before) {
        continue;
      }
      try {
        Subject subject = new Subject(suite, metric, hazard);
        measurements.add(new Measurement(subject, value, low, high, n, dataset));
      } catch (IllegalArgumentException e) {
        result.problem(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is malformed: %s".formatted(where, String.join("; ", problems)));
    }
    return new Report(
        where, "sha256:" + Sha256.hex(bytes), modelDigest, created, harness, measurements);
  }

  /** What it is called in reasons. */
  String where() {
    return where;
  }

  /** Of the file's bytes, as {@code sha256:<hex>}. */
  public String digest() {
    return digest;
  }

  /** Of the model that was measured. */
  public String modelDigest() {
    return modelDigest;
  }

  public Instant created() {
    return created;
  }

  /** What measured. */
  String harness() {
    return harness;
  }

  List<Measurement> measurements() {
    return measurements;
  }
}
