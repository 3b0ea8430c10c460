package dev.forefront.align;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Judged;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.TrainingStage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * From a model that answers to one that answers well, by single replies that somebody judged. See
 * {@link KtoLoss}.
 *
 * <p>Watch {@code rewards/chosen} rise above {@code rewards/rejected}, and {@code kl} stay small:
 * it says how far the policy has gone from the start model.
 */
public final class KtoTuning {
  private static final double MOST_BALANCE = 4.0 / 3;

  private KtoTuning() {}

  /**
   * Tunes, going on from the newest checkpoint in {@code folder} where it belongs to this very run.
   *
   * @param start model folder with tokenizer; it is only read, and is the reference of the loss
   * @param seed of the order in which replies are seen, and of what they are mismatched with
   * @param folder gets metrics.jsonl, checkpoints and, at the end, model
   * @throws BadInputException where no reply fits into a row, or all have one prompt
   */
  public static Tuned run(
      Path start,
      List<Judged> judged,
      TrainingStage.Preference settings,
      long seed,
      Path folder,
      Watch watch) {
    JudgedReplies rendered =
        JudgedReplies.render(
            ChatTemplate.open(start, Tokenizer.open(start)), judged, settings.length());
    String summary =
        "%,d judged replies, %,d of them desirable, %,d dropped as longer than %,d tokens"
            .formatted(
                rendered.replies().size(),
                rendered.count(Judged.Label.DESIRABLE),
                rendered.dropped(),
                settings.length());
    if (rendered.replies().isEmpty()) {
      throw new BadInputException("there is no reply to learn from: " + summary);
    }
    PreferenceSettings objective = settings.objective();
    balance(rendered, objective).ifPresent(watch::advised);
    JudgedReplies replies =
        objective.loss().readsMismatched()
            ? rendered.mismatched(settings.length(), seed)
            : rendered;
    PairOrder order = new PairOrder(replies.replies().size(), settings.pairs(), seed);
    StartScores scores =
        StartScores.of(
            start,
            replies.replies(),
            order.seen(settings.steps()),
            settings.pairs(),
            settings.length(),
            watch);
    KtoLoss loss =
        new KtoLoss(objective.beta(), objective.desirableWeight(), objective.undesirableWeight());
    Path model =
        PreferenceTuning.trainer(start, DataDigest.ofJudged(judged), settings, seed, folder)
            .examined(settings.measure().suites(), watch::examiner)
            .run(
                () -> settings.lora().begin(start, seed),
                new KtoObjective(
                    replies.replies(), scores, order, loss, settings.length(), settings.recall()),
                start,
                watch);
    return new Tuned(model, summary);
  }

  /**
   * What to say where the weighted numbers of desirable and undesirable replies are not between 1:1
   * and 4:3, as Ethayarajh et al. 2024 advise.
   */
  static Optional<String> balance(JudgedReplies replies, PreferenceSettings settings) {
    double desirable = settings.desirableWeight() * replies.count(Judged.Label.DESIRABLE);
    double undesirable = settings.undesirableWeight() * replies.count(Judged.Label.UNDESIRABLE);
    if (desirable == 0 || undesirable == 0) {
      return Optional.of(
          "all replies are %s: a model learns little from praise, or blame, alone"
              .formatted(desirable == 0 ? "undesirable" : "desirable"));
    }
    double balance = desirable / undesirable;
    if (balance >= 1 && balance <= MOST_BALANCE) {
      return Optional.empty();
    }
    String key = balance < 1 ? "desirable_weight" : "undesirable_weight";
    double weight =
        balance < 1 ? settings.desirableWeight() / balance : settings.undesirableWeight() * balance;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "desirable replies weigh %.2f times what undesirable ones do; 1 to 1.33 is advised:"
                + " set preference.%s to %.3g",
            balance,
            key,
            weight));
  }
}
