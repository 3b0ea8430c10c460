package dev.forefront.align;

import dev.forefront.conversation.Conversation;
import dev.forefront.data.BatchSource;
import dev.forefront.data.PackedRows;
import dev.forefront.data.Packer;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Trainer;
import dev.forefront.train.TrainingStage;
import java.nio.file.Path;
import java.util.List;

/**
 * From a model of text to one that answers: next-token prediction on dialogues in which the
 * assistant's words, and the end of its turns, alone count.
 */
public final class SupervisedTuning {

  private SupervisedTuning() {}

  /**
   * Tunes, going on from the newest checkpoint in {@code folder} where it belongs to this very run.
   *
   * @param base model folder with tokenizer; it is only read
   * @param seed of the order in which dialogues are seen
   * @param folder gets metrics.jsonl, checkpoints and, at the end, model
   * @throws dev.forefront.conversation.BadInputException where no conversation holds a reply that
   *     fits into a row
   */
  public static Tuned run(
      Path base,
      List<Conversation> conversations,
      TrainingStage.Supervised settings,
      long seed,
      Path folder,
      Watch watch) {
    Tokenizer tokenizer = Tokenizer.open(base);
    ChatTemplate template = ChatTemplate.open(base, tokenizer);
    PackedRows rows = Packer.conversations(conversations, tokenizer, template, settings.length());
    BatchSource batches = rows.shuffled(settings.rows(), seed);
    Path model =
        trainer(base, conversations, settings, seed, folder)
            .examined(settings.measure().suites(), watch::examiner)
            .run(
                () -> settings.lora().begin(base, seed),
                new LanguageModeling(batches, settings.microRows(), settings.loss())
                    .recalling(settings.recall()),
                base,
                watch);
    return new Tuned(model, rows.packing().summary());
  }

  private static Trainer trainer(
      Path base,
      List<Conversation> conversations,
      TrainingStage.Supervised settings,
      long seed,
      Path folder) {
    return new Trainer(
        folder,
        settings.settings(),
        TuningLineage.of(
            "supervised",
            base,
            DataDigest.ofConversations(conversations),
            settings.deciding(),
            settings.lora(),
            seed));
  }
}
