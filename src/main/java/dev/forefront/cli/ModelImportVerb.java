package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.model.Encoding;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a folder of our layout from what others publish. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Turn a Hugging Face folder or a GGUF file into a folder that every verb takes:",
      "config.json, model.safetensors, tokenizer.json and the chat template.",
      "What is not understood is refused; nothing is computed as something else."
    },
    footer = {
      "",
      "Example: ./forefront model import model-Q8_0.gguf --output models/mine",
      "         ./forefront model import downloads/base --quantize q8_0 --output models/small",
      "         ./forefront model import downloads/base --adapter downloads/lora --output"
          + " models/tuned"
    })
final class ModelImportVerb implements Callable<Integer> {

  /** How numbers are written. */
  enum Type {
    F32,
    F16,
    BF16
  }

  /** How matrices are written in fewer bits. */
  enum Quantized {
    Q8_0,
    Q4_0
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SOURCE", description = "A Hugging Face folder or a GGUF file.")
  private Path source = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      description = "A new folder for the model.")
  private Path folder = Path.of("");

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "f32, f16 or bf16 (default: as stored; f32 for quantized weights and with an adapter).")
  private @Nullable Type type;

  @Option(
      names = "--quantize",
      paramLabel = "TYPE",
      description = {
        "q8_0 or q4_0: matrices in groups of 32 numbers of 8 or 4 bits, which the engine computes",
        "with as they are. 'model quantize' tells what that costs."
      })
  private @Nullable Quantized quantized;

  @Mixin private CacheOption cache = new CacheOption();

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER",
      description = "A PEFT LoRA adapter to merge into the weights.")
  private @Nullable Path adapter;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (type != null && quantized != null) {
      throw new BadInputException("--dtype and --quantize say two things: leave one of them out");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    long parameters;
    try (OpenModel model = OpenModel.open(source, adapter)) {
      parameters = model.weights().config().parameters();
      Encoding stored = encoding(model);
      cache.applyTo(model);
      model.writeFolder(folder, stored);
      answer.put("folder", folder.toString());
      answer.put("architecture", model.weights().config().architecture().modelType());
      answer.put("parameters", parameters);
      answer.put("dtype", stored.name());
      answer.put("key_value_cache", model.weights().config().cache().label());
      answer.put("digest", ModelDigest.of(folder));
    }
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "%s, %,d parameters in %s: %s"
            .formatted(answer.get("architecture"), parameters, answer.get("dtype"), folder));
    return Exit.DONE;
  }

  private Encoding encoding(OpenModel model) {
    if (quantized != null) {
      return Encoding.valueOf(quantized.name());
    }
    return type == null ? stored(model) : Encoding.valueOf(type.name());
  }

  private Encoding stored(OpenModel model) {
    if (adapter == null) {
      for (Encoding only : new Encoding[] {Encoding.F16, Encoding.BF16}) {
        // Vectors are often float32 beside 16-bit matrices; the matrices decide.
        if (model.weights().stored().keySet().stream()
            .allMatch(encoding -> encoding == only || encoding == Encoding.F32)) {
          boolean any = model.weights().stored().containsKey(only);
          return any ? only : Encoding.F32;
        }
      }
    }
    return Encoding.F32;
  }
}
