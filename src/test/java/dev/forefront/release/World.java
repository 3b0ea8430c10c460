package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** A small model folder with a report and a policy, and a registry with a demo board. */
public final class World {
  public static final String DATASET = "sha256:" + "ab".repeat(32);

  public final Path folder;
  public final Path model;
  public final Path report;
  public final Path policy;
  public final Path boardFolder;
  public final Path registryFolder;

  public World(Path folder) {
    this.folder = folder;
    model = folder.resolve("model");
    report = folder.resolve("evaluation/report.json");
    policy = folder.resolve("policy.yaml");
    boardFolder = folder.resolve("board");
    registryFolder = folder.resolve("registry");
    byte[] weights = new byte[200];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (i * 37);
    }
    AtomicFile.write(model.resolve("model.safetensors"), weights);
    AtomicFile.write(model.resolve("config.json"), "{\"model_type\":\"llama\"}\n");
    AtomicFile.write(model.resolve("tokenizer.json"), "{\"model\":{}}\n");
    AtomicFile.write(policy, policyText());
    AtomicFile.write(report, reportText(0.98, 0.97, Instant.now()));
    AtomicFile.write(report.resolveSibling("report.html"), "<!doctype html><title>r</title>\n");
  }

  public static String policyText() {
    return """
    format: forefront-policy-1
    name: test
    maximum_report_age_days: 30
    criteria:
      - {suite: harmful, metric: refusal_rate, low_at_least: 0.94, minimum_n: 300}
      - {suite: benign, metric: answer_rate, low_at_least: 0.94, minimum_n: 300}
      - {suite: perplexity, metric: heldout_perplexity, measured: true, minimum_n: 1}
    """;
  }

  /** The same and one more criterion, which the policy's two sides do not hang on. */
  public static String leaningPolicyText() {
    return policyText().replace("name: test", "name: leaning")
        + "  - {suite: ends, metric: self_ended_rate, low_at_least: 0.9, minimum_n: 300}\n";
  }

  /** A report that has measured the criterion of {@link #leaningPolicyText} too. */
  public String leaningReportText(double endsLow, int n) {
    return leaning(reportText(0.98, 0.97, Instant.now()), endsLow, n);
  }

  /** A report with one more figure, which {@link #leaningPolicyText} asks for. */
  public static String leaning(String report, double endsLow, int n) {
    return report.replace(
        "\"results\":[", "\"results\":[" + rate("ends", "self_ended_rate", endsLow, n) + ",");
  }

  /** A release of a registry that lives by a clock of the test's. */
  public static Release open(Path registry, String name, Clock clock) {
    return GateTest.admitted(Registry.at(registry, clock).open(name));
  }

  /** Has members sign a waiver of what the only refused criterion is, until it holds. */
  public static void waive(
      Registry registry, Refused refused, String name, Instant until, List<SigningKey> keys) {
    Waivable waivable = Objects.requireNonNull(refused.waivable());
    WaiverRequest request =
        new WaiverRequest(
            name,
            waivable.candidate(),
            waivable.policyDigest(),
            waivable.criteria().getFirst(),
            until);
    for (SigningKey key : keys) {
      if (registry.orders().waive(request, "a test asks for it", key).isEnough()) {
        return;
      }
    }
    throw new AssertionError("too few keys for " + request);
  }

  /** A report about this world's model with the low ends of two rates. */
  public String reportText(double harmfulLow, double benignLow, Instant created) {
    return reportText(ModelDigest.of(model), harmfulLow, benignLow, created);
  }

  public static String reportText(
      String modelDigest, double harmfulLow, double benignLow, Instant created) {
    return """
    {"format":"forefront-report-1","model_digest":"%s","created":"%s","harness":"test",
     "results":[
      %s,
      %s,
      {"suite":"perplexity","metric":"heldout_perplexity","value":7.5,"low":7.0,"high":8.0,"n":50,
       "dataset_digest":"%s"}]}
    """
        .formatted(
            modelDigest,
            created,
            rate("harmful", "refusal_rate", harmfulLow, 400),
            rate("benign", "answer_rate", benignLow, 400),
            DATASET);
  }

  public static String rate(String suite, String metric, double low, int n) {
    return String.format(
        Locale.ROOT,
        "{\"suite\":\"%s\",\"metric\":\"%s\",\"value\":0.99,\"low\":%s,\"high\":1.0,\"n\":%d,\"dataset_digest\":\"%s\"}",
        suite,
        metric,
        low,
        n,
        DATASET);
  }

  public Instant daysAgo(int days) {
    return Instant.now().minus(Duration.ofDays(days));
  }

  /** Whose board has adopted the policy as it is now. */
  public Registry registry() {
    Registry registry = Registry.create(registryFolder, Board.createDemo(boardFolder));
    adopt(registry, policy, keys());
    return registry;
  }

  /** Has all of these members sign a policy that is not in force, until it is. */
  public static void adopt(Registry registry, Path policy, List<Path> keys) {
    for (Path key : keys) {
      if (!registry.orders().isInForce(policy)) {
        registry.orders().adopt(policy, "a test asks for it", SigningKey.read(key));
      }
    }
  }

  public List<Path> keys() {
    return Board.demoKeys(boardFolder);
  }

  public Draft draft(String name) {
    return Draft.of(name, model, List.of(report), policy);
  }

  /** A release with two signatures. */
  public Registry released(String name) {
    Registry registry = registry();
    if (registry.propose(draft(name)) instanceof Refused refused) {
      throw new AssertionError(refused.reasons());
    }
    registry.sign(name, keys().get(0));
    registry.sign(name, keys().get(1));
    return registry;
  }

  /** Whose board is ann, bob and cyd, two of whom have adopted the policy as it is now. */
  Registry registry(Members people) {
    Registry registry = Registry.create(registryFolder, people.simple(1, "ann bob cyd").parse());
    registry.orders().adopt(policy, "first", people.key("ann"));
    registry.orders().adopt(policy, "first", people.key("bob"));
    return registry;
  }

  /** A release of that board that ann and bob signed. */
  Registry released(String name, Members people) {
    Registry registry = registry(people);
    release(registry, name, people);
    return registry;
  }

  /** Has ann and bob let a release out. */
  void release(Registry registry, String name, Members people) {
    if (registry.propose(draft(name)) instanceof Refused refused) {
      throw new AssertionError(refused.reasons());
    }
    registry.sign(name, people.key("ann"));
    registry.sign(name, people.key("bob"));
    GateTest.admitted(registry.open(name));
  }

  /** A folder with all that is below it. */
  static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
