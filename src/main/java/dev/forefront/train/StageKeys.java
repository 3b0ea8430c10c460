package dev.forefront.train;

import dev.forefront.tensor.MuonKernel;
import java.util.function.IntFunction;

/** Reads the keys of the three trainings. */
final class StageKeys {
  private static final int MOST_STEPS = 100_000_000;
  private static final int MOST_ROWS = 65_536;
  private static final Schedule.Shape USUAL_RISE = Schedule.Shape.LINEAR;
  private static final Schedule.Shape USUAL_FALL = Schedule.Shape.ONE_MINUS_SQRT;

  private StageKeys() {}

  /**
   * @param defaults by the length of a row
   * @param usualLength of a row
   */
  static TrainingStage.Pretrain pretrain(
      Section s,
      IntFunction<TrainingStage.Pretrain> defaults,
      int usualLength,
      Recipe.Data data,
      Recipe.Model model) {
    int length = length(s, usualLength);
    TrainingStage.Pretrain usual = defaults.apply(length);
    TrainingStage.Pretrain stage =
        new TrainingStage.Pretrain(
            steps(s, usual.steps()),
            rows(s, usual.rows()),
            length,
            microRows(s, usual.microRows()),
            recompute(s, usual.recompute()),
            optimizer(s.section("optimizer"), usual.optimizer()),
            rates(s.section("schedule"), usual.schedule()),
            loss(s.section("loss"), usual.loss()),
            clip(s, usual.clip()),
            checkpoint(s, usual.checkpoint()),
            care(s.section("care"), usual.care()),
            measure(s.section("measure"), usual.measure()));
    check(s, "pretrain", stage.steps(), length, stage.schedule(), model.context());
    s.check(
        stage.measure().every() == 0 || data.heldOut() > 0 || !stage.measure().prompts().isEmpty(),
        "pretrain.measure.every has nothing to look at: set data.held_out above 0 or give"
            + " pretrain.measure.prompts");
    s.check(
        !stage.care().keepBest() || (stage.measure().every() > 0 && data.heldOut() > 0),
        "pretrain.care.keep_best needs pretrain.measure.every and data.held_out above 0");
    s.end();
    return stage;
  }

  static TrainingStage.Supervised supervised(
      Section s, TrainingStage.Supervised defaults, int context) {
    TrainingStage.Supervised stage =
        new TrainingStage.Supervised(
            steps(s, defaults.steps()),
            rows(s, defaults.rows()),
            length(s, defaults.length()),
            microRows(s, defaults.microRows()),
            recompute(s, defaults.recompute()),
            optimizer(s.section("optimizer"), defaults.optimizer()),
            rates(s.section("schedule"), defaults.schedule()),
            loss(s.section("loss"), defaults.loss()),
            clip(s, defaults.clip()),
            checkpoint(s, defaults.checkpoint()),
            care(s.section("care"), defaults.care()),
            lora(s.section("lora"), defaults.lora()),
            tuningMeasure(s.section("measure"), defaults.measure()));
    check(s, "supervised", stage.steps(), stage.length(), stage.schedule(), context);
    checkNoBest(s, "supervised", stage.care());
    s.end();
    return stage;
  }

  static TrainingStage.Preference preference(
      Section s, TrainingStage.Preference defaults, int context) {
    TrainingStage.Preference stage =
        new TrainingStage.Preference(
            steps(s, defaults.steps()),
            s.integer("pairs", defaults.pairs(), 1, MOST_ROWS, "pairs of an update"),
            s.integer(
                "length",
                defaults.length(),
                8,
                RecipeKeys.MOST_LENGTH,
                "most tokens of prompt and reply; longer pairs are dropped and counted"),
            recompute(s, defaults.recompute()),
            PreferenceKeys.read(s, defaults.objective()),
            optimizer(s.section("optimizer"), defaults.optimizer()),
            rates(s.section("schedule"), defaults.schedule()),
            clip(s, defaults.clip()),
            checkpoint(s, defaults.checkpoint()),
            care(s.section("care"), defaults.care()),
            lora(s.section("lora"), defaults.lora()),
            tuningMeasure(s.section("measure"), defaults.measure()));
    boolean rewards = stage.objective().loss() == PreferenceSettings.Loss.REWARD;
    s.check(
        !rewards || stage.lora().rank() == 0,
        "preference.lora cannot go with loss reward, whose head is new: it is trained as a whole");
    s.check(
        !rewards || stage.measure().suites().every() == 0,
        "preference.measure.suites ask a model that answers, and loss reward makes one that"
            + " judges");
    check(s, "preference", stage.steps(), stage.length(), stage.schedule(), context);
    checkNoBest(s, "preference", stage.care());
    s.end();
    return stage;
  }

  private static int steps(Section s, int fallback) {
    return s.integer("steps", fallback, 1, MOST_STEPS, "updates");
  }

  private static int rows(Section s, int fallback) {
    return s.integer("rows", fallback, 1, MOST_ROWS, "rows of an update");
  }

  private static int length(Section s, int fallback) {
    return s.integer("length", fallback, 8, RecipeKeys.MOST_LENGTH, "tokens of a row");
  }

  private static int microRows(Section s, int fallback) {
    return s.integer(
        "micro_rows",
        fallback,
        0,
        MOST_ROWS,
        "rows that are computed at once, to save memory; the update is the same. 0: all");
  }

  private static boolean recompute(Section s, boolean fallback) {
    return s.truth(
        "recompute",
        fallback,
        "compute each block again on the way back, to save memory; the update is the same");
  }

  private static double clip(Section s, double fallback) {
    return s.real("clip", fallback, 1e-6, 1e6, "most that the gradient's global norm may be");
  }

  private static int checkpoint(Section s, int fallback) {
    return s.integer("checkpoint", fallback, 1, MOST_STEPS, "updates between two checkpoints");
  }

  private static void check(
      Section s, String name, int steps, int length, Recipe.Rates rates, int context) {
    s.check(
        length <= context,
        "%s.length %d is longer than model.context %d".formatted(name, length, context));
    s.check(
        rates.warmup() + (long) rates.decay() <= steps,
        "%s.schedule has more warmup and decay than the %d steps".formatted(name, steps));
  }

  private static void checkNoBest(Section s, String name, Recipe.Care care) {
    s.check(
        !care.keepBest(),
        name + ".care.keep_best has nothing to go by: only pretrain measures a held-out loss");
  }

  private static Recipe.Optimizer optimizer(Section s, Recipe.Optimizer defaults) {
    Recipe.Optimizer optimizer =
        new Recipe.Optimizer(
            s.choice(
                "kind",
                defaults.kind(),
                Recipe.Method.values(),
                "`muon`: Muon for the matrices inside the blocks, AdamW for the rest"),
            s.real("rate", defaults.rate(), 0, 10, "peak learning rate of AdamW"),
            s.real("beta1", defaults.beta1(), 0, 0.99999, "memory of the first moment"),
            s.real("beta2", defaults.beta2(), 0, 0.999999, "memory of the second moment"),
            s.real("epsilon", defaults.epsilon(), 1e-16, 1, "added to the second moment's root"),
            s.real(
                "weight_decay",
                defaults.weightDecay(),
                0,
                10,
                "decoupled decay of AdamW's matrices; vectors do not decay"),
            muon(s.section("muon"), defaults.muon()));
    s.end();
    return optimizer;
  }

  private static Recipe.Muon muon(Section s, Recipe.Muon defaults) {
    Recipe.Muon muon =
        new Recipe.Muon(
            s.real("rate", defaults.rate(), 0, 10, "peak learning rate of Muon; same schedule"),
            s.real("momentum", defaults.momentum(), 0, 0.99999, "memory of the momentum"),
            s.truth("nesterov", defaults.nesterov(), "look ahead along the momentum"),
            s.real("weight_decay", defaults.weightDecay(), 0, 10, "decoupled decay"),
            s.integer("iterations", defaults.iterations(), 1, 100, "of Newton and Schulz"),
            s.choice(
                "adjust",
                defaults.adjust(),
                MuonKernel.Adjust.values(),
                "how the rate follows a matrix' shape, as in torch.optim.Muon"),
            s.choice(
                "precision",
                defaults.precision(),
                MuonKernel.Precision.values(),
                "numbers of the iteration"));
    s.end();
    return muon;
  }

  private static Recipe.Rates rates(Section s, Recipe.Rates defaults) {
    Recipe.Kind kind =
        s.choice(
            "kind",
            defaults.kind(),
            Recipe.Kind.values(),
            "how the rate moves; the formulas are Hugging Face's");
    Recipe.Rates rates =
        new Recipe.Rates(
            kind,
            s.integer("warmup", defaults.warmup(), 0, MOST_STEPS, "updates until the peak"),
            s.integer(
                "decay",
                kind == Recipe.Kind.WSD ? defaults.decay() : 0,
                0,
                MOST_STEPS,
                "updates of the fall, for `wsd`"),
            s.real(
                "floor",
                kind.hasFloor() ? defaults.floor() : 0,
                0,
                1,
                "share of the peak that is left at the end"),
            s.choice("rise", defaults.rise(), Schedule.Shape.values(), "warmup's shape, for `wsd`"),
            s.choice("fall", defaults.fall(), Schedule.Shape.values(), "decay's shape, for `wsd`"),
            s.integer("cycles", defaults.cycles(), 1, 1000, "for `cosine_restarts`"),
            s.real("power", defaults.power(), 1e-3, 100, "for `polynomial`"));
    checkRates(s, rates);
    s.end();
    return rates;
  }

  private static void checkRates(Section s, Recipe.Rates rates) {
    Recipe.Kind kind = rates.kind();
    s.check(
        kind == Recipe.Kind.WSD || rates.decay() == 0,
        "schedule.decay belongs to kind wsd alone; %s falls over all steps".formatted(kind));
    s.check(
        kind == Recipe.Kind.WSD || (rates.rise() == USUAL_RISE && rates.fall() == USUAL_FALL),
        "schedule.rise and schedule.fall belong to kind wsd alone, not " + kind);
    s.check(kind.hasFloor() || rates.floor() == 0, "schedule.floor means nothing for kind " + kind);
    s.check(
        kind == Recipe.Kind.COSINE_RESTARTS || rates.cycles() == 1,
        "schedule.cycles belongs to kind cosine_restarts alone, not " + kind);
    s.check(
        kind == Recipe.Kind.POLYNOMIAL || rates.power() == 1,
        "schedule.power belongs to kind polynomial alone, not " + kind);
    s.check(
        kind != Recipe.Kind.INVERSE_SQRT || rates.warmup() > 0,
        "schedule.warmup must be above 0 for kind inverse_sqrt, which falls in its measure");
    s.check(
        (kind != Recipe.Kind.POLYNOMIAL && kind != Recipe.Kind.LINEAR) || rates.floor() < 1,
        "schedule.floor must be below 1 for kind " + kind);
  }

  private static Recipe.Loss loss(Section s, Recipe.Loss defaults) {
    Recipe.Loss loss =
        new Recipe.Loss(
            s.real(
                "label_smoothing",
                defaults.labelSmoothing(),
                0,
                0.9999,
                "share of each label that is spread over all tokens"),
            s.real(
                "z_loss",
                defaults.zLoss(),
                0,
                10,
                "weight of the squared log of the softmax' denominator; reported apart"));
    s.end();
    return loss;
  }

  private static Recipe.Care care(Section s, Recipe.Care defaults) {
    Recipe.Care care =
        new Recipe.Care(
            s.integer("keep_last", defaults.keepLast(), 1, 10_000, "newest checkpoints to keep"),
            s.truth(
                "keep_best",
                defaults.keepBest(),
                "keep the checkpoint with the lowest held-out loss too"),
            s.real(
                "spike",
                defaults.spike(),
                0,
                1e6,
                "standard deviations above the recent mean at which a loss ends the run; 0: none"),
            s.integers(
                "skip", defaults.skip(), "updates that are left out, where one breaks the run"));
    s.end();
    return care;
  }

  private static Recipe.Measure measure(Section s, Recipe.Measure defaults) {
    Recipe.Measure measure =
        new Recipe.Measure(
            s.integer(
                "every", defaults.every(), 0, MOST_STEPS, "updates between two looks; 0: never"),
            s.integer(
                "tokens",
                defaults.tokens(),
                256,
                1 << 30,
                "of the held-out text that a look reads"),
            s.words("prompts", defaults.prompts(), "texts that the model continues at each look"),
            s.integer("reply", defaults.reply(), 1, 4096, "tokens of a continuation"),
            suites(s.section("suites"), defaults.suites()));
    s.end();
    return measure;
  }

  private static Lora lora(Section s, Lora defaults) {
    Lora lora =
        new Lora(
            s.integer(
                "rank",
                defaults.rank(),
                0,
                4096,
                "tune matrices of this rank beside the model's, which stay. 0: tune all weights"),
            s.real("alpha", defaults.alpha(), 1e-3, 1e6, "they count `alpha / rank` times"),
            s.words(
                "targets",
                defaults.targets(),
                "names of the model's matrices that are tuned so, such as q_proj; none: all inside"
                    + " the blocks"));
    s.check(
        lora.rank() > 0 || lora.targets().isEmpty(),
        s.path() + ".targets means nothing while rank is 0");
    s.end();
    return lora;
  }

  private static Recipe.TuningMeasure tuningMeasure(Section s, Recipe.TuningMeasure defaults) {
    Recipe.TuningMeasure measure =
        new Recipe.TuningMeasure(suites(s.section("suites"), defaults.suites()));
    s.end();
    return measure;
  }

  private static Recipe.Suites suites(Section s, Recipe.Suites defaults) {
    Recipe.Suites suites =
        new Recipe.Suites(
            s.integer(
                "every",
                defaults.every(),
                0,
                MOST_STEPS,
                "updates between two examinations; also after the last. 0: never"),
            s.words("names", defaults.names(), "suites of `forefront evaluate`"),
            s.integer(
                "samples", defaults.samples(), 1, 1_000_000, "most that a suite asks, by lot"),
            s.integer(
                "tokens",
                defaults.tokens(),
                1,
                RecipeKeys.MOST_LENGTH,
                "most that a reply may have"));
    s.check(
        suites.every() > 0 != suites.names().isEmpty(),
        s.path() + " needs both every above 0 and names, or neither");
    s.end();
    return suites;
  }
}
