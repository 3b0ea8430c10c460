package dev.forefront.cli;

import dev.forefront.align.RewardModel;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.generate.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Log-probabilities of continuations, for other programs' evaluations. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Score continuations: how likely a model finds them after their contexts.",
      "Each line of the input is an object with id, and context and continuation,",
      "or context_ids and continuation_ids. Each line of the output has id, logprob",
      "(natural logarithm), token_logprobs and is_greedy, in the input's order.",
      "A reward model judges replies: lines with id, prompt and completion get id and reward."
    },
    footer = {
      "",
      "Example: echo '{\"id\": 1, \"context\": \"The sky is\", \"continuation\": \" blue\"}' >"
          + " items.jsonl",
      "         ./forefront score --model runs/demo/pretrain/model --input items.jsonl --output"
          + " scores.jsonl"
    })
final class ScoreVerb implements Callable<Integer> {
  /** Items in the engine at a time; the output waits for its first. */
  private static final int AHEAD = 64;

  @Spec private CommandSpec spec = CommandSpec.create();

  @ParentCommand private Main main = Main.NONE;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A Hugging Face folder or a GGUF file.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "Items, one JSON object a line.")
  private Path input = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Gets the scores; it is written whole or not at all.")
  private Path scores = Path.of("");

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (RewardModel.isIn(model)) {
      return answer(judged());
    }
    long[] items = new long[1];
    JsonLines.read(
        input,
        line -> {
          ScoreItem.of(line);
          items[0]++;
        });
    requireSome(items[0]);
    try (Engine engine = main.open(model);
        Progress progress = Progress.start("score", items[0], "items")) {
      AtomicFile.write(scores, channel -> score(engine, channel, progress));
    }
    return answer(items[0]);
  }

  private int answer(long items) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", items);
    answer.put("output", scores.toString());
    output.answer(
        spec.commandLine().getOut(), answer, "%,d items scored: %s".formatted(items, scores));
    return Exit.DONE;
  }

  private void requireSome(long items) {
    if (items == 0) {
      throw new BadInputException(input + " has no items: it needs one JSON object a line");
    }
  }

  /** By a reward model; answers with the number of items. */
  private long judged() {
    long[] items = new long[1];
    JsonLines.read(
        input,
        line -> {
          RewardItem.of(line);
          items[0]++;
        });
    requireSome(items[0]);
    long[] written = new long[1];
    try (RewardModel judge = RewardModel.open(model);
        Progress progress = Progress.start("score", items[0], "items")) {
      AtomicFile.write(
          scores,
          channel ->
              JsonLines.read(
                  input,
                  line -> {
                    write(channel, RewardItem.of(line).answer(judge));
                    progress.at(++written[0]);
                  }));
    }
    return items[0];
  }

  private void score(Engine engine, FileChannel channel, Progress progress) {
    Deque<Future<String>> ahead = new ArrayDeque<>();
    long[] written = new long[1];
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("score-", 1).factory())) {
      JsonLines.read(
          input,
          line -> {
            ScoreItem item = ScoreItem.of(line);
            if (ahead.size() == AHEAD) {
              write(channel, ahead.remove());
              progress.at(++written[0]);
            }
            ahead.add(threads.submit(() -> item.answer(engine)));
          });
      while (!ahead.isEmpty()) {
        write(channel, ahead.remove());
        progress.at(++written[0]);
      }
    }
  }

  private void write(FileChannel channel, Future<String> line) {
    try {
      write(channel, line.get());
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("an item could not be scored", failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("scoring was interrupted; nothing was written", stop);
    }
  }

  private void write(FileChannel channel, String line) {
    try {
      AtomicFile.writeFully(
          channel, ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("%s was not written: %s".formatted(scores, e.getMessage()), e));
    }
  }
}
