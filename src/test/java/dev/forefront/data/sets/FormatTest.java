package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Document;
import dev.forefront.data.Preference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each format on a few lines of our own. */
class FormatTest {

  private static List<Document> read(Format format, String name, String text) {
    return format
        .reader()
        .read(
            new SetFile(name, text.getBytes(StandardCharsets.UTF_8)),
            new SetReader.Origin("ours", "CC0-1.0"));
  }

  private static List<String> texts(Format format, String name, String text) {
    return read(format, name, text).stream().map(Document::wholeText).toList();
  }

  private static List<List<String>> turns(Format format, String name, String text) {
    return read(format, name, text).stream().map(Document::texts).toList();
  }

  private static List<Preference> pairs(Format.OfPairs format, String text) {
    return format.reader().read(new SetFile("p.json", text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void booksLoseTheirLicenceAndTheirLineBreaksAndAreCutAtChapters() {
    String book =
        """
        The Project Gutenberg EBook of Nothing

        *** START OF THIS PROJECT GUTENBERG EBOOK NOTHING ***
        Produced by Somebody. And others. Thanks. All.




        CHAPTER I

        The mill stood by the river, below the old bridge.
        It _turned_ all day. Nobody slept. The miller sang.

           A short line
           and a rhyme of mine




        CHAPTER II

        The mill stood still. The river froze. The miller wept. Then it thawed.

        End of the Project Gutenberg EBook of Nothing
        *** END OF THIS PROJECT GUTENBERG EBOOK NOTHING ***
        Licence. Licence. Licence. Licence. Licence.
        """;
    assertThat(texts(Format.BOOKS, "n.txt", book.replace("\n", "\r\n")))
        .containsExactly(
            "CHAPTER I\n\nThe mill stood by the river, below the old bridge. It turned all day. Nobody slept. The miller sang."
                + "\n\nA short line\nand a rhyme of mine",
            "CHAPTER II\n\nThe mill stood still. The river froze. The miller wept. Then it thawed.");
  }

  @Test
  void chaptersInXhtmlGiveTheirParagraphs() {
    String chapter =
        """
        <?xml version="1.0" encoding="utf-8"?>
        <html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
        <head><title>I</title></head><body><section><h2>I</h2>
        <p>The hen <em>ran</em>\u2060 home.<a epub:type="noteref">1</a></p>
        <p><span>One</span><br/><span>Two &amp; three</span></p></section></body></html>
        """;
    assertThat(texts(Format.BOOKS, "b/chapter-1.xhtml", chapter))
        .containsExactly("I\n\nThe hen ran home.\n\nOne\nTwo & three");
  }

  @Test
  void pictureBooksKeepAuthorAndLicence() {
    String book =
        """
        # The red hat

        ##
        Ana has
        a hat.

        ##
        It is red.

        ##
        * License: [CC-BY]
        * Text: Our Own Pen
        """;
    assertThat(read(Format.PICTURE_BOOK, "x/1.md", book))
        .containsExactly(
            new Document.Prose(
                "x/1.md by Our Own Pen",
                "The red hat\n\nAna has a hat.\n\nIt is red.",
                "ours",
                "CC-BY"));
  }

  @Test
  void storyLinesAreCutWhereNoEmptyLineStands() {
    assertThat(texts(Format.STORY_LINES, "s.txt", "A cat.\n\nIt slept.\nA dog.\n\nIt ran.\n"))
        .containsExactly("A cat.\n\nIt slept.", "A dog.\n\nIt ran.");
  }

  @Test
  void plainTextsDecodeAsWhatTheyAre() {
    byte[] old = "caf\u00e9 \u2019s".getBytes(java.nio.charset.Charset.forName("windows-1252"));
    assertThat(new SetFile("o.txt", old).text()).isEqualTo("café ’s");
    assertThat(texts(Format.PLAIN, "p.txt", "\uFEFFIntermediate \nThe sun rose.  \n"))
        .containsExactly("The sun rose.");
  }

  @Test
  void sectionsJoinAndQuestionTablesGiveNothing() {
    assertThat(
            texts(
                Format.SECTIONS,
                "s.csv",
                "section,text\n1,\"A \"\"king\"\" of a small and quiet country by the sea\nlived, once.\"\n2,He died.\n"))
        .containsExactly(
            "A \"king\" of a small and quiet country by the sea lived, once.\n\nHe died.");
    assertThat(texts(Format.SECTIONS, "q.csv", "question,answer\nWho?,He\n")).isEmpty();
  }

  @Test
  void dictionaryEntriesBecomeSentences() {
    assertThat(
            texts(
                Format.DICTIONARY,
                "a.json",
                """
                {"ant": {"word": "ant", "meanings": [
                  {"def": "a small insect", "speech_part": "noun", "example": "an ant walked by"}]}}
                """))
        .containsExactly("ant (noun): a small insect. For example: an ant walked by.");
  }

  @Test
  void smallTalkGivesEveryPhrasingItsAnswer() {
    String talk =
        """
        > # pairs
        # ? Hello
        - Hi there

        **Filters:**
        - editorial = chitchat

        ```markdown
        Good day!
        ```
        # ? Bye
        ```markdown
        Farewell.
        ```
        """;
    assertThat(turns(Format.SMALL_TALK, "t.qna", talk))
        .containsExactly(
            List.of("Hello", "Good day!"),
            List.of("Hi there", "Good day!"),
            List.of("Bye", "Farewell."));
  }

  @Test
  void tablesOfSentencesAlternateAndEndWithTheAssistant() {
    assertThat(
            turns(
                Format.SENTENCE_COLUMNS,
                "a.csv",
                "Input.x,Answer.sentence1,Answer.sentence2,Answer.sentence3,Answer.sentence4\n"
                    + "0,\"Hi, you\",Hello,Bye,\n"))
        .containsExactly(List.of("Hi, you", "Hello"));
  }

  @Test
  void agentsSpeakInTurnsAndTwoMessagesInARowAreOne() {
    assertThat(
            turns(
                Format.AGENTS,
                "c.json",
                """
                {"t1": {"content": [{"agent": "b", "message": "Hi"}, {"agent": "b", "message": "you"},
                  {"agent": "a", "message": "Hello"}, {"agent": "b", "message": "Bye"}]}}
                """))
        .containsExactly(List.of("Hi you", "Hello"));
  }

  @Test
  void twoUsersAreReadFromOneColumn() {
    assertThat(
            turns(
                Format.TWO_USERS,
                "p.csv",
                "a,Best Generated Conversation\n"
                    + "x,\"User 1: Hi!\nUser 2: Hello!\nUser 1: Bye.\"\n"
                    + "x,\"User 1: I am [user 1's name]\nUser 2: Hello!\"\n"))
        .containsExactly(List.of("Hi!", "Hello!"));
  }

  @Test
  void utterancesAndTurnListsAreRead() {
    assertThat(
            turns(
                Format.UTTERANCES,
                "u.json",
                """
                [{"utterances": [{"speaker": "assistant", "text": "Welcome"},
                  {"speaker": "user", "text": "Tea"}, {"speaker": "assistant", "text": "Here"}]}]
                """))
        .containsExactly(List.of("Tea", "Here"));
    assertThat(turns(Format.TURN_LISTS, "t.yml", "conversations:\n- - Why?\n  - Because.\n"))
        .containsExactly(List.of("Why?", "Because."));
  }

  @Test
  void instructionsComeInThreeShapes() {
    assertThat(
            turns(
                Format.INSTRUCTIONS,
                "i.json",
                "[{\"instruction\": \"Add.\", \"input\": \"1 and 2\", \"output\": \"3\"}]"))
        .containsExactly(List.of("Add.\n\n1 and 2", "3"));
    assertThat(
            turns(
                Format.INSTRUCTIONS,
                "i.jsonl",
                "{\"instruction\": \"Greet.\", \"instances\": [{\"input\": \"\", \"output\": \"Hi\"}]}\n"))
        .containsExactly(List.of("Greet.", "Hi"));
    assertThat(
            turns(
                Format.INSTRUCTIONS, "i.csv", "instruction,context,response\nWho?,Tom sat.,Tom\n"))
        .containsExactly(List.of("Who?\n\nTom sat.", "Tom"));
  }

  @Test
  void triviaThatNeedsItsChoicesIsLeftOut() {
    assertThat(
            turns(
                Format.TRIVIA,
                "t.txt",
                "#Q How many legs\nhas an ant?\n^ Six\nA Six\nB Four\n\n#Q Which of these flies?\n^ Bat\n"))
        .containsExactly(List.of("How many legs has an ant?", "Six."));
  }

  private static final String TREE =
      """
      {"prompt": {"role": "prompter", "text": "Hi", "replies": [
        {"role": "assistant", "text": "Go", "rank": 1, "replies": []},
        {"role": "assistant", "text": "Hello", "rank": 0, "replies": []}]}}
      """;

  @Test
  void treesGiveTheBestPathAndRankedPairs() {
    String line = TREE.replace("\n", " ");
    assertThat(turns(Format.TREES, "t.jsonl", line)).containsExactly(List.of("Hi", "Hello"));
    assertThat(pairs(Format.OfPairs.RANKED_TREES, line))
        .containsExactly(
            new Preference("p.json#1", Conversation.of(Message.user("Hi")), "Hello", "Go"));
  }

  @Test
  void markedConversationsGivePairsAndTheirChosenSides() {
    String line =
        "{\"chosen\": \"\\n\\nHuman: Hi\\n\\nAssistant: Hello\", \"rejected\": \"\\n\\nHuman: Hi\\n\\nAssistant: Go\"}\n";
    assertThat(pairs(Format.OfPairs.MARKED, line))
        .containsExactly(
            new Preference("p.json#1", Conversation.of(Message.user("Hi")), "Hello", "Go"));
    assertThat(turns(Format.CHOSEN_SIDES, "h.jsonl", line)).containsExactly(List.of("Hi", "Hello"));
  }

  @Test
  void recordsAndJudgementsGivePairs() {
    assertThat(
            pairs(
                Format.OfPairs.RECORDS,
                "[{\"instruction\": \"Greet.\", \"input\": \"\", \"chosen\": \"Hi\", \"rejected\": \"Go\"}]"))
        .singleElement()
        .extracting(Preference::chosen)
        .isEqualTo("Hi");
    assertThat(
            pairs(
                Format.OfPairs.JUDGED,
                """
                [{"instruction": "Greet.", "input": "", "response1": "Go", "response2": "Hi",
                  "annotator1": 2, "annotator2": 2, "annotator3": 1},
                 {"instruction": "Greet.", "input": "", "response1": "Go", "response2": "Hi",
                  "annotator1": 2, "annotator2": 0, "annotator3": 1}]
                """))
        .singleElement()
        .extracting(Preference::chosen)
        .isEqualTo("Hi");
  }
}
