package dev.forefront.cli;

import dev.forefront.data.world.World;
import dev.forefront.evaluate.Example;
import dev.forefront.evaluate.Perplexity;
import dev.forefront.evaluate.Replies;
import dev.forefront.evaluate.Suite;
import dev.forefront.task.Task;
import java.util.ArrayList;
import java.util.List;

final class Suites {
  static List<Suite> of(List<String> names, SuiteSource source, int samples) {
    World world = World.generate(source.seed(), source.size());
    List<Suite> all = new ArrayList<>();
    for (Task task : world.tasks()) {
      if (names.contains(task.name())) all.add(new Replies(task, Example.Showing.WORDS));
    }
    all.add(new Perplexity("perplexity", world.heldOutTexts()));
    return all;
  }

  static String digest(List<String> names, SuiteSource source) {
    return "";
  }
}
