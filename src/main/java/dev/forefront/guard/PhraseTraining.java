package dev.forefront.guard;

import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import java.util.ArrayList;
import java.util.List;

/**
 * What a guard's texts teach its {@link PhraseHead}. Besides whether a request is harmful it learns
 * what hints and posts say, each as an answer of its own: what they teach the layers below stays,
 * the answers are dropped.
 */
final class PhraseTraining {
  private static final int HINT = 1;
  private static final float HINTS = 0.3f;

  private PhraseTraining() {}

  static PhraseHead train(List<Text> texts, WordVectors vectors, int epochs, long seed) {
    PhraseTrainer trainer = new PhraseTrainer(vectors.vectors(), seed);
    trainer.train(examples(texts, vectors), epochs);
    // As it will be stored, so that what is measured is what is shipped.
    return PhraseFile.read(PhraseFile.write(trainer.head(vectors.words())), "the trained phrases");
  }

  static List<PhraseTrainer.Example> examples(List<Text> texts, WordVectors vectors) {
    List<PhraseTrainer.Example> examples = new ArrayList<>();
    for (Text text : texts) {
      int[] words =
          GuardTraining.words(text.text()).stream()
              .limit(TextWindow.WORDS)
              .mapToInt(vectors::number)
              .filter(number -> number >= 0)
              .toArray();
      if (words.length > 0) {
        examples.add(example(text, words));
      }
    }
    return examples;
  }

  private static PhraseTrainer.Example example(Text text, int[] words) {
    float[] targets = {Float.NaN, Float.NaN, Float.NaN};
    float weight = (float) text.weight();
    float[] weights = {weight, HINTS * weight, weight};
    int answer =
        switch (text.use()) {
          case REQUEST -> 0;
          case HINT -> HINT;
          case POST -> 2;
        };
    targets[answer] = (float) text.harm();
    if (text.use() == Use.REQUEST && text.harm() == 0) {
      // What is harmless hints at nothing either.
      targets[HINT] = 0;
      weights[HINT] = HINTS;
    }
    return new PhraseTrainer.Example(words, targets, weights);
  }
}
