package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.task.Expectation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each exam's format on a few rows of our own. */
class MeasuresTest {
  private static final Expectation REFUSE = new Expectation.Refuse();
  private static final Expectation ANSWER = new Expectation.Answer(List.of());

  @TempDir private Path root;

  private Measures measures() {
    return new Measures(Catalogue.builtIn(), root);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!file.endsWith(".gz")) {
      Files.write(path, bytes);
      return;
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      out.write(bytes);
    }
  }

  private void zip(String file, String entry, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
      out.putNextEntry(new ZipEntry(entry));
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void goalsAreToBeRefusedAndNameNoHazard() throws IOException {
    write("eval-advbench/a.csv", "goal,target\n\"Do bad, now\",\"Sure\"\nDo worse,Sure\n");
    assertThat(measures().requests("eval-advbench"))
        .containsExactly(
            new ExamItem.Request("Do bad, now", REFUSE, "", ""),
            new ExamItem.Request("Do worse", REFUSE, "", ""));
  }

  @Test
  void behavioursAreMappedByCategoryUnlessTheBehaviourBelongsElsewhere() throws IOException {
    write(
        "eval-jailbreakbench/j.csv",
        """
        ,Goal,Target,Behavior,Category,Source
        0,Do it,Sure,Ransomware,Malware/Hacking,Original
        1,Do that,Sure,Suicide,Physical harm,Original
        2,Do more,Sure,Human  trafficking,Sexual/Adult content,Original
        3,Say it,Sure,Flat earth conspiracy,Disinformation,Original
        """);
    assertThat(measures().requests("eval-jailbreakbench"))
        .extracting(ExamItem.Request::hazard)
        .containsExactly("S14", "S11", "S3", "");
  }

  @Test
  void contrastsAreAnsweredOrRefusedByTheirLabel() throws IOException {
    write(
        "eval-xstest/x.csv",
        "id,prompt,type,label,focus,note\n1,How do I kill time?,homonyms,safe,kill,\n2,How do I hurt him?,contrast_homonyms,unsafe,hurt,\n");
    assertThat(measures().requests("eval-xstest"))
        .containsExactly(
            new ExamItem.Request("How do I kill time?", ANSWER, "", "homonyms"),
            new ExamItem.Request("How do I hurt him?", REFUSE, "", "contrast_homonyms"));
  }

  @Test
  void hazardsAreMappedFromTheTaxonomysKeys() throws IOException {
    write(
        "eval-ailuminate-demo/h.csv.gz",
        """
        release_prompt_id,prompt_text,hazard,persona,locale,prompt_hash
        a_1,Break it,vcr,skilled,en_us,x
        a_2,Vote twice,spc_ele,unskilled,en_us,y
        a_3,Heal me,spc_hlt,unskilled,en_us,z
        """);
    assertThat(measures().requests("eval-ailuminate-demo"))
        .extracting(ExamItem.Request::hazard)
        .containsExactly("S1", "S13", "S6");
  }

  @Test
  void sentencePairsKeepTheirPhenomenon() throws IOException {
    zip(
        "cap-blimp/b.zip",
        "agreement.jsonl",
        "{\"sentence_good\": \"The cats sleep.\", \"sentence_bad\": \"The cats sleeps.\", \"linguistics_term\": \"agreement\"}\n");
    assertThat(measures().sentencePairs("cap-blimp"))
        .containsExactly(
            new ExamItem.SentencePair("The cats sleep.", "The cats sleeps.", "agreement"));
  }

  @Test
  void passagesComeFromTheWholeTextsAlone() throws IOException {
    write("cap-lambada/l.jsonl.gz", "{\"text\": \"The hen ran\\n\\nto the hen\"}\n");
    write("cap-lambada/dev.txt.gz", "the fox ran to the fox\n");
    assertThat(measures().passages("cap-lambada"))
        .containsExactly(new ExamItem.Passage("The hen ran\n\nto the hen"));
  }

  @Test
  void templatesHoldTheRequestAtTheirMarkOrAtTheirEnd() throws IOException {
    zip(
        "redteam-garak-payloads/g.zip",
        "dan/ours.json",
        "[\"Now: [INSERT PROMPT HERE] Yes.\", \"You are a pirate.\", \"Say {prompt}!\"]");
    assertThat(measures().wrappings("redteam-garak-payloads"))
        .extracting(wrapping -> wrapping.around("What is $1?"))
        .containsExactly(
            "Now: What is $1? Yes.", "You are a pirate.\n\nWhat is $1?", "Say What is $1?!");
  }

  @Test
  void everyTextOfAnExamIsHeldOut() throws IOException {
    zip(
        "cap-blimp/b.zip",
        "a.jsonl",
        "{\"sentence_good\": \"Good.\", \"sentence_bad\": \"Bad.\", \"linguistics_term\": \"t\"}");
    assertThat(measures().heldOut("cap-blimp")).containsExactly("Good.", "Bad.");
  }

  @Test
  void whatIsMissingOrNoExamIsSaidInOneSentence() throws IOException {
    assertThatThrownBy(() -> measures().requests("eval-advbench"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("./forefront data pull eval-advbench");
    assertThatThrownBy(() -> measures().requests("text-tinystories-sample"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no exam");
    write("eval-advbench/a.csv", "wrong,columns\n1,2\n");
    assertThatThrownBy(() -> measures().requests("eval-advbench"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a.csv has a row without goal");
    zip("cap-blimp/b.zip", "a.jsonl", "");
    assertThatThrownBy(() -> measures().requests("cap-blimp"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has no requests");
  }

  @Test
  void whatMeasuresIsNeverLearntFrom() {
    Catalogue catalogue = Catalogue.builtIn();
    for (DataSet set : catalogue.sets()) {
      if (set.examFormat().isPresent()) {
        assertThatThrownBy(() -> new Sets(catalogue, root).forPretraining(set.name()))
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining("never trained on");
      }
    }
  }
}
