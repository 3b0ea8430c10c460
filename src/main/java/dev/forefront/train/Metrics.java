package dev.forefront.train;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code metrics.jsonl}, one line per update, and {@code samples.jsonl}. */
final class Metrics implements AutoCloseable {
  static final String FILE = "metrics.jsonl";
  static final String SAMPLES = "samples.jsonl";

  private final StepLines updates;
  private final StepLines samples;

  private Metrics(StepLines updates, StepLines samples) {
    this.updates = updates;
    this.samples = samples;
  }

  /**
   * @param step updates that a resumed run has done
   */
  static Metrics open(Path folder, int step) {
    return new Metrics(
        StepLines.open(folder.resolve(FILE), step), StepLines.open(folder.resolve(SAMPLES), step));
  }

  void write(Trainer.Update update) {
    ObjectNode line = line(update.step());
    line.put("loss", update.loss());
    line.put("grad_norm", update.gradientNorm());
    line.put("lr", update.rate());
    line.put("tokens", update.tokens());
    line.put("seconds", Math.round(update.seconds() * 1e4) / 1e4);
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

  /** The losses of the updates before a step, in order. */
  static List<Double> losses(Path folder, int step) {
    return StepLines.read(folder.resolve(FILE)).stream()
        .filter(line -> line.path("step").asInt() < step && line.path("loss").isNumber())
        .map(line -> line.path("loss").asDouble())
        .toList();
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
