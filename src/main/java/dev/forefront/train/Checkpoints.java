package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.Sha256;
import dev.forefront.model.Transformer;
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
 * Where a run can go on: folders {@code step-000200} with the weights as a Hugging Face folder, the
 * optimizer's moments, and {@code manifest.json} with every file's digest. A folder is filled under
 * a temporary name and renamed when all of it is on the disk. One that does not match its manifest
 * is skipped with a warning.
 */
final class Checkpoints {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final int KEPT = 2;
  private static final String MANIFEST = "manifest.json";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String PREFIX = "step-";

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * @param step updates done
   */
  record Checkpoint(Path folder, int step) {
    Path optimizer() {
      return folder.resolve(OPTIMIZER);
    }
  }

  /** Writes one, then removes all but the newest two. */
  void write(int step, Transformer model, AdamW optimizer, String fingerprint) {
    Path target = folder.resolve("%s%06d".formatted(PREFIX, step));
    Path temporary = folder.resolve("." + target.getFileName() + ".tmp");
    try {
      FileTree.delete(temporary);
      FileTree.delete(target);
      Files.createDirectories(temporary);
      model.write(temporary);
      optimizer.write(temporary.resolve(OPTIMIZER));
      writeManifest(temporary, step, fingerprint);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(folder);
      List<Path> all = all();
      for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
        FileTree.delete(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      deleteQuietly(temporary);
      throw e;
    }
  }

  /**
   * The newest one that is whole.
   *
   * @param fingerprint of everything that decides the run; a checkpoint of another run is skipped
   */
  Optional<Checkpoint> newest(String fingerprint) {
    try {
      for (Path candidate : all()) {
        Optional<Checkpoint> whole = check(candidate, fingerprint);
        if (whole.isPresent()) {
          return whole;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeManifest(Path folder, int step, String fingerprint) throws IOException {
    ObjectNode manifest = JsonMapper.shared().createObjectNode();
    manifest.put("format", "forefront-checkpoint-1");
    manifest.put("step", step);
    manifest.put("run", fingerprint);
    ObjectNode files = manifest.putObject("files");
    for (Path file : files(folder)) {
      files.put(file.getFileName().toString(), Sha256.hex(file));
    }
    AtomicFile.write(folder.resolve(MANIFEST), manifest.toPrettyString() + "\n");
  }

  private static Optional<Checkpoint> check(Path folder, String fingerprint) throws IOException {
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
    for (Map.Entry<String, JsonNode> entry : manifest.path("files").properties()) {
      Path part = folder.resolve(entry.getKey());
      if (!Files.isRegularFile(part) || !Sha256.hex(part).equals(entry.getValue().asString(""))) {
        return skip(folder, entry.getKey() + " is missing or damaged");
      }
    }
    return Optional.of(new Checkpoint(folder, manifest.path("step").asInt()));
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
