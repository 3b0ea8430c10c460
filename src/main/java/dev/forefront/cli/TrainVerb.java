package dev.forefront.cli;

import dev.forefront.train.Recipe;
import dev.forefront.train.RecipePage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      "         ./forefront train recipes/demo.yaml --resume",
      "         ./forefront train recipes/demo.yaml --estimate --set model.depth=6",
      "         ./forefront train --compare runs/demo runs/other"
    })
final class TrainVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private RecipeFile recipe = new RecipeFile();
  @Mixin private Output output = new Output();

  @Option(
      names = "--estimate",
      description = "Print parameters, memory, tokens and expected time; train nothing.")
  private boolean estimate;

  @Option(
      names = "--compare",
      arity = "2..*",
      paramLabel = "RUN",
      description = "Lay the curves of finished or running runs over each other; train nothing.")
  private List<Path> compared = List.of();

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Where --compare writes its page (default: ${DEFAULT-VALUE}).")
  private Path page = Path.of("compare.html");

  @Option(
      names = "--keys",
      description = "Print the reference page of recipes with every key; train nothing.")
  private boolean keys;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (keys) {
      out.print(RecipePage.markdown());
      out.flush();
    } else if (!compared.isEmpty()) {
      Comparison comparison = Comparison.of(compared);
      comparison.write(page);
      output.answer(out, comparison.forPrograms(), comparison.forPeople(page));
    } else if (estimate) {
      Estimate answer = Estimate.of(recipe.recipe());
      output.answer(out, answer.forPrograms(), answer.forPeople());
    } else {
      train(out);
    }
    return Exit.DONE;
  }

  private void train(PrintWriter out) {
    Recipe read = recipe.recipe();
    Road road = recipe.road(read);
    StageLines lines = new StageLines(out, output);
    if (recipe.isScaled()) {
      read.scaling().forEach(line -> lines.say("recipe", line));
    }
    lines.add(Road.DATA, road.data());
    lines.add(Road.TOKENIZER, road.tokenizer());
    lines.add(Road.PRETRAIN, road.pretrain());
    lines.answer();
  }
}
