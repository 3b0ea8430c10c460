package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.model.Encoding;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model for other programs. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Write a model as a GGUF file (llama.cpp, Ollama) or as a safetensors folder (Hugging Face).",
      "A released model for others goes out by `release export`, which signs it."
    },
    footer = {
      "",
      "Example: ./forefront model export runs/demo/preference/model --type q8_0 --output"
          + " demo-Q8_0.gguf",
      "         ./forefront model export demo-Q8_0.gguf --type f16 --output demo-folder"
    })
final class ModelExportVerb implements Callable<Integer> {

  /** How matrices are written. */
  enum Type {
    F32,
    F16,
    BF16,
    Q8_0,
    Q4_0
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "A Hugging Face folder or a GGUF file.")
  private Path source = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH",
      description = "A new file that ends in .gguf, or a new folder for safetensors.")
  private Path target = Path.of("");

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "f32, f16, bf16; in GGUF also q8_0, q4_0 (default: ${DEFAULT-VALUE}).")
  private Type type = Type.F16;

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER",
      description = "A PEFT LoRA adapter to merge into the weights.")
  private @Nullable Path adapter;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    boolean gguf = target.toString().endsWith(".gguf");
    Optional<String> note = Optional.empty();
    try (OpenModel model = OpenModel.open(source, adapter)) {
      if (gguf) {
        note = model.writeGguf(target, Encoding.valueOf(type.name()));
      } else {
        model.writeFolder(target, folderType());
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("output", target.toString());
    answer.put("format", gguf ? "gguf" : "safetensors");
    answer.put("type", type.name());
    long bytes;
    try (OpenModel written = OpenModel.open(target, null)) {
      bytes = written.bytes();
      answer.put("bytes", bytes);
      answer.put("digest", written.digest());
    }
    note.ifPresent(
        said -> {
          answer.put("note", said);
          spec.commandLine().getErr().println("note: " + said);
        });
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "%s in %s, %,d bytes: %s".formatted(answer.get("format"), type.name(), bytes, target));
    return Exit.DONE;
  }

  private Encoding folderType() {
    return switch (type) {
      case F32 -> Encoding.F32;
      case F16 -> Encoding.F16;
      case BF16 -> Encoding.BF16;
      case Q8_0, Q4_0 ->
          throw new BadInputException(
              "--type %s needs a GGUF file: let --output end in .gguf".formatted(type));
    };
  }
}
