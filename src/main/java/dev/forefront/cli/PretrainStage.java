package dev.forefront.cli;

import dev.forefront.data.BatchesAhead;
import dev.forefront.data.Corpus;
import dev.forefront.data.PackedRows;
import dev.forefront.data.Packer;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Packs the text and trains a model on it from nothing. */
final class PretrainStage {
  private final Recipe recipe;
  private final Path data;
  private final Path tokenizerFolder;
  private final Map<String, String> lineage;

  PretrainStage(Recipe recipe, Path data, Path tokenizerFolder, Map<String, String> lineage) {
    this.recipe = recipe;
    this.data = data;
    this.tokenizerFolder = tokenizerFolder;
    this.lineage = lineage;
  }

  String into(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(tokenizerFolder);
    ChatTemplate template = ChatTemplate.open(tokenizerFolder, tokenizer);
    PackedRows rows = pack(tokenizer, template, folder.resolve("packed"));
    ModelConfig config =
        recipe.model().config(tokenizer.vocabularySize(), tokenizer.requireSpecialId("<|im_end|>"));
    try (StageWatch watch =
            StageWatch.start(
                Road.PRETRAIN,
                recipe.pretrain().steps(),
                folder,
                new Work(config, recipe.pretrain().length()));
        BatchesAhead batches =
            new BatchesAhead(rows.shuffled(recipe.pretrain().rows(), recipe.seed()))) {
      trainer(folder, tokenizer)
          .run(
              () -> Transformer.initialize(config, recipe.seed()),
              new LanguageModeling(
                  batches, recipe.pretrain().microRows(), recipe.pretrain().loss()),
              tokenizerFolder,
              watch);
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

  private Trainer trainer(Path folder, Tokenizer tokenizer) {
    Trainer trainer = new Trainer(folder, recipe.pretrain().settings(), lineage);
    int every = recipe.pretrain().measure().every();
    return every == 0 ? trainer : trainer.lookedAt(every, Look.at(data, tokenizer, recipe));
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
