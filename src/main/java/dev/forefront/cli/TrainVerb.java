package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import dev.forefront.train.RecipePage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
      "         ./forefront train recipes/demo.yaml --local-ranks 2",
      "         ./forefront train --compare runs/demo runs/other"
    })
final class TrainVerb implements Callable<Integer> {
  private static final String LOCAL_RANKS = "--local-ranks";

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

  @Option(
      names = LOCAL_RANKS,
      paramLabel = "N",
      description = "Train with so many processes on this machine (default: 1).")
  private int localRanks = 1;

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
      return train(out);
    }
    return Exit.DONE;
  }

  private int train(PrintWriter out) {
    Recipe read = recipe.recipe();
    if (localRanks < 1) {
      throw new BadInputException("--local-ranks is at least 1, not " + localRanks);
    }
    if (localRanks > 1) {
      Ranks.requireAlone(System.getenv(), "train --local-ranks");
      return LocalRanks.run(localRanks, recipe.folder(read), arguments());
    }
    try (Ranks ranks = Ranks.join(System.getenv())) {
      LocalRanks.endWithLauncher(System.getenv());
      ranks.together(
          () -> {
            if (ranks.leads()) {
              lead(read, ranks, out);
            } else {
              PretrainStage.follow(read, recipe.folder(read), ranks);
            }
            ranks.awaitAll();
          });
    }
    return Exit.DONE;
  }

  private void lead(Recipe read, Ranks ranks, PrintWriter out) {
    Road road = recipe.road(read, ranks);
    StageLines lines = new StageLines(out, output);
    if (recipe.isScaled()) {
      read.scaling().forEach(line -> lines.say("recipe", line));
    }
    road.requireNoBase();
    lines.add(Road.DATA, road.data());
    lines.add(Road.TOKENIZER, road.tokenizer());
    Stage.Finished pretrained = road.pretrain();
    if (pretrained.reused()) {
      PretrainStage.finishedBefore(ranks);
    }
    lines.add(Road.PRETRAIN, pretrained);
    lines.answer();
  }

  /** What each rank is started with. */
  private List<String> arguments() {
    List<String> all = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
    all.remove(spec.name());
    int at = all.indexOf(LOCAL_RANKS);
    if (at >= 0) {
      all.subList(at, at + 2).clear();
    }
    all.removeIf(argument -> argument.startsWith(LOCAL_RANKS + "="));
    return all;
  }
}
