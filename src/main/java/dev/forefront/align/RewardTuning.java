package dev.forefront.align;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Preference;
import dev.forefront.model.Transformer;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.TrainingStage;
import java.nio.file.Path;
import java.util.List;

/**
 * From a model that answers to one that says how good an answer is, by pairs of replies. See {@link
 * RewardLoss}; {@link RewardModel} asks it.
 *
 * <p>Watch {@code accuracy}: the share of pairs whose better reply has the higher reward.
 */
public final class RewardTuning {

  private RewardTuning() {}

  /**
   * Tunes, going on from the newest checkpoint in {@code folder} where it belongs to this very run.
   *
   * @param start model folder with tokenizer; it is only read
   * @param seed of the order in which pairs are seen, and of the new head
   * @param folder gets metrics.jsonl, checkpoints and, at the end, model
   * @throws BadInputException where no pair fits into a row
   */
  public static Tuned run(
      Path start,
      List<Preference> preferences,
      TrainingStage.Preference settings,
      long seed,
      Path folder,
      Watch watch) {
    // A reply is read to its end here, which takes a place more.
    Pairs rendered =
        Pairs.render(
            ChatTemplate.open(start, Tokenizer.open(start)), preferences, settings.length() - 1);
    String summary =
        "%,d pairs, %,d dropped as longer than %,d tokens"
            .formatted(rendered.pairs().size(), rendered.dropped(), settings.length());
    if (rendered.pairs().isEmpty()) {
      throw new BadInputException("there is no pair to learn from: " + summary);
    }
    PairOrder order = new PairOrder(rendered.pairs().size(), settings.pairs(), seed);
    Path model =
        PreferenceTuning.trainer(
                start, DataDigest.ofPreferences(preferences), settings, seed, folder)
            .run(
                () -> Transformer.rewarding(start, seed),
                new RewardObjective(
                    rendered.pairs(),
                    order,
                    new RewardLoss(settings.objective().center()),
                    settings.length(),
                    settings.recall()),
                start,
                watch);
    return new Tuned(model, summary);
  }
}
