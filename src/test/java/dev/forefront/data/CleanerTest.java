package dev.forefront.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CleanerTest {
  private static final String STORY =
      "A grey heron stood in the shallow river all morning and waited for the fish that the children "
          + "had promised would come back when the rain was over and the water ran clear again";

  private final Cleaner cleaner = new Cleaner(Cleaning.FULL, HeldOut.NONE);

  private Optional<Document> clean(String text) {
    return cleaner.clean(new Document.Prose("1", text, "ours", "CC0-1.0"));
  }

  private static Map<String, Long> dropped(Cleaner cleaner) {
    return Objects.requireNonNull(cleaner.sources().get("ours")).dropped();
  }

  private String cleanText(String text) {
    return clean(text).orElseThrow().wholeText();
  }

  @Test
  void dropsExactCopiesAndAlmostCopiesAndKeepsTheRest() {
    assertThat(clean(STORY)).isPresent();
    assertThat(clean(STORY)).isEmpty();
    assertThat(clean(STORY.replace("grey", "GREY") + "!")).isEmpty();
    assertThat(clean("One day " + STORY)).isEmpty();
    assertThat(clean("The heron flew away and the children went home to their supper."))
        .isPresent();
    assertThat(dropped(cleaner))
        .containsEntry("exact_duplicate", 1L)
        .containsEntry("near_duplicate", 2L);
  }

  @ParameterizedTest
  @CsvSource({
    "write to ann.lee+x@mail.example.org today, write to [email] today",
    "call +44 20 7946 0958 now, call [phone] now",
    "call (030) 901-82000 now, call [phone] now",
    "call 555-010-4477 now, call [phone] now",
    "pay to DE89 3704 0044 0532 0130 00 please, pay to [bank account] please",
    "card 4111 1111 1111 1111 please, card [card number] please",
    "host 192.168.10.254 is up, host [ip address] is up",
    "host 2001:db8:0:0:8:800:200c:417a is up, host [ip address] is up",
  })
  void redactsWhatPointsToAPerson(String text, String expected) {
    assertThat(cleanText(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from 1914 to 1918 and 1939-1945 there was war",
        "the number 1234 5678 9012 3456 is no card",
        "DE00 3704 0044 0532 0130 00 is no account",
        "version 1.2.3 at 12:30:15 on 2025-03-09 cost 1,000,000.50",
        "12345678 plus 87654321 makes 99999999",
        "section 3.4.5.6.7 and 999.999.999.999",
        "meet @ noon: she said::nothing"
      })
  void leavesNumbersAlone(String text) {
    assertThat(cleanText(text)).isEqualTo(text);
  }

  @Test
  void countsWhatItRedacts() {
    clean("a@b.example and c@d.example");
    assertThat(cleaner.redacted()).containsExactlyEntriesOf(Map.of("email", 2L));
  }

  @Test
  void dropsWhatIsNoTextAndSaysWhy() {
    assertThat(clean("  \n\t")).isEmpty();
    assertThat(clean("\u0000\u0001\u0002 ELF")).isEmpty();
    assertThat(clean("caf\uFFFD")).isEmpty();
    assertThat(clean("|||---|||---|||---||| a |||---|||---")).isEmpty();
    assertThat(clean("same line\n".repeat(20))).isEmpty();
    assertThat(dropped(cleaner))
        .containsOnlyKeys("empty", "binary", "broken_encoding", "not_prose", "repetitive");
  }

  @Test
  void dropsConversationsThatAreNone() {
    List<Conversation> broken =
        List.of(
            Conversation.of(Message.user("Hello")),
            Conversation.of(Message.user("Hello"), Message.assistant(" ")),
            Conversation.of(Message.user("Hello"), Message.user("?"), Message.assistant("Hi")));
    for (Conversation conversation : broken) {
      assertThat(cleaner.clean(new Document.Dialogue("1", conversation, "ours", "CC0"))).isEmpty();
    }
    Conversation whole = Conversation.of(Message.user("Hello"), Message.assistant("Good day."));
    assertThat(cleaner.clean(new Document.Dialogue("1", whole, "ours", "CC0"))).isPresent();
  }

  @Test
  void dropsWhatSharesWordsWithAHeldOutTask() {
    HeldOut heldOut =
        new HeldOut(
            List.of(
                "Which of the two ships reached the harbour first, the red one or the blue one?",
                "Who feeds the geese?"),
            8);
    Cleaner strict = new Cleaner(Cleaning.FULL, heldOut);
    for (String text :
        List.of(
            "They asked which of the TWO ships reached the harbour first; nobody knew.",
            "Who feeds the geese?",
            "Tom asked who feeds the geese in winter.")) {
      assertThat(strict.clean(new Document.Prose("1", text, "ours", "CC0"))).as(text).isEmpty();
    }
    assertThat(
            strict.clean(
                new Document.Prose("1", "Which of the two ships is bigger?", "ours", "CC0")))
        .isPresent();
    assertThat(dropped(strict)).containsEntry("contaminated", 3L);
  }
}
