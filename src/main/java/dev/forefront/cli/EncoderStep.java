package dev.forefront.cli;

import dev.forefront.data.requests.Requests;
import dev.forefront.generate.Encoder;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.model.Bert;
import dev.forefront.model.BertShape;
import dev.forefront.model.BgeSmall;
import dev.forefront.train.EncoderTuning;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Teaches a guard's encoder: {@link BgeSmall}, which knows what sentences mean, learns which of
 * them ask for harm.
 */
final class EncoderStep {
  // A window of forty words; what is beyond is never asked for.
  private static final int POSITIONS = 64;
  static final int BY_RULE = 16_000;
  static final int ORDINARY = 12_000;
  private static final int PASSAGES = 3_000;
  private static final int REPORTED = 50;

  private EncoderStep() {}

  /**
   * What it learns from: of the texts that teach a guard those that ask something, a sample, and
   * those that are for whole sentences.
   */
  static List<Text> texts(List<Text> all, List<Text> sentences, long seed) {
    List<Text> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(seed));
    Map<String, Integer> left = new HashMap<>();
    List<Text> texts = new ArrayList<>(sentences);
    for (Text text : shuffled) {
      if (text.use() == Use.REQUEST) {
        String kind = kind(text.source());
        int room = left.getOrDefault(kind, most(kind));
        if (room > 0) {
          texts.add(text);
        }
        left.put(kind, room - 1);
      }
    }
    return texts;
  }

  private static String kind(String source) {
    boolean isAlone =
        Requests.SETS.contains(source) || GuardSyllabus.HARMFUL_REQUESTS.contains(source);
    return isAlone ? source : GuardSyllabus.PASSAGES.contains(source) ? "passages" : "ordinary";
  }

  private static int most(String kind) {
    return switch (kind) {
      case Requests.SET -> BY_RULE;
      case "passages" -> PASSAGES;
      case "ordinary" -> ORDINARY;
      default -> Integer.MAX_VALUE;
    };
  }

  /** A guard with an encoder that was taught by some texts. */
  static GuardTraining.Trained train(
      GuardTraining.Trained guard, List<Text> texts, long seed, Consumer<String> progress) {
    progress.accept("reading " + BgeSmall.NAME);
    BgeSmall start = BgeSmall.open();
    BertShape shape = start.shape();
    Function<String, int[]> reading = GuardTraining.reading(start.pieces());
    List<EncoderTuning.Example> examples =
        texts.stream()
            .map(
                text ->
                    new EncoderTuning.Example(
                        reading.apply(text.text()), (float) text.harm(), (float) text.weight()))
            .toList();
    Map<String, float[]> tuned = new HashMap<>(start.weights());
    try (Bert bert = new Bert(shape, start.weights()::get)) {
      EncoderTuning.Head head =
          EncoderTuning.tune(
              bert,
              examples,
              EncoderTuning.Settings.standard(seed),
              (done, of, loss) -> {
                if (done % REPORTED == 0 || done == of) {
                  progress.accept(
                      String.format(
                          Locale.ROOT,
                          "teaching the encoder: %d of %d, loss %.3f",
                          done,
                          of,
                          loss));
                }
              });
      tuned.putAll(bert.trained());
      tuned.put("answer.weight", head.weights());
      tuned.put("answer.bias", new float[] {head.bias()});
    }
    return guard.with(
        new Encoder.Shape(POSITIONS, shape.width(), shape.heads(), shape.inner(), shape.layers()),
        start.pieces(),
        tuned);
  }
}
