package dev.forefront.cli;

import dev.forefront.guard.Allowance;
import dev.forefront.guard.Calibration;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardLimits;
import dev.forefront.guard.GuardTraining;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What {@code guard train} has of one seed: a guard that no folder holds yet.
 *
 * @param texts that it learnt from
 * @param encoded what its encoder learnt from; empty where it has none
 */
record GuardCandidate(
    List<GuardTraining.Text> texts,
    List<GuardTraining.Text> encoded,
    GuardTraining.Trained trained,
    Calibration calibration) {

  /**
   * What all seeds share.
   *
   * @param fresh what may be learnt from
   * @param words that no label teaches
   * @param requests harmless ones that limits are chosen on
   * @param besideRules likewise, and how many of them a guard may block beside what its rules do
   * @param replies likewise
   */
  record Lesson(
      Predicate<String> fresh,
      GuardTraining.Unlabelled words,
      List<Allowance> requests,
      List<Allowance> besideRules,
      Allowance replies) {}

  static GuardCandidate train(GuardSyllabus syllabus, Lesson lesson, Consumer<String> progress) {
    List<GuardTraining.Text> texts =
        syllabus.texts(lesson.fresh(), set -> progress.accept("reading " + set));
    GuardTraining.Trained trained =
        GuardTraining.train(
            texts, lesson.words(), GuardSyllabus.unlabelled(texts), syllabus.seed(), progress);
    progress.accept("calibrating");
    return new GuardCandidate(
        texts,
        List.of(),
        trained,
        GuardLimits.choose(trained, lesson.requests(), lesson.replies()));
  }

  /**
   * The same guard with an encoder, and limits anew: this guard is the last, so its rules and all
   * else together keep the bounds.
   *
   * @param learnt what the encoder learns from
   */
  GuardCandidate encoded(
      List<GuardTraining.Text> learnt, long seed, Lesson lesson, Consumer<String> progress) {
    GuardTraining.Trained more = EncoderStep.train(trained, learnt, seed, progress);
    progress.accept("calibrating");
    return new GuardCandidate(
        texts, learnt, more, GuardLimits.choose(more, lesson.besideRules(), lesson.replies()));
  }

  /**
   * What may be blocked of some harmless texts beside what rules block.
   *
   * @param whole share of all that may be
   */
  static Allowance besideRules(List<String> texts, double whole, Predicate<String> rules) {
    List<String> passed = texts.stream().filter(rules.negate()).toList();
    int blocked = texts.size() - passed.size();
    int left = Math.max(1, (int) Math.floor(whole * texts.size()) - blocked);
    // Just less than one text more: a part of a share is rounded down to whole texts.
    return new Allowance(passed, Math.nextDown((left + 1.0) / passed.size()));
  }

  /** The words that no seed changes. */
  static GuardTraining.Unlabelled words(
      GuardSyllabus syllabus, Predicate<String> fresh, Consumer<String> progress) {
    try (Stream<String> unlabelled = syllabus.unlabelled(progress).filter(fresh)) {
      return new GuardTraining.Unlabelled(unlabelled);
    }
  }

  /** What rules and heads block. */
  Predicate<String> blocks() {
    Guard guard =
        GuardMeasures.unhurried(
            GuardTraining.guard(GuardTraining.builtInRules(), trained, calibration));
    return request -> GuardMeasures.blocks(guard, request);
  }
}
