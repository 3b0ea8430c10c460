package dev.forefront.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.forefront.model.Recall;

/** One of the three trainings that make a model, each from what the one before it made. */
public sealed interface TrainingStage {

  /** Updates. */
  int steps();

  /** Whether blocks are computed again on the way back; see {@link Recall}. */
  boolean recompute();

  Recipe.Optimizer optimizer();

  Recipe.Rates schedule();

  /** Most that the gradient's norm may be. */
  double clip();

  /** Updates between two checkpoints. */
  int checkpoint();

  Recipe.Care care();

  /** The part of it that decides the weights which a run passes through. */
  TrainingStage deciding();

  default Recall recall() {
    return recompute() ? Recall.RECOMPUTE : Recall.KEEP;
  }

  default Trainer.Settings settings() {
    return new Trainer.Settings(
        steps(),
        optimizer(),
        schedule().schedule(optimizer().rate(), steps()),
        clip(),
        checkpoint(),
        care());
  }

  /**
   * From nothing to a model of text.
   *
   * @param steps updates
   * @param rows of a batch
   * @param length tokens of a row
   * @param microRows rows that are computed at once; 0: all
   * @param recompute whether blocks are computed again on the way back; see {@link Recall}
   * @param clip most that the gradient's norm may be
   * @param checkpoint updates between two checkpoints
   */
  public record Pretrain(
      int steps,
      int rows,
      int length,
      int microRows,
      boolean recompute,
      Recipe.Optimizer optimizer,
      Recipe.Rates schedule,
      Recipe.Loss loss,
      double clip,
      int checkpoint,
      Recipe.Care care,
      Recipe.Measure measure)
      implements TrainingStage {

    @Override
    public Pretrain deciding() {
      return new Pretrain(
          steps,
          rows,
          length,
          microRows,
          false,
          optimizer,
          schedule,
          loss,
          clip,
          1,
          Recipe.Care.USUAL,
          Recipe.Measure.NEVER);
    }
  }

  /** From a model of text to one that answers; the loss counts assistant tokens only. */
  public record Supervised(
      int steps,
      int rows,
      int length,
      int microRows,
      boolean recompute,
      Recipe.Optimizer optimizer,
      Recipe.Rates schedule,
      Recipe.Loss loss,
      double clip,
      int checkpoint,
      Recipe.Care care,
      Lora lora,
      Recipe.TuningMeasure measure)
      implements TrainingStage {

    /** All rows at once, all weights, plain loss, usual care, looked at by nobody. */
    public Supervised(
        int steps,
        int rows,
        int length,
        Recipe.Optimizer optimizer,
        Recipe.Rates schedule,
        double clip,
        int checkpoint) {
      this(
          steps,
          rows,
          length,
          0,
          false,
          optimizer,
          schedule,
          Recipe.Loss.PLAIN,
          clip,
          checkpoint,
          Recipe.Care.USUAL,
          Lora.NONE,
          Recipe.TuningMeasure.NEVER);
    }

    @Override
    public Supervised deciding() {
      return new Supervised(
          steps,
          rows,
          length,
          microRows,
          false,
          optimizer,
          schedule,
          loss,
          clip,
          1,
          Recipe.Care.USUAL,
          lora,
          Recipe.TuningMeasure.NEVER);
    }
  }

  /**
   * From one that answers to one that answers well.
   *
   * @param pairs of a batch
   * @param length most tokens of prompt and reply together; longer pairs are dropped and counted
   * @param objective what is made smaller; its keys stand among the stage's own
   */
  public record Preference(
      int steps,
      int pairs,
      int length,
      boolean recompute,
      @JsonUnwrapped PreferenceSettings objective,
      Recipe.Optimizer optimizer,
      Recipe.Rates schedule,
      double clip,
      int checkpoint,
      Recipe.Care care,
      Lora lora,
      Recipe.TuningMeasure measure)
      implements TrainingStage {

    /** All weights, with the usual care, looked at by nobody. */
    public Preference(
        int steps,
        int pairs,
        int length,
        PreferenceSettings objective,
        Recipe.Optimizer optimizer,
        Recipe.Rates schedule,
        double clip,
        int checkpoint) {
      this(
          steps,
          pairs,
          length,
          false,
          objective,
          optimizer,
          schedule,
          clip,
          checkpoint,
          Recipe.Care.USUAL,
          Lora.NONE,
          Recipe.TuningMeasure.NEVER);
    }

    @Override
    public Preference deciding() {
      return new Preference(
          steps,
          pairs,
          length,
          false,
          objective,
          optimizer,
          schedule,
          clip,
          1,
          Recipe.Care.USUAL,
          lora,
          Recipe.TuningMeasure.NEVER);
    }
  }
}
