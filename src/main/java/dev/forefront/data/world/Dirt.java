package dev.forefront.data.world;

import dev.forefront.data.Document;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Puts into a corpus what real corpora hold and cleaning has to find. Addresses and numbers are of
 * the kinds that are reserved for examples.
 */
final class Dirt {
  private static final List<String> PERSONAL =
      List.of(
          " Write to ada.smith@example.com for more.",
          " Call +1 202 555 0143 in the evening.",
          " The server is at 192.0.2.44 today.",
          " Pay to GB82 WEST 1234 5698 7654 32, please.");

  private final SplittableRandom random;
  private final List<Sample> questions;

  Dirt(SplittableRandom random, List<Task> exams) {
    this.random = random;
    questions = exams.stream().flatMap(task -> task.samples().stream()).toList();
  }

  /** The texts with about one in a hundred dirty ones among them. */
  List<Document> on(List<Document> texts) {
    List<Document> dirty = new ArrayList<>();
    for (Document text : texts) {
      dirty.add(text);
      int kind = random.nextInt(400);
      if (kind < 4 && text instanceof Document.Prose prose) {
        dirty.add(spoiled(prose, kind));
      }
    }
    return dirty;
  }

  private Document spoiled(Document.Prose prose, int kind) {
    String id = prose.id() + "-dirty";
    String text =
        switch (kind) {
          case 0 -> prose.text();
          case 1 -> prose.text() + " The end.";
          case 2 -> prose.text() + PERSONAL.get(random.nextInt(PERSONAL.size()));
          default -> {
            Sample question = questions.get(random.nextInt(questions.size()));
            yield question.conversation().messages().getLast().content() + " " + prose.text();
          }
        };
    return new Document.Prose(id, text, prose.source(), prose.licence());
  }
}
