package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.generate.Engine;
import dev.forefront.guard.GuardModel;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.Judge;
import dev.forefront.guard.Ranking;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a small model that judges. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = {
      "Train a small model that judges texts, and measure it on posts that it did not see.",
      "It shows that the stage works; for quality use a guard model that others trained."
    },
    footer = {"", "Example: ./forefront guard model --data data --run runs/guard-model"})
final class GuardModelVerb implements Callable<Integer> {

  /** How this one is asked: as it was taught, about the last message alone. */
  private static final String DESCRIPTION =
      """
      format: forefront-guard-model-1
      release: %s
      template: |
        {{- '<|im_start|>user\\n' -}}
        {%%- if messages[-1].role == 'assistant' -%%}{{- 'Text:\\n' -}}{%%- else -%%}{{- 'Request:\\n' -}}{%%- endif -%%}
        {{- messages[-1].content + '<|im_end|>\\n<|im_start|>assistant\\n' -}}
      safe: safe
      unsafe: unsafe
      before: "\\n"
      categories: {S1: S1, S2: S2, S3: S3, S4: S4, S5: S5, S6: S6, S7: S7, S8: S8, S9: S9, S10: S10, S11: S11, S12: S12, S13: S13, S14: S14}
      """;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description = "What to make (default: recipes/guard-model.yaml).")
  private @Nullable Path recipeFile;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds a folder for each set (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run's folder (default: runs/ and the recipe's name).")
  private @Nullable Path run;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Recipe recipe =
        Recipe.read(recipeFile == null ? Home.file("recipes/guard-model.yaml") : recipeFile);
    GuardModelSyllabus syllabus = new GuardModelSyllabus(data, recipe.seed());
    Road road =
        new Road(
            recipe,
            run == null ? Road.folder(recipe) : run,
            syllabus,
            data,
            Stage.Remains.CONTINUE);
    StageLines lines = new StageLines(spec.commandLine().getOut(), output);
    lines.add(Road.DATA, road.data());
    lines.add(Road.TOKENIZER, road.tokenizer());
    lines.add(Road.PRETRAIN, road.pretrain());
    lines.add(Road.SUPERVISED, road.supervised());
    Path model = Road.model(road.supervised());
    byte[] description =
        GuardModel.completed(
            DESCRIPTION.formatted(recipe.name()).getBytes(StandardCharsets.UTF_8),
            ModelDigest.of(model),
            GuardModel.FILE);
    Path file = road.run().resolve(GuardModel.FILE);
    AtomicFile.write(file, description);
    Map<String, Ranking> rankings =
        rankings(syllabus, model, GuardModel.parse(description, file.toString()), recipe.seed());
    rankings.forEach(
        (who, one) ->
            lines.more(
                "%-10s AUROC %.3f  AUPRC %.3f on %,d harmful and %,d other posts that neither learnt from"
                    .formatted(who, one.auroc(), one.auprc(), one.positives(), one.negatives())));
    lines.say("description", file.toString());
    lines.answer();
    return Exit.DONE;
  }

  /** The model and the text heads, both taught by the same texts, on the posts kept apart. */
  private static Map<String, Ranking> rankings(
      GuardModelSyllabus syllabus, Path model, GuardModel description, long seed) {
    List<Text> posts = syllabus.measuring();
    boolean[] harmful = new boolean[posts.size()];
    double[] judged = new double[posts.size()];
    double[] weighed = new double[posts.size()];
    GuardTraining.Trained heads = GuardTraining.train(syllabus.training(), seed);
    try (Engine engine = GuardOfRelease.engine(description, model, Loading.UNWITNESSED);
        Progress progress = Progress.start("measuring", posts.size(), "posts")) {
      Judge judge = new Judge(description, engine);
      for (int at = 0; at < harmful.length; at++) {
        String text = posts.get(at).text();
        harmful[at] = posts.get(at).harm() >= 0.5;
        judged[at] = judge.score(Conversation.of(Message.assistant(text)));
        weighed[at] = heads.post(text);
        progress.at(at + 1);
      }
    }
    Map<String, Ranking> rankings = new LinkedHashMap<>();
    rankings.put("model", Ranking.of(judged, harmful));
    rankings.put("text heads", Ranking.of(weighed, harmful));
    return rankings;
  }
}
