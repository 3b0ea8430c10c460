package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Judged;
import dev.forefront.data.Judged.Label;
import dev.forefront.data.Preference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceFileTest {
  private static final Conversation HELLO = Conversation.of(Message.user("Hello"));

  @TempDir Path folder;

  @Test
  void whatIsWrittenReadsTheSame() {
    List<Preference> pairs =
        List.of(
            new Preference("p", HELLO, "Good day.", "Go \"away\"."),
            new Preference("q", HELLO, "Good day.", "Day.", 0.5));
    List<Judged> judged =
        List.of(
            new Judged("a", HELLO, "Hi.", Label.DESIRABLE),
            new Judged("b", HELLO, "No\nno.", Label.UNDESIRABLE));
    PreferenceFile.write(folder.resolve("pairs.jsonl"), pairs);
    PreferenceFile.writeJudged(folder.resolve("judged.jsonl"), judged);
    assertThat(PreferenceFile.read(folder.resolve("pairs.jsonl")).pairs()).isEqualTo(pairs);
    assertThat(PreferenceFile.read(folder.resolve("judged.jsonl")).judged()).isEqualTo(judged);
    assertThat(PreferenceFile.read(folder))
        .as("all files of a folder")
        .isEqualTo(new PreferenceFile.Lines(pairs, judged));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'prompt': 'Hello', 'completion': 'Hi.', 'label': true}",
        "{'prompt': [{'role': 'user', 'content': 'Hello'}], 'completion': [{'role': 'assistant',"
            + " 'content': 'Hi.'}], 'label': true}",
        "{'messages': [{'role': 'user', 'content': 'Hello'}], 'completion': 'Hi.', 'label': true}",
        "{'messages': [{'role': 'user', 'content': 'Hello'}, {'role': 'assistant', 'content':"
            + " 'Hi.'}], 'label': true}"
      })
  void aJudgedReplyMayBeWrittenInManyWays(String line) throws IOException {
    assertThat(PreferenceFile.read(write("", line)).judged())
        .containsExactly(new Judged("2", HELLO, "Hi.", Label.DESIRABLE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'prompt': 'Hello', 'completion': 'Hi.'}                    | \"label\" must be true",
        "{'prompt': 'Hello', 'completion': 'Hi.', 'label': 1}        | \"label\" must be true",
        "{'prompt': 'Hello', 'label': true}                          | \"completion\" holds no"
            + " reply",
        "{'completion': 'Hi.', 'label': true}                        | \"prompt\" must end with a"
            + " turn",
        "{'prompt': [], 'completion': 'Hi.', 'label': true}          | \"prompt\" must end with a"
            + " turn",
        "{'messages': [{'role': 'user'}], 'completion': 'Hi.', 'label': true} | no text as"
            + " \"content\"",
        "{'messages': [{'role': 'boss', 'content': 'x'}], 'label': true} | role \"boss\" is none"
            + " of",
        "{'prompt': 'Hello', 'chosen': 'Hi.'}                        | \"rejected\" holds no reply",
        "{'prompt': 'Hello', 'chosen': 'a', 'rejected': 'b', 'label': true} | either a pair",
        "{'prompt': 'Hello', 'chosen': 'a', 'rejected': 'b', 'margin': 'x'} | must be a number",
        "{'prompt': 'Hello', 'chosen': 'a', 'rejected': 'b', 'margin': -1} | a margin is 0 or"
            + " above",
        "{'prompt': 'Hello', 'chosen': 'a', 'rejected': 'a'}         | prefers a reply to itself",
        "{'prompt': 'Hello'}                                         | either a pair",
        "{'prompt': 'Hello'                                          | is no JSON"
      })
  void aWrongLineIsNamedTogetherWithTheCure(String line, String words) throws IOException {
    Path file = write("{'prompt': 'Hello', 'completion': 'Hi.', 'label': false}", "", line);
    assertThatThrownBy(() -> PreferenceFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ", line 3")
        .hasMessageContaining(words);
  }

  @Test
  void aFolderWithoutJsonLinesIsSaidSo() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "well");
    assertThatThrownBy(() -> PreferenceFile.read(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("holds no .jsonl file");
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(
        folder.resolve("lines.jsonl"), String.join("\n", lines).replace('\'', '"'));
  }
}
