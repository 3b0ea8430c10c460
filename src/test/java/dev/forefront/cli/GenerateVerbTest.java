package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateVerbTest {
  @TempDir private Path folder;

  private static Ran generate(Path model, String... args) {
    List<String> all = new ArrayList<>(List.of("--model", model.toString()));
    all.addAll(List.of(args));
    return Ran.of(new GenerateVerb(), all.toArray(String[]::new));
  }

  private static Ran generate(String... args) {
    return generate(ReferenceModels.ofText(), args);
  }

  private static JsonNode json(Ran ran) {
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    return JsonMapper.shared().readTree(ran.out());
  }

  @Test
  void tellsIdsTextAndLogProbabilities() {
    JsonNode answer =
        json(generate("--prompt", "The river", "--greedy", "--max-tokens", "5", "--json"));
    assertThat(answer.path("ids").size()).isBetween(1, 5);
    assertThat(answer.path("logprobs").size()).isEqualTo(answer.path("ids").size());
    for (JsonNode logprob : answer.path("logprobs")) {
      assertThat(logprob.asDouble()).isNegative();
    }
    assertThat(answer.path("text").asString()).isNotEmpty();
    assertThat(answer.path("stop_reason").asString()).isIn("max_tokens", "end_of_turn");
  }

  @Test
  void anArchitectureThatNobodyComputesIsRefusedByName() throws IOException {
    Path model = ReferenceModels.ofChat(folder);
    Files.writeString(
        model.resolve("config.json"),
        "{\"architectures\": [\"BertModel\"], \"model_type\": \"bert\"}");
    Ran ran = generate(model, "--prompt", "The");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err().lines())
        .singleElement()
        .asString()
        .contains("config.json: model_type \"bert\" is not supported; known are")
        .contains("llama");
  }

  @Test
  void showsTheSameTextToPeople() {
    String text =
        json(generate("--prompt", "The river", "--greedy", "--max-tokens", "5", "--json"))
            .path("text")
            .asString();
    Ran shown = generate("--prompt", "The river", "--greedy", "--max-tokens", "5");
    assertThat(shown.out()).isEqualTo(text + System.lineSeparator());
  }

  @Test
  void theSameSeedWritesTheSameTextAndAnotherSeedAnother() {
    String[] one = {"--prompt", "The", "--temperature", "2", "--seed", "1", "--json"};
    String[] two = {"--prompt", "The", "--temperature", "2", "--seed", "2", "--json"};
    assertThat(generate(one)).isEqualTo(generate(one));
    assertThat(json(generate(one))).isNotEqualTo(json(generate(two)));
  }

  @Test
  void chatsWhereTheModelHasATemplate() throws IOException {
    Path model = ReferenceModels.ofChat(folder);
    JsonNode chat =
        json(
            generate(
                model, "--chat", "--prompt", "Hello", "--greedy", "--max-tokens", "8", "--json"));
    JsonNode plain =
        json(generate(model, "--prompt", "Hello", "--greedy", "--max-tokens", "8", "--json"));
    assertThat(chat.path("logprobs")).isNotEqualTo(plain.path("logprobs"));
    Ran without = generate("--chat", "--prompt", "Hello");
    assertThat(without.exit()).isEqualTo(Exit.USAGE);
    assertThat(without.err()).contains("has no chat template");
  }

  @Test
  void writesWhatASchemaAllows() throws IOException {
    Path schema = folder.resolve("schema.json");
    Files.writeString(schema, "{\"enum\": [\"yes\", \"no\"]}");
    JsonNode answer =
        json(generate("--prompt", "Well?", "--json-schema", schema.toString(), "--json"));
    assertThat(answer.path("text").asString()).isIn("\"yes\"", "\"no\"");
    assertThat(answer.path("stop_reason").asString()).isEqualTo("end_of_turn");

    Files.writeString(schema, "{\"not\": {}}");
    Ran refused = generate("--prompt", "Well?", "--json-schema", schema.toString());
    assertThat(refused.exit()).isEqualTo(Exit.USAGE);
    assertThat(refused.err()).contains("schema.json: at #: the keyword not is not supported");
  }

  @Test
  void badInputIsOneSentenceAndEndsWithTwo() {
    assertThat(generate().exit()).isEqualTo(Exit.USAGE);
    assertThat(generate("--ids", "[1]", "--prompt", "x").exit()).isEqualTo(Exit.USAGE);
    String[][] cases = {
      {"whole numbers", "--ids", "[1, 2.5]"},
      {"whole numbers", "--ids", "seven"},
      {"run from 0 to 480", "--ids", "[99999]"},
      {"nothing to continue", "--ids", "[]"},
      {"--chat takes words", "--ids", "[1]", "--chat"},
      {"exclude each other", "--prompt", "x", "--greedy", "--temperature", "1"},
      {"max_tokens", "--prompt", "x", "--max-tokens", "0"},
      {"temperature", "--prompt", "x", "--temperature", "-1"},
      {"reads at most 63", "--prompt", "word ".repeat(100)},
    };
    for (String[] one : cases) {
      List<String> args = List.of(one).subList(1, one.length);
      Ran ran = generate(args.toArray(String[]::new));
      assertThat(ran.exit()).as(args.toString()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).as(args.toString()).contains(one[0]);
      assertThat(ran.out()).isEmpty();
    }
    Ran nowhere = generate(folder.resolve("none"), "--prompt", "x");
    assertThat(nowhere.exit()).isEqualTo(Exit.USAGE);
  }
}
