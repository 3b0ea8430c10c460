package dev.forefront.train;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code metrics.jsonl}, one line per update, and {@code samples.jsonl}. */
public final class Metrics implements AutoCloseable {
  public static final String FILE = "metrics.jsonl";
  static final String SAMPLES = "samples.jsonl";

  private final StepLines updates;
  private final StepLines samples;

  private final int ranks;

  private Metrics(StepLines updates, StepLines samples, int ranks) {
    this.updates = updates;
    this.samples = samples;
    this.ranks = ranks;
  }

  /**
   * Of the leader; the other ranks' lines are left out.
   *
   * @param step updates that a resumed run has done
   */
  static Metrics open(Path folder, int step, Ranks ranks) {
    return ranks.leads()
        ? new Metrics(
            StepLines.open(folder.resolve(FILE), step),
            StepLines.open(folder.resolve(SAMPLES), step),
            ranks.size())
        : new Metrics(StepLines.unread(), StepLines.unread(), ranks.size());
  }

  void write(Trainer.Update update) {
    ObjectNode line = line(update.step());
    line.put("loss", update.loss());
    line.put("grad_norm", update.gradientNorm());
    line.put("lr", update.rate());
    line.put("tokens", update.tokens());
    line.put("seconds", Math.round(update.seconds() * 1e4) / 1e4);
    if (ranks > 1) {
      line.put("ranks", ranks);
    }
    new TreeMap<>(update.watched()).forEach(line::put);
    updates.write(line);
  }

  /** An update that was left out. */
  void writeSkipped(int step) {
    updates.write(line(step).put("skipped", true));
  }

  void write(int step, List<Examiner.Sample> written) {
    for (Examiner.Sample sample : written) {
      samples.write(line(step).put("prompt", sample.prompt()).put("text", sample.text()));
    }
  }

  /**
   * What a stage's folder tells of the updates that were made, in order; none where there is no
   * file. A line torn by a kill is left out.
   */
  public static List<JsonNode> updates(Path folder) {
    return StepLines.read(folder.resolve(FILE)).stream()
        .filter(line -> line.path("loss").isNumber())
        .toList();
  }

  /** Likewise, what the model wrote on the way. */
  public static List<JsonNode> samples(Path folder) {
    return StepLines.read(folder.resolve(SAMPLES));
  }

  /** The losses of the updates before a step, in order. */
  static List<Double> losses(Path folder, int step) {
    return updates(folder).stream()
        .filter(line -> line.path("step").asInt() < step)
        .map(line -> line.path("loss").asDouble())
        .toList();
  }

  /** How many ranks made the updates, each number once. */
  static SortedSet<Integer> ranks(Path folder) {
    return updates(folder).stream()
        .map(line -> line.path("ranks").asInt(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static ObjectNode line(int step) {
    return JsonMapper.shared().createObjectNode().put("step", step);
  }

  @Override
  public void close() {
    updates.close();
    samples.close();
  }
}
