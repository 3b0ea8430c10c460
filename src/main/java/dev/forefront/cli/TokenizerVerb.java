package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.data.Document;
import dev.forefront.data.TextFiles;
import dev.forefront.token.BpeModel;
import dev.forefront.token.BpeSettings;
import dev.forefront.token.BpeTrainer;
import dev.forefront.token.Split;
import dev.forefront.token.Tokenizer;
import dev.forefront.token.TokenizerWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Text to ids and back, and the vocabulary between them. */
@Command(
    name = "tokenizer",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Train a vocabulary; turn text into ids and back.",
    footer = {
      "",
      "Example: ./forefront tokenizer train --input runs/corpus --vocabulary 2048 --output"
          + " runs/tokenizer",
      "         ./forefront tokenizer encode --tokenizer runs/tokenizer \"Good day.\""
    })
final class TokenizerVerb implements Runnable {
  /** Text from a pipe that is longer does not belong on a command line. */
  private static final int LONGEST = 64 << 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      description = "Train a byte-level BPE vocabulary, saved as a Hugging Face tokenizer.json.",
      footer = {
        "",
        "Example: ./forefront tokenizer train --input runs/corpus --vocabulary 2048 --output"
            + " runs/tokenizer"
      })
  int train(
      @Option(
              names = "--input",
              required = true,
              split = ",",
              paramLabel = "PATH",
              description = "Corpora, text files, or folders of them.")
          List<Path> inputs,
      @Option(
              names = "--vocabulary",
              defaultValue = "2048",
              paramLabel = "TOKENS",
              description = "Size, control tokens and bytes included (default: ${DEFAULT-VALUE}).")
          int vocabulary,
      @Option(
              names = "--split",
              defaultValue = "forefront",
              converter = SplitName.class,
              paramLabel = "NAME",
              description = {
                "How text is cut into words: forefront (letters with their marks, digits one by"
                    + " one), or a way that llama.cpp has too: smollm (the nearest to it), gpt-2"
                    + " (numbers whole), llama-bpe (three digits together), stablelm2 (as"
                    + " llama-bpe, digits one by one). Default: ${DEFAULT-VALUE}."
              })
          Split split,
      @Option(
              names = "--output",
              required = true,
              paramLabel = "FOLDER",
              description = "Gets tokenizer.json, tokenizer_config.json, chat_template.jinja.")
          Path folder,
      @Mixin Output output) {
    BpeTrainer trainer = new BpeTrainer(BpeSettings.chat(vocabulary, split));
    long documents = 0;
    try (Progress progress = Progress.start("read", -1, "documents")) {
      for (Path input : inputs) {
        documents = feed(corpus(input), trainer, documents, progress);
      }
    }
    try (Progress progress = Progress.start("tokenizer", vocabulary, "tokens")) {
      BpeModel model = trainer.train(progress::at);
      TokenizerWriter.write(folder, model);
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("vocabulary", model.vocabulary().size());
      answer.put("merges", model.merges().size());
      answer.put("documents", documents);
      answer.put("folder", folder.toString());
      output.answer(
          out(),
          answer,
          "%,d tokens from %,d documents: %s"
              .formatted(model.vocabulary().size(), documents, folder));
    }
    return Exit.DONE;
  }

  private static Path corpus(Path input) {
    Path corpus = input.resolve("corpus.jsonl");
    return Files.isRegularFile(corpus) ? corpus : input;
  }

  private static long feed(Path input, BpeTrainer trainer, long before, Progress progress) {
    long[] read = {before};
    try (Stream<? extends Document> documents = TextFiles.of(input, "").documents().get()) {
      documents.forEach(
          document -> {
            document.texts().forEach(trainer::feed);
            progress.at(++read[0]);
          });
    }
    return read[0];
  }

  @Command(
      name = "encode",
      mixinStandardHelpOptions = true,
      description = {
        "Print the ids of a text; without TEXT it is read from standard input.",
        "Text never becomes a control token, whatever it looks like."
      },
      footer = {
        "",
        "Example: ./forefront tokenizer encode --tokenizer runs/tokenizer \"Good day.\""
      })
  int encode(
      @Option(
              names = "--tokenizer",
              required = true,
              paramLabel = "PATH",
              description = "A tokenizer.json or a folder with one.")
          Path path,
      @Parameters(paramLabel = "TEXT", arity = "0..1", description = "What to encode.")
          @Nullable String text,
      @Mixin Output output) {
    Tokenizer tokenizer = Tokenizer.open(path);
    String given = text == null ? standardInput() : text;
    int[] ids = tokenizer.encode(given);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ids", ids);
    answer.put("tokens", tokenizer.tokens(given));
    output.answer(
        out(),
        answer,
        Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    return Exit.DONE;
  }

  @Command(
      name = "decode",
      mixinStandardHelpOptions = true,
      description = "Print the text of ids; control tokens are spelled out.",
      footer = {"", "Example: ./forefront tokenizer decode --tokenizer runs/tokenizer 71 290 13"})
  int decode(
      @Option(
              names = "--tokenizer",
              required = true,
              paramLabel = "PATH",
              description = "A tokenizer.json or a folder with one.")
          Path path,
      @Parameters(
              paramLabel = "ID",
              arity = "0..*",
              description = "Ids, or one JSON list; without any they are read from standard input.")
          @Nullable List<String> ids,
      @Mixin Output output) {
    Tokenizer tokenizer = Tokenizer.open(path);
    String given = ids == null || ids.isEmpty() ? standardInput() : String.join(" ", ids);
    String text = tokenizer.decodeShowingControls(parse(given));
    output.answer(out(), Map.of("text", text), text);
    return Exit.DONE;
  }

  private static int[] parse(String ids) {
    try {
      return ids.strip().startsWith("[")
          ? JsonMapper.shared().readValue(ids, int[].class)
          : Arrays.stream(ids.strip().split("[\\s,]+"))
              .filter(id -> !id.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
    } catch (JacksonException | NumberFormatException e) {
      throw new BadInputException(
          "ids are whole numbers with spaces between them, or a JSON list of them: "
              + e.getMessage(),
          e);
    }
  }

  private static String standardInput() {
    try {
      InputStream in = System.in;
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new BadInputException(
            "the text on standard input is longer than %d MB: use a corpus"
                .formatted(LONGEST >> 20));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(
          "standard input is not UTF-8 text: convert it first, for example with iconv -t UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
