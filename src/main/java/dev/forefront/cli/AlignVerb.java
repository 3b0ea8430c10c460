package dev.forefront.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** From a model of text to one that answers, and answers well. */
@Command(
    name = "align",
    mixinStandardHelpOptions = true,
    description = {
      "Tune a recipe's pretrained model, or its base, on dialogues, then on preference pairs.",
      "What is finished under equal inputs is not done again; what comes before is done first."
    },
    footer = {"", "Example: ./forefront align recipes/demo.yaml"})
final class AlignVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RecipeFile recipe = new RecipeFile();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Road road = recipe.road();
    StageLines lines = new StageLines(spec.commandLine().getOut(), output);
    lines.add(road.beginningName(), road.beginning());
    lines.add(Road.SUPERVISED, road.supervised());
    if (!road.recipe().data().preference().isEmpty()) {
      lines.add(Road.PREFERENCE, road.preference());
    }
    lines.answer();
    return Exit.DONE;
  }
}
