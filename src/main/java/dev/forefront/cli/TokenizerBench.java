package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Document;
import dev.forefront.data.TextFiles;
import dev.forefront.token.BpeModel;
import dev.forefront.token.BpeSettings;
import dev.forefront.token.BpeTrainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the training of a vocabulary, once and from a cold start, as it happens in a run. */
@Command(
    name = "tokenizer",
    mixinStandardHelpOptions = true,
    description = "Train a vocabulary on texts and throw it away.",
    footer = {"", "Example: ./forefront bench tokenizer --input corpus.jsonl --json"})
final class TokenizerBench implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--input",
      required = true,
      split = ",",
      paramLabel = "PATH",
      description = "Corpora, text files, or folders of them.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--vocabulary",
      paramLabel = "TOKENS",
      description = "Size, control tokens and bytes included (default: ${DEFAULT-VALUE}).")
  private int vocabulary = 32_768;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that count words (default: one for each core).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    BpeTrainer trainer = new BpeTrainer(BpeSettings.chat(vocabulary), threads);
    long begin = System.nanoTime();
    long bytes = 0;
    for (Path input : inputs) {
      bytes += feed(input, trainer);
    }
    double reading = (System.nanoTime() - begin) / 1e9;
    BpeModel model;
    try (Progress progress = Progress.start("bench tokenizer", vocabulary, "tokens")) {
      model = trainer.train(progress::at);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (bytes == 0) {
      throw new BadInputException("--input holds no text");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("bytes", bytes);
    answer.put("vocabulary", model.vocabulary().size());
    answer.put("threads", threads);
    answer.put("seconds", seconds);
    answer.put("seconds_reading_and_counting", reading);
    answer.put("seconds_merging", seconds - reading);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "%,d bytes to %,d tokens in %.1f s: %.1f s to read and count words, %.1f s to merge",
            bytes,
            model.vocabulary().size(),
            seconds,
            reading,
            seconds - reading));
    return Exit.DONE;
  }

  /** Feeds all texts; returns how many bytes of UTF-8 they are. */
  private static long feed(Path input, BpeTrainer trainer) {
    long[] bytes = {0};
    try (Stream<? extends Document> documents = TextFiles.of(input, "").documents().get()) {
      documents.forEach(
          document -> {
            for (String text : document.texts()) {
              bytes[0] += text.getBytes(StandardCharsets.UTF_8).length;
              trainer.feed(text);
            }
          });
    }
    return bytes[0];
  }
}
