package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.evaluate.EvaluationSettings;
import dev.forefront.evaluate.LastWord;
import dev.forefront.evaluate.Result;
import dev.forefront.generate.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The verbs and suites against the recorded figures of an evaluation harness. */
class ScoringReferenceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path FOLDER = ReferenceModels.reference("scoring");

  @TempDir private Path folder;

  /** Every file of requests with continuations, as words and as ids. */
  @TestFactory
  List<DynamicTest> scoresContinuationsAsTheHarnessDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith("-requests.jsonl")).toList()) {
        List<JsonNode> requests = requests(file);
        if (requests.stream().anyMatch(request -> request.has("continuation_ids"))) {
          String name = file.getFileName().toString();
          tests.add(DynamicTest.dynamicTest(name + " words", () -> compare(requests, "")));
          tests.add(DynamicTest.dynamicTest(name + " ids", () -> compare(requests, "_ids")));
        }
      }
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  /** What the harness reads in windows, where one window holds the whole text. */
  @Test
  void scoresWholeTextsAfterTheTokenThatPartsDocuments() throws IOException {
    List<JsonNode> whole = new ArrayList<>();
    try (Engine engine = Engine.open(ReferenceModels.ofText())) {
      for (JsonNode request : requests(FOLDER.resolve("rolling-requests.jsonl"))) {
        String text = request.path("text").asString();
        if (engine.tokenizer().encode(text).length <= engine.contextLength()) {
          ObjectNode item = JSON.createObjectNode().put("context", "").put("continuation", text);
          item.set("loglikelihood", request.path("loglikelihood"));
          whole.add(item);
        }
      }
    }
    assertThat(whole).isNotEmpty();
    compare(whole, "");
  }

  @Test
  void predictsLastWordsAsTheHarnessDoes() throws IOException {
    List<String> passages = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve("cloze.jsonl"))) {
      JsonNode item = JSON.readTree(line);
      passages.add(item.path("text").asString() + " " + item.path("word").asString());
    }
    JsonNode expected =
        JSON.readTree(Files.readString(FOLDER.resolve("results.json")))
            .path("results")
            .path("cloze");
    try (Engine engine = Engine.open(ReferenceModels.ofText())) {
      List<Result> results =
          new LastWord("cloze", passages)
              .measure(engine, EvaluationSettings.standard(), done -> {})
              .results();
      assertThat(results).extracting(Result::metric).contains("accuracy", "word_perplexity");
      double perplexity = expected.path("perplexity").asDouble();
      assertThat(results.get(0).value()).isEqualTo(expected.path("acc").asDouble());
      assertThat(results.get(1).value()).isCloseTo(perplexity, within(1e-4 * perplexity));
    }
  }

  @Test
  void writesWhatTheHarnessSawWritten() throws IOException {
    List<String> lines = Files.readAllLines(FOLDER.resolve("generate-requests.jsonl"));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      JsonNode request = JSON.readTree(line);
      int most = request.path("max_gen_toks").asInt();
      int[] prompt;
      try (Engine engine = Engine.open(ReferenceModels.ofText())) {
        int[] all = engine.tokenizer().encode(request.path("context").asString());
        prompt = Arrays.copyOfRange(all, Math.max(0, all.length - 64 + most), all.length);
      }
      Ran ran =
          Ran.of(
              new GenerateVerb(),
              "--model",
              ReferenceModels.ofText().toString(),
              "--ids",
              Arrays.toString(prompt),
              "--greedy",
              "--max-tokens",
              "" + most,
              "--json");
      assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
      assertThat(cut(JSON.readTree(ran.out()).path("text").asString(), request.path("until")))
          .isEqualTo(request.path("output").asString());
    }
  }

  private static String cut(String text, JsonNode until) {
    int end = text.length();
    for (JsonNode stop : until) {
      int at = text.indexOf(stop.asString());
      end = at < 0 ? end : Math.min(end, at);
    }
    return text.substring(0, end);
  }

  private static List<JsonNode> requests(Path file) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JSON.readTree(line).path("requests").forEach(all::add);
    }
    return all;
  }

  private void compare(List<JsonNode> requests, String form) throws IOException {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < requests.size(); i++) {
      ObjectNode item = JSON.createObjectNode().put("id", i);
      item.set("context" + form, requests.get(i).path("context" + form));
      item.set("continuation" + form, requests.get(i).path("continuation" + form));
      items.append(item).append('\n');
    }
    Path input = folder.resolve("items.jsonl");
    Path output = folder.resolve("scores.jsonl");
    Files.writeString(input, items);
    Ran ran =
        Ran.of(
            new ScoreVerb(),
            "--model",
            ReferenceModels.ofText().toString(),
            "--input",
            input.toString(),
            "--output",
            output.toString());
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    List<String> scores = Files.readAllLines(output);
    assertThat(scores).hasSameSizeAs(requests);
    for (int i = 0; i < scores.size(); i++) {
      compare(JSON.readTree(scores.get(i)), requests.get(i), i);
    }
  }

  private static void compare(JsonNode score, JsonNode request, int place) {
    double expected = request.path("loglikelihood").asDouble();
    double tolerance = Math.max(1e-3, 1e-4 * Math.abs(expected));
    assertThat(score.path("id").asInt()).isEqualTo(place);
    assertThat(score.path("logprob").asDouble())
        .as(request.toString())
        .isCloseTo(expected, within(tolerance));
    if (request.has("is_greedy")) {
      JsonNode each = score.path("token_logprobs");
      assertThat(score.path("is_greedy").asBoolean())
          .isEqualTo(request.path("is_greedy").asBoolean());
      assertThat(each.size()).isEqualTo(request.path("continuation_ids").size());
      assertThat(IntStream.range(0, each.size()).mapToDouble(i -> each.get(i).asDouble()).sum())
          .isCloseTo(expected, within(tolerance));
    }
  }
}
