package dev.forefront.align;

import dev.forefront.align.Pairs.Pair;
import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Preference;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.Trainer;
import dev.forefront.train.TrainingStage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * From a model that answers to one that answers well, by pairs of replies: DPO and its kin, losses
 * that need no reward model and no sampling. See {@link PreferenceLoss}.
 *
 * <p>Watch {@code rewards/margins} rise. That both log-probabilities fall is usual; that the chosen
 * one falls far is a sign of too high a rate or too weak a pull ({@code beta}); the supervised term
 * holds it up.
 */
public final class PreferenceTuning {

  private PreferenceTuning() {}

  /**
   * Tunes, going on from the newest checkpoint in {@code folder} where it belongs to this very run.
   *
   * @param start model folder with tokenizer; it is only read, and is the reference of a loss that
   *     has one
   * @param seed of the order in which pairs are seen
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
    Tokenizer tokenizer = Tokenizer.open(start);
    Pairs rendered =
        Pairs.render(ChatTemplate.open(start, tokenizer), preferences, settings.length());
    List<Pair> pairs = rendered.pairs();
    String summary =
        "%,d pairs, %,d dropped as longer than %,d tokens"
            .formatted(pairs.size(), rendered.dropped(), settings.length());
    if (pairs.isEmpty()) {
      throw new BadInputException("there is no pair to learn from: " + summary);
    }
    PairOrder order = new PairOrder(pairs.size(), settings.pairs(), seed);
    StartScores scores =
        settings.objective().loss().readsStart()
            ? StartScores.of(
                start,
                pairs,
                order.seen(settings.steps()),
                settings.pairs(),
                settings.length(),
                watch)
            : StartScores.NONE;
    PreferenceLoss loss = PreferenceLoss.of(settings.objective());
    Path model =
        trainer(start, DataDigest.ofPreferences(preferences), settings, seed, folder)
            .examined(settings.measure().suites(), watch::examiner)
            .run(
                () -> settings.lora().begin(start, seed),
                new PreferenceObjective(
                    pairs, scores, order, loss, settings.length(), settings.recall()),
                start,
                watch);
    return new Tuned(model, summary);
  }

  /**
   * Of any preference tuning.
   *
   * @param data digest of what is learnt
   */
  static Trainer trainer(
      Path start, String data, TrainingStage.Preference settings, long seed, Path folder) {
    Map<String, String> lineage =
        TuningLineage.of("preference", start, data, settings.deciding(), settings.lora(), seed);
    lineage.put("loss", settings.objective().loss().toString());
    return new Trainer(folder, settings.settings(), lineage);
  }
}
