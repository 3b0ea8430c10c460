package dev.forefront.cli;

import dev.forefront.align.KtoTuning;
import dev.forefront.align.PreferenceTuning;
import dev.forefront.align.RewardTuning;
import dev.forefront.align.SupervisedTuning;
import dev.forefront.align.Tuned;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.data.Corpus;
import dev.forefront.data.Document;
import dev.forefront.data.Judged;
import dev.forefront.data.Mixture;
import dev.forefront.data.Preference;
import dev.forefront.model.ModelFolder;
import dev.forefront.tensor.Torch;
import dev.forefront.train.Examiner;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import dev.forefront.train.TrainingStage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way of a recipe from text to a tuned model: each step asks for the one before it, and what is
 * finished under equal inputs is not done again.
 *
 * <p>A run's folder holds {@code recipe.yaml} and the folders {@code data}, {@code tokenizer},
 * {@code pretrain}, {@code supervised} and {@code preference}; the last three hold {@code model}.
 */
final class Road {
  static final String DATA = "data";
  static final String TOKENIZER = "tokenizer";
  static final String PRETRAIN = "pretrain";
  static final String BASE = "base";
  static final String SUPERVISED = "supervised";
  static final String PREFERENCE = "preference";

  private final Recipe recipe;
  private final Path run;
  private final Syllabus syllabus;
  private final Path sets;
  private final Stage.Remains remains;
  private final Ranks ranks;
  // Each stage asks for those before it; their files are hashed once.
  private final Map<String, Stage.Finished> finished = new HashMap<>();

  /**
   * Of this process alone.
   *
   * @param sets folder that sets were pulled to, from which suites on the way are read
   */
  Road(Recipe recipe, Path run, Syllabus syllabus, Path sets, Stage.Remains remains) {
    this(recipe, run, syllabus, sets, remains, Ranks.alone());
    Ranks.requireAlone(System.getenv(), "this verb");
  }

  /**
   * @param ranks that pretrain; this one leads them, and does the rest alone
   */
  Road(Recipe recipe, Path run, Syllabus syllabus, Path sets, Stage.Remains remains, Ranks ranks) {
    this.recipe = recipe;
    this.run = run;
    this.syllabus = syllabus;
    this.sets = sets;
    this.remains = remains;
    this.ranks = ranks;
    requireSuites();
    recipe.baseModel().ifPresent(base -> new BaseStage(base).requireFits(recipe));
    Torch.compute(recipe.compute().here(ranks));
    recipe.write(run.resolve("recipe.yaml"));
  }

  /** A suite that cannot be had is said now, and not when the stages before it took a day. */
  private void requireSuites() {
    for (Recipe.Suites wanted :
        List.of(
            recipe.pretrain().measure().suites(),
            recipe.supervised().measure().suites(),
            recipe.preference().measure().suites())) {
      if (wanted.every() > 0) {
        Suites.require(wanted.names(), sets);
      }
    }
  }

  /** Where a recipe's run goes unless someone says otherwise. */
  static Path folder(Recipe recipe) {
    return Path.of("runs", recipe.name());
  }

  /** Cleaned corpora for all three trainings. */
  Stage.Finished data() {
    return once(DATA, this::dataStage);
  }

  private Stage.Finished dataStage() {
    Map<String, String> inputs =
        Map.of(
            "recipe", Recipe.digest(recipe.data()),
            "sets", syllabus.digest(),
            "code", Code.digest(List.of("conversation", "task", "data")));
    Stage.Finished data =
        stage(DATA, inputs)
            .run(remains, DataStage::digest, new DataStage(recipe.data(), syllabus)::into);
    requirePairs(data.folder().resolve(DataStage.JUDGED));
    return data;
  }

  /**
   * Said before anything is trained, and not when the stages before preference tuning took a day.
   */
  private void requirePairs(Path judged) {
    PreferenceSettings.Loss loss = recipe.preference().objective().loss();
    if (loss.isOfPairs() && Files.exists(judged)) {
      throw new BadInputException(
          "data.preference holds replies that were judged one by one, and loss %s learns from pairs"
                  .formatted(loss)
              + " alone: set preference.loss to kto, which learns from both");
    }
  }

  /** A vocabulary of the corpora's words. */
  Stage.Finished tokenizer() {
    return once(TOKENIZER, this::tokenizerStage);
  }

  private Stage.Finished tokenizerStage() {
    requireNoBase();
    Stage.Finished data = data();
    Map<String, String> inputs =
        Map.of(
            "recipe", Recipe.digest(recipe.tokenizer()),
            "data", data.output(),
            "code", Code.digest(List.of("token")));
    return stage(TOKENIZER, inputs)
        .run(
            remains,
            TokenizerStage::digest,
            new TokenizerStage(recipe.tokenizer(), data.folder())::into);
  }

  /** A model of text. */
  Stage.Finished pretrain() {
    return once(PRETRAIN, this::pretrainStage);
  }

  /**
   * @throws BadInputException where a model is taken from elsewhere, so that none is pretrained
   */
  void requireNoBase() {
    if (recipe.baseModel().isPresent()) {
      throw new BadInputException(
          "the recipe names a base, %s, so nothing is pretrained: tune it with ./forefront align, or"
                  .formatted(recipe.base())
              + " set base to none");
    }
  }

  private Stage.Finished pretrainStage() {
    requireNoBase();
    Stage.Finished data = data();
    Stage.Finished tokenizer = tokenizer();
    Map<String, String> inputs =
        Map.of(
            "recipe", Recipe.digest(recipe.model(), recipe.pretrain().deciding()),
            "mixture", recipe.data().pretrain().toString(),
            "seed", Long.toString(recipe.seed()),
            "data", data.output(),
            "tokenizer", tokenizer.output(),
            "code", Code.digest(List.of("token", "data", "tensor", "model", "train")));
    return stage(PRETRAIN, inputs, recipe.pretrain().care())
        .run(
            remains,
            Road::modelDigest,
            folder -> {
              String summary =
                  new PretrainStage(recipe, data.folder(), tokenizer.folder(), sets, inputs, ranks)
                      .into(folder);
              LineageFile.complete(
                  folder.resolve("model"), recipe.data().pretrain(), recipe.data().own());
              return summary;
            });
  }

  /** What tuning begins with: a model of text, or one from elsewhere. */
  Stage.Finished beginning() {
    return recipe.baseModel().isEmpty() ? pretrain() : once(BASE, this::baseStage);
  }

  /** The name of what tuning begins with. */
  String beginningName() {
    return recipe.baseModel().isEmpty() ? PRETRAIN : BASE;
  }

  private Stage.Finished baseStage() {
    BaseStage base = new BaseStage(recipe.baseModel().orElseThrow());
    String digest = base.sourceDigest();
    Map<String, String> inputs =
        Map.of("base", digest, "code", Code.digest(List.of("token", "model")));
    return stage(BASE, inputs).run(remains, Road::modelDigest, folder -> base.into(folder, digest));
  }

  /** A model that answers. */
  Stage.Finished supervised() {
    return once(SUPERVISED, this::supervisedStage);
  }

  private Stage.Finished supervisedStage() {
    Stage.Finished data = data();
    Stage.Finished base = beginning();
    Map<String, String> inputs = tuningInputs(data, base, recipe.supervised().deciding());
    return stage(SUPERVISED, inputs, recipe.supervised().care())
        .run(remains, Road::modelDigest, folder -> supervised(data.folder(), base, folder));
  }

  private String supervised(Path data, Stage.Finished base, Path folder) {
    try (StageWatch watch =
        watch(SUPERVISED, recipe.supervised().steps(), recipe.supervised().length(), base, folder)
            .examinedBy(examiners(base, data))) {
      Tuned tuned =
          SupervisedTuning.run(
              model(base),
              conversations(data.resolve(DataStage.SUPERVISED).resolve(Corpus.FILE)),
              recipe.supervised(),
              recipe.seed(),
              folder,
              watch);
      LineageFile.complete(
          tuned.model(), beginningName(), base, recipe.data().supervised(), recipe.data().own());
      return tuned.summary();
    }
  }

  /** A model that answers well. */
  Stage.Finished preference() {
    return once(PREFERENCE, this::preferenceStage);
  }

  private Stage.Finished preferenceStage() {
    Stage.Finished data = data();
    Stage.Finished base = supervised();
    Map<String, String> inputs = tuningInputs(data, base, recipe.preference().deciding());
    return stage(PREFERENCE, inputs, recipe.preference().care())
        .run(remains, Road::modelDigest, folder -> preference(data.folder(), base, folder));
  }

  private String preference(Path data, Stage.Finished base, Path folder) {
    try (StageWatch watch =
        watch(PREFERENCE, recipe.preference().steps(), recipe.preference().length(), base, folder)
            .examinedBy(examiners(base, data))) {
      Tuned tuned = tuned(data, model(base), folder, watch);
      LineageFile.complete(
          tuned.model(), SUPERVISED, base, recipe.data().preference(), recipe.data().own());
      return tuned.summary();
    }
  }

  private Tuned tuned(Path data, Path base, Path folder, StageWatch watch) {
    TrainingStage.Preference settings = recipe.preference();
    List<Preference> pairs = PreferenceFile.read(data.resolve(DataStage.PREFERENCE)).pairs();
    if (settings.objective().loss() == PreferenceSettings.Loss.REWARD) {
      return RewardTuning.run(base, pairs, settings, recipe.seed(), folder, watch);
    }
    if (settings.objective().loss().isOfPairs()) {
      return PreferenceTuning.run(base, pairs, settings, recipe.seed(), folder, watch);
    }
    List<Judged> judged = new ArrayList<>();
    pairs.forEach(pair -> judged.addAll(Judged.of(pair)));
    Path alone = data.resolve(DataStage.JUDGED);
    if (Files.exists(alone)) {
      judged.addAll(PreferenceFile.read(alone).judged());
    }
    return KtoTuning.run(base, judged, settings, recipe.seed(), folder, watch);
  }

  private Function<Recipe.Suites, Examiner> examiners(Stage.Finished base, Path data) {
    return wanted -> SuiteLook.of(wanted, SuiteSource.of(recipe, sets, data), model(base));
  }

  private static StageWatch watch(
      String name, int steps, int length, Stage.Finished base, Path folder) {
    return StageWatch.start(name, steps, folder, new Work(ModelFolder.config(model(base)), length));
  }

  private Stage.Finished once(String name, Supplier<Stage.Finished> work) {
    Stage.Finished known = finished.get(name);
    if (known == null) {
      known = work.get();
      finished.put(name, known);
    }
    return known;
  }

  /** The folder of the model that a stage made. */
  static Path model(Stage.Finished stage) {
    return stage.folder().resolve("model");
  }

  private Map<String, String> tuningInputs(
      Stage.Finished data, Stage.Finished base, Record settings) {
    return Map.of(
        "recipe", Recipe.digest(settings),
        "mixture", recipe.data().toString(),
        "seed", Long.toString(recipe.seed()),
        "data", data.output(),
        "base", base.output(),
        "code", Code.digest(List.of("token", "data", "tensor", "model", "train", "align")));
  }

  /** Any other stage of this run. */
  Stage.Finished further(
      String name, Map<String, String> inputs, Stage.Output output, Stage.Work work) {
    return stage(name, inputs).run(remains, output, work);
  }

  Recipe recipe() {
    return recipe;
  }

  /** The run's folder. */
  Path run() {
    return run;
  }

  private Stage stage(String name, Map<String, String> inputs) {
    return new Stage(name, run.resolve(name), inputs);
  }

  private Stage stage(String name, Map<String, String> inputs, Recipe.Care care) {
    return new Stage(
        name,
        run.resolve(name),
        inputs,
        care.skip().isEmpty() ? Map.of() : Map.of("skipped", care.skip().toString()));
  }

  private static String modelDigest(Path folder) {
    return ModelDigest.of(folder.resolve("model"));
  }

  private List<Conversation> conversations(Path corpus) {
    Mixture mixture = Mixtures.of(recipe.data().supervised());
    List<Conversation> all = new ArrayList<>();
    for (Document document : Corpus.read(corpus)) {
      if (document instanceof Document.Dialogue dialogue) {
        all.addAll(Collections.nCopies(mixture.copies(document), dialogue.conversation()));
      }
    }
    return all;
  }
}
