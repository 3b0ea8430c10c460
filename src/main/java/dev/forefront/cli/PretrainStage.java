package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.BatchesAhead;
import dev.forefront.data.Corpus;
import dev.forefront.data.PackedRows;
import dev.forefront.data.Packer;
import dev.forefront.data.Part;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Torch;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Packs the text and trains a model on it from nothing. Of several ranks the leader packs; the
 * others wait and read what it wrote.
 */
final class PretrainStage {
  /** Under this name the leader tells the others that they may begin. */
  private static final String BEGIN = "pretrain";

  private static final String PACKED = "packed";
  private static final String FINISHED = "finished before";

  private final Recipe recipe;
  private final Path data;
  private final Path tokenizerFolder;
  private final Path sets;
  private final Map<String, String> lineage;
  private final Ranks ranks;

  /**
   * @param data folder of the data stage
   * @param sets folder that sets were pulled to
   */
  PretrainStage(
      Recipe recipe,
      Path data,
      Path tokenizerFolder,
      Path sets,
      Map<String, String> lineage,
      Ranks ranks) {
    this.recipe = recipe;
    this.data = data;
    this.sets = sets;
    this.tokenizerFolder = tokenizerFolder;
    this.lineage = lineage;
    this.ranks = ranks;
  }

  /** What the leader does. */
  String into(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(tokenizerFolder);
    ChatTemplate template = ChatTemplate.open(tokenizerFolder, tokenizer);
    PackedRows rows = pack(tokenizer, template, folder.resolve(PACKED));
    ModelConfig config = config(tokenizer);
    ranks.announce(BEGIN, identity(recipe));
    try (StageWatch watch =
        StageWatch.start(
                Road.PRETRAIN,
                recipe.pretrain().steps(),
                folder,
                new Work(config, recipe.pretrain().length()))
            .of(ranks.size())) {
      train(trainer(folder, tokenizer), config, rows, watch);
    }
    double epochs =
        recipe.pretrain().steps()
            / (double) Math.max(1, rows.batchesPerEpoch(recipe.pretrain().rows()));
    return String.format(
        Locale.ROOT,
        "%,d parameters, %.1f epochs of %s",
        config.parameters(),
        epochs,
        rows.packing().summary());
  }

  /** Tells the other ranks that there is nothing to do. */
  static void finishedBefore(Ranks ranks) {
    ranks.announce(BEGIN, FINISHED);
  }

  /**
   * What the other ranks do: wait until the leader has prepared everything, then train with it.
   *
   * @param run the run's folder, which the leader fills
   * @throws BadInputException where this rank was given something else than the leader
   */
  static void follow(Recipe recipe, Path run, Ranks ranks) {
    Torch.compute(recipe.compute().here(ranks));
    String said = ranks.hear(BEGIN);
    if (said.equals(FINISHED)) {
      return;
    }
    if (!said.equals(identity(recipe))) {
      throw new BadInputException(
          "rank %d was given another recipe or program than rank 0: start all ranks alike"
              .formatted(ranks.rank()));
    }
    Path folder = run.resolve(Road.PRETRAIN);
    if (!Files.isDirectory(folder.resolve(PACKED))) {
      throw new BadInputException(
          "rank %d does not see rank 0's run in %s: put the run's folder (--run) on a file system that all machines share"
              .formatted(ranks.rank(), run.toAbsolutePath()));
    }
    PretrainStage stage =
        new PretrainStage(
            recipe,
            run.resolve(Road.DATA),
            run.resolve(Road.TOKENIZER),
            run, // The leader alone examines.
            Map.of(),
            ranks);
    try (Interruption interruption = Interruption.watch()) {
      stage.train(
          new Trainer(folder, recipe.pretrain().settings(), Map.of()),
          stage.config(Tokenizer.open(stage.tokenizerFolder)),
          Packer.open(folder.resolve(PACKED)),
          new Unheard(interruption));
    }
  }

  /** Of all that must be the same on all ranks. */
  private static String identity(Recipe recipe) {
    return Recipe.digest(recipe.model(), recipe.pretrain(), recipe.compute())
        + " seed "
        + recipe.seed()
        + " code "
        + Code.digest(List.of("data", "tensor", "model", "train"));
  }

  /** The leader shows how it goes; a rank that follows only hears when it is to end. */
  private record Unheard(Interruption interruption) implements Trainer.Listener {
    @Override
    public void updated(Trainer.Update update) {}

    @Override
    public boolean stopWanted() {
      return interruption.wanted();
    }
  }

  private void train(
      Trainer trainer, ModelConfig config, PackedRows rows, Trainer.Listener listener) {
    Part part = new Part(ranks.rank(), ranks.size());
    try (BatchesAhead batches =
        new BatchesAhead(rows.shuffled(recipe.pretrain().rows(), recipe.seed(), part))) {
      trainer
          .among(ranks)
          .run(
              () -> Transformer.initialize(config, recipe.seed()),
              new LanguageModeling(batches, recipe.pretrain().microRows(), recipe.pretrain().loss())
                  .recalling(recipe.pretrain().recall()),
              tokenizerFolder,
              listener);
    }
  }

  private ModelConfig config(Tokenizer tokenizer) {
    return recipe
        .model()
        .config(tokenizer.vocabularySize(), tokenizer.requireSpecialId("<|im_end|>"));
  }

  private Trainer trainer(Path folder, Tokenizer tokenizer) {
    Trainer trainer = new Trainer(folder, recipe.pretrain().settings(), lineage);
    Recipe.Measure measure = recipe.pretrain().measure();
    if (measure.every() > 0) {
      trainer = trainer.lookedAt(measure.every(), Look.at(data, tokenizer, recipe));
    }
    return trainer.examined(
        measure.suites(),
        wanted -> SuiteLook.of(wanted, SuiteSource.of(recipe, sets, data), tokenizerFolder));
  }

  private PackedRows pack(Tokenizer tokenizer, ChatTemplate template, Path folder) {
    try (Progress progress = Progress.start("packing", -1, "documents")) {
      return Packer.corpus(
          data.resolve(DataStage.PRETRAIN).resolve(Corpus.FILE),
          Mixtures.of(recipe.data().pretrain()),
          tokenizer,
          template,
          recipe.pretrain().length(),
          Packer.Lesson.EVERYTHING,
          folder,
          progress);
    }
  }
}
