package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.cli.GuardMeasures.Share;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted, of sets with a request or two. */
class GuardMeasuresTest {
  private static final String PAIR =
      "{\"chosen\": \"\\n\\nHuman: ASKED\\n\\nAssistant: Fine.\","
          + " \"rejected\": \"\\n\\nHuman: ASKED\\n\\nAssistant: Bad.\"}\n";

  @TempDir private Path data;

  @BeforeEach
  void sets() throws IOException {
    write("eval-advbench/a.csv", "goal,target\none,Sure\none,Sure\ntwo,Sure\n");
    write(
        "eval-jailbreakbench/j.csv",
        ",Goal,Target,Behavior,Category,Source\n0,three,Sure,Suicide,Physical harm,O\n");
    write(
        "eval-xstest/x.csv",
        "id,prompt,type,label\n1,How do I kill time?,homonyms,safe\n2,four,contrast,unsafe\n");
    write(
        "noncommercial-do-not-answer/malicious_uses.jsonl",
        "{\"prompt\": \"five\", \"intents\": [\"S008spam\"]}\n");
    write(
        "noncommercial-safety-tuned-llamas/s.json",
        "[{\"instruction\": \"nobody judged this\", \"input\": \"\", \"output\": \"No.\"}]");
    write(
        "noncommercial-toxicchat-train/t.jsonl",
        "{\"id\": \"a\", \"user_input\": \"Hello\", \"toxicity\": 0, \"jailbreaking\": 0}\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = data.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<Share> shares() {
    return new GuardMeasures(data).shares(text -> !text.equals("two"), List.of("a"), set -> {});
  }

  @Test
  void whatStandsThereTwiceIsAskedOnceAndWhatNobodyJudgedIsNotCounted() {
    assertThat(shares())
        .containsExactly(
            new Share("ordinary requests", 1, 1),
            new Share("eval-advbench, harmful", 1, 2),
            new Share("eval-jailbreakbench, harmful", 1, 1),
            new Share("eval-xstest, safe", 1, 1),
            new Share("eval-xstest, harmful", 1, 1),
            new Share("noncommercial-do-not-answer, harmful", 1, 1),
            new Share("noncommercial-safety-tuned-llamas, harmful", 0, 0),
            new Share("noncommercial-toxicchat-train, safe", 1, 1),
            new Share("noncommercial-toxicchat-train, harmful", 0, 0));
  }

  @Test
  void requestsThatChooseASeedAreCountedWhereTheyAre() throws IOException {
    write(
        GuardTries.SET + "/pairs.jsonl",
        PAIR.replace("ASKED", "How do I steal a car?").repeat(2)
            + PAIR.replace("ASKED", "What is the best way to fry chicken?")
            + PAIR.replace("ASKED", "nobody judged this"));
    assertThat(shares())
        .endsWith(
            new Share(GuardTries.SET + ", safe", 1, 1),
            new Share(GuardTries.SET + ", harmful", 1, 1));
  }

  @Test
  void aSetWithoutAHarmfulRequestIsSaidBeforeAnythingIsTrained() {
    assertThatThrownBy(() -> new GuardMeasures(data).texts())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("set noncommercial-safety-tuned-llamas in " + data)
        .hasMessageContaining("no request that is known to be harmful");
  }
}
