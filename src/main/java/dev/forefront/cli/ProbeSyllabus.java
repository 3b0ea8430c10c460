package dev.forefront.cli;

import dev.forefront.data.sets.DataSet;
import dev.forefront.data.sets.Labelled;
import dev.forefront.data.sets.Ordinary;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.guard.ProbeTraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What a guard's probes learn from: the text heads' own syllabus, and ordinary replies so that not
 * every reply is a post.
 */
record ProbeSyllabus(Path data, long seed) {
  // Of each set, so that none drowns the posts.
  private static final int REPLIES = 300;
  private static final int CONTEXTS = 500;
  private static final int LONGEST_CONTEXT = 160;

  /**
   * @param texts of {@link GuardSyllabus}; its posts come first among the replies, in their order
   */
  ProbeTraining.Lesson lesson(List<Text> texts) {
    List<Text> replies =
        new ArrayList<>(texts.stream().filter(text -> text.use() == Use.POST).toList());
    for (String set : Ordinary.sources(DataSet.Use.TRAIN)) {
      sample(
              Labelled.read(data, set, DataSet.Use.TRAIN).stream()
                  .filter(one -> one.kind() == Labelled.Kind.REPLY)
                  .map(Labelled::text)
                  .toList())
          .forEach(reply -> replies.add(GuardSyllabus.harmless(reply, Use.POST, set)));
    }
    for (String set : GuardSyllabus.PASSAGES) {
      sample(texts.stream().filter(text -> text.source().equals(set)).map(Text::text).toList())
          .forEach(passage -> replies.add(GuardSyllabus.harmless(passage, Use.POST, set)));
    }
    return new ProbeTraining.Lesson(
        texts.stream().filter(text -> text.use() == Use.REQUEST).toList(), replies, contexts());
  }

  /** Short ordinary requests, to put replies behind. */
  List<String> contexts() {
    return Ordinary.trainingPrompts(data, seed, CONTEXTS).stream()
        .map(Labelled::text)
        .filter(text -> text.length() <= LONGEST_CONTEXT)
        .toList();
  }

  private List<String> sample(List<String> all) {
    List<String> mixed = new ArrayList<>(all);
    Collections.shuffle(mixed, new Random(seed));
    return mixed.subList(0, Math.min(REPLIES, mixed.size()));
  }
}
