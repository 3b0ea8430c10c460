package dev.forefront.guard;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A guard as files: {@code guard.json} names every other file with its digest, so that a guard from
 * which something is missing, or in which something was changed, is no guard. Where there is only
 * {@code rules.yaml}, the guard is those rules.
 */
final class GuardFiles {
  static final String MANIFEST = "guard.json";
  static final String RULES = "rules.yaml";
  static final String TEXT = "text-heads.bin";
  static final String CARD = "card.md";

  private static final String FORMAT = "forefront-guard-1";

  private GuardFiles() {}

  /** Gives a file's bytes, or null where there is none. */
  @FunctionalInterface
  interface Source {
    byte @Nullable [] bytes(String name);
  }

  /**
   * @param stages in the order in which they read
   * @param digest of the manifest, which holds the digests of all else; as {@code sha256:<hex>}
   * @param probes on the served model's activations; null where there are none
   * @param model which model is asked too; null where none is
   * @param limits of that model
   */
  record Opened(
      List<Stage> stages,
      String digest,
      @Nullable Probes probes,
      @Nullable GuardModel model,
      @Nullable JudgeLimits limits) {

    Opened(List<Stage> stages, String digest) {
      this(stages, digest, null, null, null);
    }

    Opened with(Probes others) {
      return new Opened(stages, digest, others, model, limits);
    }
  }

  /**
   * @param where the files' folder, for messages
   * @throws BadInputException where a file is missing, changed or broken
   */
  static Opened open(Source source, String where) {
    byte[] manifest = source.bytes(MANIFEST);
    if (manifest == null) {
      byte[] rules = source.bytes(RULES);
      if (rules == null) {
        throw new BadInputException(
            "%s holds neither %s nor %s: name a folder that `forefront guard train` wrote"
                .formatted(where, MANIFEST, RULES));
      }
      return new Opened(List.of(Rules.parse(rules, where + "/" + RULES)), digest(rules));
    }
    Map<String, byte[]> files = files(manifest, source, where);
    List<Stage> stages = new ArrayList<>();
    stages.add(Rules.parse(need(files, RULES, where), where + "/" + RULES));
    if (files.containsKey(TEXT)) {
      Calibration calibration =
          Calibration.read(
              need(files, Calibration.FILE, where),
              TextWeights.digest(files),
              where + "/" + Calibration.FILE);
      stages.add(new TextStage(TextWeights.read(files, where), calibration));
    }
    Probes probes = probes(files, where);
    byte[] described = files.get(GuardModel.FILE);
    if (described == null) {
      return new Opened(stages, digest(manifest), probes, null, null);
    }
    GuardModel model = GuardModel.parse(described, where + "/" + GuardModel.FILE);
    JudgeLimits limits =
        JudgeLimits.read(
            need(files, JudgeLimits.FILE, where), model.digest(), where + "/" + JudgeLimits.FILE);
    return new Opened(stages, digest(manifest), probes, model, limits);
  }

  private static @Nullable Probes probes(Map<String, byte[]> files, String where) {
    byte[] bytes = files.get(ProbeFile.NAME);
    if (bytes == null) {
      return null;
    }
    ProbeFile.Named named = ProbeFile.read(bytes, where + "/" + ProbeFile.NAME);
    ProbeCalibration calibration =
        ProbeCalibration.read(
            need(files, ProbeCalibration.FILE, where),
            named.probe().model(),
            digest(bytes),
            named.probe().dtype(),
            where + "/" + ProbeCalibration.FILE);
    try {
      return new Probes(named, calibration);
    } catch (IllegalArgumentException broken) {
      throw new BadInputException(
          "%s/%s: %s; train it again with `forefront guard train --model`"
              .formatted(where, ProbeFile.NAME, broken.getMessage()),
          broken);
    }
  }

  private static Map<String, byte[]> files(byte[] manifest, Source source, String where) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : names(manifest, where)) {
      String wanted = listed(manifest, where).path(name).asString("");
      byte[] bytes = source.bytes(name);
      if (bytes == null || !digest(bytes).equals(wanted)) {
        throw new BadInputException(
            "%s/%s is %s: restore the guard's folder, or train a guard again"
                .formatted(where, name, bytes == null ? "missing" : "not what guard.json says"));
      }
      files.put(name, bytes);
    }
    return files;
  }

  /** All files of a folder that its manifest lists, checked. */
  static Map<String, byte[]> read(Path folder) {
    Source source = in(folder);
    byte[] manifest = source.bytes(MANIFEST);
    if (manifest == null) {
      throw new BadInputException(
          "%s has no %s: name a folder that `forefront guard train` wrote"
              .formatted(folder, MANIFEST));
    }
    return files(manifest, source, folder.toString());
  }

  /** The files that lie in a folder. */
  static Source in(Path folder) {
    return name -> {
      try {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    };
  }

  /** The files that a manifest lists. */
  static List<String> names(byte[] manifest, String where) {
    List<String> names = new ArrayList<>();
    listed(manifest, where).properties().forEach(entry -> names.add(entry.getKey()));
    for (String name : names) {
      if (!name.matches("[a-z][a-z0-9.-]{0,63}")) {
        throw new BadInputException(
            "%s/%s lists a file that no guard has: %s".formatted(where, MANIFEST, name));
      }
    }
    return names;
  }

  private static JsonNode listed(byte[] manifest, String where) {
    try {
      JsonNode root = JsonMapper.shared().readTree(manifest);
      if (root.path("format").asString("").equals(FORMAT) && root.path("files").isObject()) {
        return root.path("files");
      }
    } catch (JacksonException broken) {
      throw new BadInputException(
          "%s/%s is no JSON: %s".formatted(where, MANIFEST, broken.getMessage()), broken);
    }
    throw new BadInputException(
        "%s/%s does not have the format %s".formatted(where, MANIFEST, FORMAT));
  }

  private static byte[] need(Map<String, byte[]> files, String name, String where) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new BadInputException(
          "%s/%s lists no %s, without which there is no guard".formatted(where, MANIFEST, name));
    }
    return bytes;
  }

  /** Writes files and their manifest, the manifest last. */
  static void write(Path folder, Map<String, byte[]> files) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    ObjectNode digests = root.putObject("files");
    files.forEach(
        (name, bytes) -> {
          AtomicFile.write(folder.resolve(name), bytes);
          digests.put(name, digest(bytes));
        });
    AtomicFile.write(
        folder.resolve(MANIFEST), (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static String digest(byte[] bytes) {
    return "sha256:" + Sha256.hex(bytes);
  }
}
