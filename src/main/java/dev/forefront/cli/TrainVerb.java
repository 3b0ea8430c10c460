package dev.forefront.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** From text to a model of text. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Clean a recipe's data, train its tokenizer and pretrain its model.",
      "What is finished under equal inputs is not done again."
    },
    footer = {
      "",
      "Example: ./forefront train recipes/demo.yaml",
      "         ./forefront train recipes/demo.yaml --resume"
    })
final class TrainVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RecipeFile recipe = new RecipeFile();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Road road = recipe.road();
    StageLines lines = new StageLines(spec.commandLine().getOut(), output);
    lines.add(Road.DATA, road.data());
    lines.add(Road.TOKENIZER, road.tokenizer());
    lines.add(Road.PRETRAIN, road.pretrain());
    lines.answer();
    return Exit.DONE;
  }
}
