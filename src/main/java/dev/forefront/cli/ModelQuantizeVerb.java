package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.generate.Engine;
import dev.forefront.generate.Perplexity;
import dev.forefront.model.Encoding;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model in fewer bits and tells what that cost it. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    description = {
      "Write a model as a GGUF file in fewer bits, and tell its perplexity on a text beside that"
          + " of",
      "the model as it was. The text is cut into windows; the same tokens are scored by both."
    },
    footer = {
      "",
      "Example: ./forefront model quantize models/mine --type q4_0 --text held-out.txt --output"
          + " mine-Q4_0.gguf"
    })
final class ModelQuantizeVerb implements Callable<Integer> {

  /** How matrices are written. */
  enum Type {
    F16,
    Q8_0,
    Q4_0
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "A Hugging Face folder or a GGUF file.")
  private Path source = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "A new file that ends in .gguf.")
  private Path target = Path.of("");

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "q8_0, q4_0 or f16 (default: ${DEFAULT-VALUE}).")
  private Type type = Type.Q8_0;

  @Mixin private CacheOption cache = new CacheOption();

  @Option(
      names = "--text",
      required = true,
      paramLabel = "FILE",
      description = "A text that the model was not trained on.")
  private Path text = Path.of("");

  @Option(
      names = "--window",
      paramLabel = "TOKENS",
      description = "Tokens of a window (default: ${DEFAULT-VALUE}).")
  private int window = 512;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (!target.toString().endsWith(".gguf")) {
      throw new BadInputException(target + " must end in .gguf");
    }
    String words = TextFile.read(text);
    int[] ids;
    Perplexity before;
    try (Engine engine = Engine.open(source)) {
      ids = engine.tokenizer().encode(words);
      before = Perplexity.of(engine.ids(), ids, window);
    }
    long bytesBefore;
    try (OpenModel model = OpenModel.open(source, null)) {
      bytesBefore = model.weightBytes();
      cache.applyTo(model);
      model
          .writeGguf(target, Encoding.valueOf(type.name()))
          .ifPresent(said -> spec.commandLine().getErr().println("note: " + said));
    }
    Perplexity after;
    long bytesAfter;
    try (Engine engine = Engine.open(target);
        OpenModel model = OpenModel.open(target, null)) {
      after = Perplexity.of(engine.ids(), ids, window);
      bytesAfter = model.weightBytes();
    }
    tell(before, after, bytesBefore, bytesAfter);
    return Exit.DONE;
  }

  private void tell(Perplexity before, Perplexity after, long bytesBefore, long bytesAfter) {
    double change = after.value() / before.value() - 1;
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("output", target.toString());
    answer.put("type", type.name());
    answer.put("tokens", before.tokens());
    answer.put("perplexity_before", before.value());
    answer.put("perplexity_after", after.value());
    answer.put("change", change);
    answer.put("bytes_before", bytesBefore);
    answer.put("bytes_after", bytesAfter);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "perplexity %.4f, as %s %.4f (%+.2f %%) on %,d tokens; weights %,d bytes, now %,d: %s",
            before.value(),
            type,
            after.value(),
            100 * change,
            before.tokens(),
            bytesBefore,
            bytesAfter,
            target));
  }
}
