package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ScoreVerbTest {
  private static final String GOOD =
      "{\"id\": \"a\", \"context\": \"The river\", \"continuation\": \" runs\"}\n";

  @TempDir private Path folder;

  private Ran score(String items) throws IOException {
    return score(items.getBytes(StandardCharsets.UTF_8));
  }

  private Ran score(byte[] items) throws IOException {
    Files.write(folder.resolve("items.jsonl"), items);
    return Ran.of(
        new ScoreVerb(),
        "--model",
        ReferenceModels.ofText().toString(),
        "--input",
        folder.resolve("items.jsonl").toString(),
        "--output",
        folder.resolve("scores.jsonl").toString(),
        "--json");
  }

  @Test
  void answersInTheInputsOrderUnderTheInputsIds() throws IOException {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      items.append(
          "{\"id\": %d, \"context_ids\": [%d], \"continuation_ids\": [%d, 7]}\n\n"
              .formatted(i, i % 50, i % 9));
    }
    Ran ran = score(items.append(GOOD).toString());
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    assertThat(ran.out()).contains("\"items\":201");
    List<String> lines = Files.readAllLines(folder.resolve("scores.jsonl"));
    assertThat(lines).hasSize(201);
    for (int i = 0; i < 200; i++) {
      assertThat(JsonMapper.shared().readTree(lines.get(i)).path("id").asInt()).isEqualTo(i);
      assertThat(JsonMapper.shared().readTree(lines.get(i)).path("token_logprobs").size())
          .isEqualTo(2);
    }
    assertThat(lines.getLast()).startsWith("{\"id\":\"a\",\"logprob\":-");
  }

  @Test
  void aBadLineIsNamedAndNothingIsWritten() throws IOException {
    Files.writeString(folder.resolve("scores.jsonl"), "old");
    for (String bad :
        List.of(
            "{\"id\": 1",
            "[1]",
            "{\"context\": \"a\", \"continuation\": \"b\"}",
            "{\"id\": 1, \"context\": \"a\"}",
            "{\"id\": 1, \"context\": \"a\", \"continuation\": \"\"}",
            "{\"id\": 1, \"context\": \"a\", \"continuation_ids\": [1]}",
            "{\"id\": 1, \"context_ids\": [1], \"continuation_ids\": [1.5]}",
            "{\"id\": 1, \"context_ids\": [-1], \"continuation_ids\": [1]}",
            "{\"id\": 1, \"context_ids\": [1], \"continuation_ids\": [100000]}",
            "{\"id\": 1, \"context\": \"\", \"continuation\": \"%s\"}"
                .formatted("x y ".repeat(99)))) {
      Ran ran = score(GOOD + GOOD + bad + "\n" + GOOD);
      assertThat(ran.exit()).as(bad).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).as(bad).contains("items.jsonl, line 3");
    }
    assertThat(folder.resolve("scores.jsonl")).hasContent("old");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(2);
    }
  }

  @Test
  void aFileThatHoldsNoItemsIsSaidToBeOne() throws IOException {
    assertThat(score("\n\n").err()).contains("has no items");
    byte[] latin = "{\"id\": 1, \"context\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(score(latin).err()).contains("is not UTF-8");
    assertThat(score(latin).exit()).isEqualTo(Exit.USAGE);
    Files.delete(folder.resolve("items.jsonl"));
    Ran missing =
        Ran.of(
            new ScoreVerb(),
            "--model",
            ReferenceModels.ofText().toString(),
            "--input",
            folder.resolve("items.jsonl").toString(),
            "--output",
            folder.resolve("scores.jsonl").toString());
    assertThat(missing.exit()).isEqualTo(Exit.USAGE);
    assertThat(missing.err()).contains("does not exist");
    assertThat(folder.resolve("scores.jsonl")).doesNotExist();
  }
}
