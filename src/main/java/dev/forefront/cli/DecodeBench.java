package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Sampling;
import dev.forefront.generate.IdModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast the engine reads a prompt and writes after it, as llama-bench counts it. */
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    description = "Time reading prompts and writing tokens, of one stream or many at once.",
    footer = {"", "Example: ./forefront bench decode --model model.gguf --json"})
final class DecodeBench implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "Model folder or GGUF file.")
  private @Nullable Path model;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      description = "Tokens of a prompt that is read (default: ${DEFAULT-VALUE}).")
  private int prompt = 512;

  @Option(
      names = "--gen",
      paramLabel = "N",
      description = "Tokens that are written (default: ${DEFAULT-VALUE}).")
  private int gen = 128;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "Replies that are written at once (default: ${DEFAULT-VALUE}).")
  private int streams = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share each operation (default: one for each core).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "Timed rounds, of which the median is told (default: ${DEFAULT-VALUE}).")
  private int repeats = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "Rounds before the timed ones, until the code is compiled (default: ${DEFAULT-VALUE}).")
  private int warmUp = 15;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (prompt < 1 || gen < 1 || streams < 1 || threads < 1 || repeats < 1 || warmUp < 0) {
      throw new BadInputException(
          "--prompt, --gen, --streams, --threads and --repeats must be at least 1, --warm-up at least 0");
    }
    Path file = Objects.requireNonNull(model);
    try (IdModel ids = IdModel.open(file, Loading.UNWITNESSED, threads)) {
      if (Math.max(prompt, gen) >= ids.config().contextLength()) {
        throw new BadInputException(
            "--prompt and --gen must be below the model's context of %d tokens"
                .formatted(ids.config().contextLength()));
      }
      List<Double> reading = new ArrayList<>();
      List<Double> writing = new ArrayList<>();
      long until = System.nanoTime() + warmUp * 1_000_000_000L;
      for (int round = 0; round == 0 || System.nanoTime() < until; round++) {
        seconds(ids, 1, prompt, 1, round);
        seconds(ids, streams, 1, Math.min(gen, 16), round);
      }
      try (Progress progress = Progress.start("rounds", repeats, "rounds")) {
        for (int round = 0; round < repeats; round++) {
          reading.add(prompt / seconds(ids, 1, prompt, 1, round));
          writing.add((double) streams * gen / seconds(ids, streams, 1, gen, round));
          progress.at(round + 1L);
        }
      }
      answer(file, Quantile.of(reading, 0.5), Quantile.of(writing, 0.5));
    }
    return Exit.DONE;
  }

  /** Some replies at once, of random prompts; tokens cost what they cost, whatever they say. */
  private double seconds(IdModel ids, int count, int promptTokens, int tokens, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Thread> running = new ArrayList<>();
    long from = System.nanoTime();
    for (int i = 0; i < count; i++) {
      int[] text = random.ints(promptTokens, 0, ids.config().vocabularySize()).toArray();
      running.add(
          Thread.ofPlatform()
              .name("forefront-bench-" + i)
              .start(
                  () ->
                      ids.write(
                          text, Sampling.greedy(tokens), id -> false, each -> Next.CONTINUE)));
    }
    for (Thread one : running) {
      try {
        one.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BadInputException("the bench was interrupted");
      }
    }
    return (System.nanoTime() - from) / 1e9;
  }

  private void answer(Path file, double reading, double writing) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", file.toString());
    answer.put("prompt_tokens", prompt);
    answer.put("prefill_tokens_per_second", tenth(reading));
    answer.put("generated_tokens", gen);
    answer.put("streams", streams);
    answer.put("decode_tokens_per_second", tenth(writing));
    answer.put("threads", threads);
    answer.put("repeats", repeats);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "reads a prompt of %d tokens at %.1f tokens/s, writes %d tokens in %s at %.1f tokens/s",
            prompt,
            reading,
            gen,
            streams == 1 ? "one stream" : "each of " + streams + " streams",
            writing));
  }

  private static double tenth(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
