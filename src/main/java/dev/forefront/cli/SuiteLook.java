package dev.forefront.cli;

import dev.forefront.conversation.FileTree;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.evaluate.Evaluation;
import dev.forefront.evaluate.EvaluationSettings;
import dev.forefront.evaluate.Report;
import dev.forefront.evaluate.Result;
import dev.forefront.evaluate.Suite;
import dev.forefront.generate.Engine;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.Transformer;
import dev.forefront.train.Examiner;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Logger;

/**
 * Suites on a model that still learns. They see it as they see any other, as a folder behind the
 * waist: nothing of the training is in reach, its random numbers neither.
 */
final class SuiteLook implements Examiner {
  private static final Logger LOG = Logger.getLogger(SuiteLook.class.getName());

  /** Ends of a figure's 95% interval, behind its name. */
  static final String LOW = "/low";

  static final String HIGH = "/high";

  private final List<Suite> suites;
  private final Path tokenizer;
  private final EvaluationSettings settings;

  /**
   * @param source of the suites' items
   * @param tokenizer folder whose tokenizer files go with the model
   * @throws dev.forefront.conversation.BadInputException where a set was not pulled
   */
  static SuiteLook of(Recipe.Suites wanted, SuiteSource source, Path tokenizer) {
    return new SuiteLook(
        Suites.of(wanted.names(), source, wanted.samples()),
        tokenizer,
        EvaluationSettings.standard().withMaxTokens(wanted.tokens()));
  }

  private SuiteLook(List<Suite> suites, Path tokenizer, EvaluationSettings settings) {
    this.suites = List.copyOf(suites);
    this.tokenizer = tokenizer;
    this.settings = settings;
  }

  @Override
  public Findings examine(Transformer model, int updates) {
    Path folder = folder();
    try {
      ModelFolder.copyTokenizer(tokenizer, folder);
      model.write(folder);
      return new Findings(figures(measured(folder, updates)), List.of());
    } finally {
      FileTree.delete(folder);
    }
  }

  private Report measured(Path model, int updates) {
    try (Engine engine = Engine.open(model)) {
      Evaluation.Outcome outcome =
          Evaluation.run(engine, ModelDigest.of(model), suites, settings, done -> {});
      outcome
          .problems()
          .forEach(problem -> LOG.warning("after %,d updates: %s".formatted(updates, problem)));
      return outcome.report();
    }
  }

  /** Of whole suites, under {@code suite/metric}, with the ends of their intervals. */
  private static Map<String, Double> figures(Report report) {
    Map<String, Double> figures = new TreeMap<>();
    for (Result result : report.results()) {
      if (result.hazard().isEmpty()) {
        String name = result.suite() + "/" + result.metric();
        figures.put(name, result.value());
        figures.put(name + LOW, result.low());
        figures.put(name + HIGH, result.high());
      }
    }
    return figures;
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("forefront-look");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
