package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.Sha256;
import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a run can go on: folders {@code step-000200} with the weights as a Hugging Face folder, or
 * an adapter's where nothing else changes, the optimizer's moments, and {@code manifest.json} with
 * every file's digest. A folder is filled under a temporary name and renamed when all of it is on
 * the disk. One that does not match its manifest is skipped with a warning.
 */
final class Checkpoints {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final String MANIFEST = "manifest.json";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String PREFIX = "step-";

  private final Path folder;
  private final String fingerprint;
  private final Recipe.Care care;

  /**
   * @param fingerprint of everything that decides the run, but for the updates that are left out; a
   *     checkpoint of another run is skipped
   */
  Checkpoints(Path folder, String fingerprint, Recipe.Care care) {
    this.folder = folder;
    this.fingerprint = fingerprint;
    this.care = care;
  }

  /**
   * @param step updates done
   */
  record Checkpoint(Path folder, int step) {
    Path optimizer() {
      return folder.resolve(OPTIMIZER);
    }
  }

  /** Writes one, then removes those that are neither among the newest nor the best. */
  void write(Snapshot snapshot) {
    Path target = place(snapshot.step());
    Path temporary = folder.resolve("." + target.getFileName() + ".tmp");
    try {
      FileTree.delete(temporary);
      FileTree.delete(target);
      Files.createDirectories(temporary);
      snapshot.model().accept(temporary);
      SafeTensors.write(temporary.resolve(OPTIMIZER), snapshot.optimizer(), Map.of());
      writeManifest(temporary, snapshot);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(folder);
      prune();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      deleteQuietly(temporary);
      throw e;
    }
  }

  private void prune() throws IOException {
    List<Path> all = all();
    List<Path> old = all.subList(Math.min(care.keepLast(), all.size()), all.size());
    Optional<Path> best = care.keepBest() ? best(all) : Optional.empty();
    for (Path one : old) {
      if (!one.equals(best.orElse(null))) {
        FileTree.delete(one);
      }
    }
  }

  /** The one with the lowest held-out loss, the earlier one where two are alike. */
  Optional<Path> best() {
    try {
      return best(all());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> best(List<Path> all) throws IOException {
    Path best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Path one : all) {
      double loss = heldOut(one.resolve(MANIFEST));
      if (loss <= least) {
        least = loss;
        best = one;
      }
    }
    return Double.isFinite(least) ? Optional.ofNullable(best) : Optional.empty();
  }

  private static double heldOut(Path manifest) throws IOException {
    try {
      return Files.isRegularFile(manifest)
          ? JsonMapper.shared()
              .readTree(Files.readAllBytes(manifest))
              .path(Examiner.HELD_OUT)
              .asDouble(Double.POSITIVE_INFINITY)
          : Double.POSITIVE_INFINITY;
    } catch (JacksonException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  /** The newest one that is whole. */
  Optional<Checkpoint> newest() {
    try {
      for (Path candidate : all()) {
        Optional<Checkpoint> whole = check(candidate);
        if (whole.isPresent()) {
          return whole;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same on all ranks: the leader chooses.
   *
   * @throws BadInputException where a rank does not see what the leader sees
   */
  Optional<Checkpoint> newest(Ranks ranks) {
    Optional<Checkpoint> own = ranks.leads() ? newest() : Optional.empty();
    int step = ranks.ofLeader(own.map(Checkpoint::step).orElse(0));
    if (ranks.leads() || step == 0) {
      return own;
    }
    Path there = place(step);
    if (!Files.isDirectory(there)) {
      throw new BadInputException(
          "rank %d does not see the checkpoint %s from which rank 0 goes on: put the run's folder (--run) on a file system that all machines share"
              .formatted(ranks.rank(), there));
    }
    return Optional.of(new Checkpoint(there, step));
  }

  private Path place(int step) {
    return folder.resolve("%s%06d".formatted(PREFIX, step));
  }

  private void writeManifest(Path folder, Snapshot snapshot) throws IOException {
    ObjectNode manifest = JsonMapper.shared().createObjectNode();
    manifest.put("format", "forefront-checkpoint-1");
    manifest.put("step", snapshot.step());
    manifest.put("run", fingerprint);
    manifest.put("skipped", skipped(snapshot.step()).toString());
    snapshot.heldOut().ifPresent(loss -> manifest.put(Examiner.HELD_OUT, loss));
    ObjectNode files = manifest.putObject("files");
    for (Path file : files(folder)) {
      files.put(file.getFileName().toString(), Sha256.hex(file));
    }
    AtomicFile.write(folder.resolve(MANIFEST), manifest.toPrettyString() + "\n");
  }

  /** Updates that were left out before a step. */
  private List<Integer> skipped(int step) {
    return care.skip().stream().filter(skipped -> skipped < step).toList();
  }

  private Optional<Checkpoint> check(Path folder) throws IOException {
    Path file = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(file)) {
      return skip(folder, "it has no manifest");
    }
    JsonNode manifest;
    try {
      manifest = JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      return skip(folder, "its manifest is not JSON");
    }
    if (!manifest.path("run").asString("").equals(fingerprint)) {
      return skip(folder, "it belongs to a run with another recipe, data or start");
    }
    int step = manifest.path("step").asInt();
    if (!manifest.path("skipped").asString("").equals(skipped(step).toString())) {
      return skip(folder, "it comes after an update that is to be left out, or was");
    }
    for (Map.Entry<String, JsonNode> entry : manifest.path("files").properties()) {
      Path part = folder.resolve(entry.getKey());
      if (!Files.isRegularFile(part) || !Sha256.hex(part).equals(entry.getValue().asString(""))) {
        return skip(folder, entry.getKey() + " is missing or damaged");
      }
    }
    return Optional.of(new Checkpoint(folder, step));
  }

  private static Optional<Checkpoint> skip(Path folder, String reason) {
    LOG.log(Level.WARNING, "checkpoint {0} is skipped: {1}", folder, reason);
    return Optional.empty();
  }

  private List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(folder)) {
      return new ArrayList<>(
          folders
              .filter(path -> path.getFileName().toString().startsWith(PREFIX))
              .sorted(Comparator.reverseOrder())
              .toList());
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void deleteQuietly(Path folder) {
    try {
      FileTree.delete(folder);
    } catch (UncheckedIOException e) {
      LOG.log(Level.WARNING, "{0} could not be removed: {1}", folder, e.getMessage());
    }
  }
}
