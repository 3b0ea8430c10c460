package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One folder of a run. Its last file is {@code stage.json}: the digest of everything that went in
 * and of what came out. A stage that is finished under equal inputs, and whose output is still what
 * it was, is not run again.
 */
final class Stage {
  private static final String FORMAT = "forefront-stage-1";
  private static final String FILE = "stage.json";

  private final String name;
  private final Path folder;
  private final Map<String, String> inputs;
  private final Map<String, String> changes;

  /**
   * @param folder of the stage
   * @param inputs digests of everything that decides the outcome, by name
   */
  Stage(String name, Path folder, Map<String, String> inputs) {
    this(name, folder, inputs, Map.of());
  }

  /**
   * @param changes further inputs, which decide the outcome too, but may be changed while an
   *     attempt is unfinished: it then goes on under the new ones
   */
  Stage(String name, Path folder, Map<String, String> inputs, Map<String, String> changes) {
    this.name = name;
    this.folder = folder;
    this.inputs = new TreeMap<>(inputs);
    this.changes = new TreeMap<>(changes);
  }

  /** What is done with the remains of an earlier, unfinished attempt at the same thing. */
  enum Remains {
    /** The attempt goes on. */
    CONTINUE,
    /** A person must say so first: nobody loses an hour's work by forgetting an option. */
    ASK
  }

  /**
   * @param output digest of what the stage made
   * @param summary one line for people
   * @param seconds that it took
   * @param reused whether it was finished already
   */
  record Finished(Path folder, String output, String summary, double seconds, boolean reused) {}

  /** The work itself; answers with one line for people. */
  @FunctionalInterface
  interface Work {
    String into(Path folder);
  }

  /** Computes the digest of what a stage made. */
  @FunctionalInterface
  interface Output {
    String of(Path folder);
  }

  Finished run(Remains remains, Output output, Work work) {
    Optional<Finished> finished = finished(output);
    if (finished.isPresent()) {
      return finished.get();
    }
    clear(remains);
    long from = System.nanoTime();
    writeStarted();
    String summary = work.into(folder);
    Finished now =
        new Finished(folder, output.of(folder), summary, (System.nanoTime() - from) / 1e9, false);
    write(now);
    return now;
  }

  /** The stage as it lies there, where it is finished under equal inputs and unchanged. */
  Optional<Finished> finished(Output output) {
    Optional<JsonNode> state = state(folder.resolve(FILE));
    if (state.isEmpty() || !state.get().path("inputs").asString("").equals(fingerprint(all()))) {
      return Optional.empty();
    }
    String recorded = state.get().path("output").asString("");
    return recorded.equals(digest(output))
        ? Optional.of(
            new Finished(
                folder,
                recorded,
                state.get().path("summary").asString(""),
                state.get().path("seconds").asDouble(0),
                true))
        : Optional.empty();
  }

  private String digest(Output output) {
    try {
      return output.of(folder);
    } catch (BadInputException e) {
      return "incomplete: " + e.getMessage();
    }
  }

  /** Another stage's leftovers go; an unfinished attempt at this very one may go on. */
  private void clear(Remains remains) {
    Optional<JsonNode> started = state(folder.resolve("started.json"));
    boolean sameAttempt =
        started.isPresent()
            && !Files.exists(folder.resolve(FILE))
            && started.get().path("inputs").asString("").equals(fingerprint(inputs));
    if (!sameAttempt) {
      FileTree.delete(folder);
    } else if (remains == Remains.ASK && Files.exists(folder.resolve("checkpoints"))) {
      throw new BadInputException(
          "%s holds an unfinished attempt at the same thing: add --resume to go on from its last checkpoint, or delete the folder to start anew"
              .formatted(folder));
    }
  }

  private void writeStarted() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("inputs", fingerprint(inputs));
    AtomicFile.write(folder.resolve("started.json"), root.toPrettyString() + "\n");
  }

  private void write(Finished finished) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("stage", name);
    root.put("inputs", fingerprint(all()));
    ObjectNode parts = root.putObject("input_parts");
    all().forEach(parts::put);
    root.put("output", finished.output());
    root.put("summary", finished.summary());
    root.put("seconds", Math.round(finished.seconds() * 10) / 10.0);
    AtomicFile.write(folder.resolve(FILE), root.toPrettyString() + "\n");
  }

  private Map<String, String> all() {
    Map<String, String> all = new TreeMap<>(inputs);
    all.putAll(changes);
    return all;
  }

  private String fingerprint(Map<String, String> parts) {
    return "sha256:" + Sha256.hex((name + "\n" + parts).getBytes(StandardCharsets.UTF_8));
  }

  /** A file that is missing or no JSON says nothing. */
  private static Optional<JsonNode> state(Path file) {
    try {
      return Files.isRegularFile(file)
          ? Optional.of(JsonMapper.shared().readTree(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
