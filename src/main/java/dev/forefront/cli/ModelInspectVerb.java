package dev.forefront.cli;

import dev.forefront.model.Encoding;
import dev.forefront.model.ModelConfig;
import dev.forefront.token.EmbeddedVocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a model's files hold. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Tell a model's architecture, sizes, number formats, tokenizer and digest.",
    footer = {"", "Example: ./forefront model inspect model-Q4_K_M.gguf --json"})
final class ModelInspectVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "A Hugging Face folder or a GGUF file.")
  private Path path = Path.of("");

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Map<String, Object> answer = new LinkedHashMap<>();
    try (OpenModel model = OpenModel.open(path, null)) {
      ModelConfig config = model.weights().config();
      answer.put("model", path.toString());
      answer.put("format", model.gguf() == null ? "safetensors" : "gguf");
      answer.put("architecture", config.architecture().modelType());
      answer.put("parameters", config.parameters());
      answer.put("layers", config.layers());
      answer.put("hidden_size", config.hiddenSize());
      answer.put("intermediate_size", config.intermediateSize());
      answer.put("heads", config.heads());
      answer.put("key_value_heads", config.keyValueHeads());
      answer.put("head_size", config.headSize());
      answer.put("context_length", config.contextLength());
      answer.put("key_value_cache", config.cache().label());
      answer.put("vocabulary", config.vocabularySize());
      answer.put("tied", config.tied());
      Map<String, Long> bytes = new LinkedHashMap<>();
      for (Map.Entry<Encoding, Long> stored : model.weights().stored().entrySet()) {
        bytes.put(stored.getKey().name(), stored.getValue());
      }
      answer.put("bytes_by_type", bytes);
      answer.put("bytes", model.bytes());
      describeTokenizer(model, answer);
      answer.put("digest", model.digest());
    }
    output.answer(
        spec.commandLine().getOut(),
        answer,
        answer.entrySet().stream()
            .map(entry -> "%-18s %s".formatted(entry.getKey(), shown(entry.getValue())))
            .collect(Collectors.joining(System.lineSeparator())));
    return Exit.DONE;
  }

  private static void describeTokenizer(OpenModel model, Map<String, Object> answer) {
    if (model.gguf() == null) {
      boolean json = Files.exists(model.path().resolve("tokenizer.json"));
      boolean pieces = Files.exists(model.path().resolve("tokenizer.model"));
      answer.put("tokenizer", json ? "tokenizer.json" : pieces ? "tokenizer.model" : "none");
      answer.put("chat_template", Files.exists(model.path().resolve("chat_template.jinja")));
      return;
    }
    Optional<EmbeddedVocabulary> vocabulary = model.vocabulary();
    answer.put(
        "tokenizer",
        vocabulary
            .map(v -> "%s (%s), %,d tokens".formatted(v.kind(), v.splitter(), v.tokens().size()))
            .orElse("none"));
    answer.put("chat_template", vocabulary.filter(v -> !v.chatTemplate().isEmpty()).isPresent());
  }

  private static String shown(Object value) {
    return value instanceof Number number ? "%,d".formatted(number.longValue()) : value.toString();
  }
}
