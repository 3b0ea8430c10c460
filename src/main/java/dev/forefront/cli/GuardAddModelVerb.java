package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Allowance;
import dev.forefront.guard.GuardModel;
import dev.forefront.guard.JudgeLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model a stage of a guard. */
@Command(
    name = "add-model",
    mixinStandardHelpOptions = true,
    description = {
      "Have a guard ask a model too: choose from which probability of \"unsafe\" on it blocks,",
      "and write guard-model.yaml and guard-model-limits.json into the guard's folder.",
      "It is another guard then: release it, and the model too, under the name that the file gives."
    },
    footer = {
      "",
      "Example: ./forefront guard add-model runs/guard --description llama-guard.yaml --model"
          + " models/llama-guard \\",
      "             --requests asked.jsonl --replies said.jsonl",
      "Lines of both: {\"text\": \"...\"}. docs/reference/guard.md has descriptions of known guard"
          + " models."
    })
final class GuardAddModelVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The guard's folder.")
  private Path folder = Path.of("runs", "guard");

  @Option(
      names = "--description",
      paramLabel = "FILE",
      required = true,
      description = "How it is asked and answers; the model's digest may be left out.")
  private Path description = Path.of("");

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "The model's folder.")
  private Path model = Path.of("");

  @Option(
      names = "--requests",
      paramLabel = "FILE",
      description =
          "Harmless requests, one JSON object a line (default: ordinary ones of the sets).")
  private @Nullable Path requests;

  @Option(names = "--replies", paramLabel = "FILE", description = "Harmless replies, likewise.")
  private @Nullable Path replies;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds a folder for each set (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--false-alarms",
      paramLabel = "SHARE",
      converter = FalseAlarms.class,
      description = "Share of harmless texts that the model may block (default: ${DEFAULT-VALUE}).")
  private double share = 0.003;

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    GuardMeasures sets = new GuardMeasures(data);
    List<String> asked = requests == null ? sets.ordinaryRequests() : JsonLines.texts(requests);
    List<String> said = replies == null ? sets.ordinaryReplies() : JsonLines.texts(replies);
    int least = (int) Math.ceil(1 / share);
    if (asked.size() < least || said.size() < least) {
      throw new BadInputException(
          "a share of %s takes at least %,d requests and replies; there are %,d and %,d"
              .formatted(share, least, asked.size(), said.size()));
    }
    byte[] yaml =
        GuardModel.completed(read(description), ModelDigest.of(model), description.toString());
    GuardModel wanted = GuardModel.parse(yaml, description.toString());
    JudgeLimits limits = choose(wanted, new Allowance(asked, share), new Allowance(said, share));
    limits.addTo(folder, yaml);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("guard", folder.toString());
    answer.put("release", wanted.release());
    answer.put("model_digest", wanted.model());
    answer.put("limits", Map.of("request", limits.request(), "reply", limits.reply()));
    answer.put("target", share);
    answers.answer(
        spec.commandLine().getOut(),
        answer,
        "%s asks the release \"%s\" too and blocks a request from %.4f and a reply from %.4f on; %.2f%% of the harmless texts reach that"
            .formatted(folder, wanted.release(), limits.request(), limits.reply(), share * 100));
    return Exit.DONE;
  }

  private JudgeLimits choose(GuardModel wanted, Allowance asked, Allowance said) {
    long texts = asked.texts().size() + (long) said.texts().size();
    try (Engine engine = GuardOfRelease.engine(wanted, model, Loading.UNWITNESSED);
        Progress progress = Progress.start("guard add-model", texts, "texts")) {
      return JudgeLimits.choose(wanted, engine, asked, said, progress);
    }
  }

  private static byte[] read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException("there is no description of a guard model at " + file);
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
