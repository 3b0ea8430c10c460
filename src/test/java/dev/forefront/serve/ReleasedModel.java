package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.SigningKey;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardSettings;
import dev.forefront.release.Board;
import dev.forefront.release.Draft;
import dev.forefront.release.Refused;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import dev.forefront.release.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A tiny real model that went the whole road to a release of a demo board, with a record and a
 * place for data; starts servers on free ports. What a server says can be scripted.
 */
public final class ReleasedModel implements AutoCloseable {
  public static final String NAME = "tiny-1";

  private final Path folder;
  private final Release release;
  private final AuditLog log;

  private ReleasedModel(Path folder, Release release, AuditLog log) {
    this.folder = folder;
    this.release = release;
    this.log = log;
  }

  /** Makes all of it below a folder. */
  public static ReleasedModel in(Path folder) {
    makeRegistry(folder);
    return reopened(folder);
  }

  /** The release, record and data that {@link #in} made there before. */
  public static ReleasedModel reopened(Path folder) {
    return new ReleasedModel(
        folder,
        Release.open(folder.resolve("registry"), NAME),
        AuditLog.open(folder.resolve("data/audit")));
  }

  /**
   * A release that misses one criterion, which its board waives for a while.
   *
   * @param clock by which the release is served
   */
  static ReleasedModel leaning(Path folder, Instant until, Clock clock) {
    Registry registry = registry(folder, World.leaningPolicyText());
    Draft draft = draft(folder, report -> World.leaning(report, 0.5, 400));
    if (!(registry.propose(draft) instanceof Refused refused)) {
      throw new AssertionError("the release needs no waiver");
    }
    List<SigningKey> keys =
        Board.demoKeys(folder.resolve("board")).stream().map(SigningKey::read).toList();
    World.waive(registry, refused, NAME, until, keys);
    let(folder, registry, draft);
    return new ReleasedModel(
        folder,
        World.open(folder.resolve("registry"), NAME, clock),
        AuditLog.open(folder.resolve("data/audit")));
  }

  /** A registry with one signed release. */
  public static Path makeRegistry(Path folder) {
    Registry registry = registry(folder, World.policyText());
    let(folder, registry, draft(folder, report -> report));
    return folder.resolve("registry");
  }

  private static Registry registry(Path folder, String policyText) {
    Path policy = folder.resolve("policy.yaml");
    AtomicFile.write(policy, policyText);
    Path boardFolder = folder.resolve("board");
    Registry registry = Registry.create(folder.resolve("registry"), Board.createDemo(boardFolder));
    World.adopt(registry, policy, Board.demoKeys(boardFolder));
    return registry;
  }

  private static Draft draft(Path folder, UnaryOperator<String> measured) {
    Path model = folder.resolve("model");
    copyModel(model);
    Path report = folder.resolve("evaluation/report.json");
    String modelDigest = ModelDigest.of(model);
    AtomicFile.write(
        report, measured.apply(World.reportText(modelDigest, 0.98, 0.98, Instant.now())));
    AtomicFile.write(
        report.resolveSibling("report.html"),
        "<!doctype html>\n<html lang=\"en\"><title>Report</title><main><h1>Report</h1></main></html>\n");
    return Draft.of(NAME, model, List.of(report), folder.resolve("policy.yaml"));
  }

  private static void let(Path folder, Registry registry, Draft draft) {
    if (registry.propose(draft) instanceof Refused refused) {
      throw new AssertionError(refused.reasons());
    }
    Path boardFolder = folder.resolve("board");
    registry.sign(NAME, Board.demoKeys(boardFolder).get(0));
    registry.sign(NAME, Board.demoKeys(boardFolder).get(1));
  }

  private static void copyModel(Path model) {
    Path from = Path.of(System.getProperty("forefront.reference"), "scoring", "model");
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        AtomicFile.write(model.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtomicFile.write(
        model.resolve("chat_template.jinja"),
        "{%- for message in messages -%}{{- message.content + '\\n' -}}{%- endfor -%}");
  }

  public Release release() {
    return release;
  }

  public Path registryFolder() {
    return folder.resolve("registry");
  }

  /** One of the three keys of its board, two of which are a quorum. */
  public SigningKey key(int member) {
    return SigningKey.read(Board.demoKeys(folder.resolve("board")).get(member));
  }

  public AuditLog log() {
    return log;
  }

  /** The record's folder. */
  public Path logFolder() {
    return folder.resolve("data/audit");
  }

  /** On a free port of this machine. */
  ServerSettings settings() {
    return ServerSettings.standard(folder.resolve("data")).withPort(0);
  }

  /** Serves the release as it is. */
  public Server serve() {
    return Server.start(release, Guard.builtIn(), log, settings());
  }

  /** Serves what another model says, as if it were the release. */
  public Server serve(LanguageModel model) {
    return serve(model, Guard.builtIn());
  }

  public Server serve(LanguageModel model, Guard guard) {
    return Server.start(release, model, guard, log, settings());
  }

  public Server serve(LanguageModel model, Guard guard, ServerSettings settings) {
    return Server.start(release, model, guard, log, settings);
  }

  /** A guard that lets each piece go as soon as it was judged. */
  static Guard promptGuard() {
    return Guard.builtIn().with(new GuardSettings(0, 1, Duration.ofSeconds(2), 64));
  }

  @Override
  public void close() {
    log.close();
  }
}
