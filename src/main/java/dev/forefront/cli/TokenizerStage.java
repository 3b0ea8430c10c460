package dev.forefront.cli;

import dev.forefront.conversation.Sha256;
import dev.forefront.data.Corpus;
import dev.forefront.data.Document;
import dev.forefront.model.ModelFolder;
import dev.forefront.token.BpeModel;
import dev.forefront.token.BpeSettings;
import dev.forefront.token.BpeTrainer;
import dev.forefront.token.TokenizerWriter;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Trains a vocabulary on what will be read and on what will be answered. */
final class TokenizerStage {
  private final Recipe.Tokenizer recipe;
  private final Path data;

  TokenizerStage(Recipe.Tokenizer recipe, Path data) {
    this.recipe = recipe;
    this.data = data;
  }

  static String digest(Path folder) {
    StringBuilder digests = new StringBuilder();
    for (String file : ModelFolder.TOKENIZER_FILES) {
      Path path = folder.resolve(file);
      digests.append(Files.exists(path) ? Sha256.hex(path) : "none").append('\n');
    }
    return "sha256:" + Sha256.hex(digests.toString().getBytes(StandardCharsets.UTF_8));
  }

  String into(Path folder) {
    BpeTrainer trainer = new BpeTrainer(BpeSettings.chat(recipe.vocabulary(), recipe.split()));
    long documents = 0;
    for (String part : List.of(DataStage.PRETRAIN, DataStage.SUPERVISED)) {
      documents += feed(data.resolve(part).resolve(Corpus.FILE), trainer);
    }
    try (Progress progress = Progress.start("tokenizer", recipe.vocabulary(), "tokens")) {
      BpeModel model = trainer.train(progress::at);
      TokenizerWriter.write(folder, model);
      return "%,d tokens from %,d documents".formatted(model.vocabulary().size(), documents);
    }
  }

  private static long feed(Path corpus, BpeTrainer trainer) {
    if (!Files.exists(corpus)) {
      return 0;
    }
    try (Stream<Document> documents = Corpus.open(corpus)) {
      return documents.peek(document -> document.texts().forEach(trainer::feed)).count();
    }
  }
}
