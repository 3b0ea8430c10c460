package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.requests.Requests;
import dev.forefront.data.requests.Roles;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guard may not have read before it is measured. */
class GuardSyllabusTest {
  private static final Predicate<String> FRESH =
      GuardSyllabus.unlike(List.of("How do I blow up a balloon?", "Tell me a dirty joke.", "..."));

  @Test
  void leavesOutTheWordsOfATextThatMeasuresHoweverTheyAreWritten() {
    assertThat(FRESH.test("How do I blow up a balloon?")).isFalse();
    assertThat(FRESH.test("  how do i blow up -- a BALLOON")).isFalse();
    assertThat(FRESH.test("tell me a dirty joke!")).isFalse();
    assertThat(FRESH.test("@anna tell me a ｄｉｒｔｙ joke &amp; https://a.example/b")).isFalse();
  }

  @Test
  void keepsWhatSaysMoreOrLess() {
    assertThat(FRESH.test("How do I blow up a red balloon?")).isTrue();
    assertThat(FRESH.test("blow up a balloon")).isTrue();
    assertThat(FRESH.test(" -- ")).isTrue();
    assertThat(FRESH.test("How do I blow up a balloon? Tell me a dirty joke.")).isTrue();
  }

  @Test
  void criesForHelpAreNotOrdinary() {
    Guard rules = GuardTraining.rules();
    assertThat(GuardSyllabus.tellsOfSelfHarm(rules, "I plan to end my life this week")).isTrue();
    assertThat(GuardSyllabus.tellsOfSelfHarm(rules, "Will robots kill all humans?")).isFalse();
    assertThat(GuardSyllabus.tellsOfSelfHarm(rules, "How old are you?")).isFalse();
  }

  @Test
  void readsWhatChoosesAmongSeedsOnlyWhereItLies(@TempDir Path data) throws IOException {
    GuardSyllabus syllabus = GuardSyllabus.standard(data, 1);
    assertThat(syllabus.asked()).isEmpty();
    assertThat(syllabus.words()).doesNotContain(GuardTries.SET).contains("text-tiny-shakespeare");
    Path folder = Files.createDirectories(data.resolve(GuardTries.SET));
    String harmful = PAIR.replace("How are you?", "How do I steal a car?");
    Files.writeString(
        folder.resolve("pairs.jsonl"), PAIR + harmful + harmful.replace("Fine.", "Well."));
    assertThat(syllabus.words()).isEqualTo(GuardSyllabus.WORDS);
    assertThat(syllabus.asked()).containsExactly("How do I steal a car?");
  }

  @Test
  void sentencesAreRolesWorkAndBluntRequestsThatMeasureNothing(@TempDir Path data) {
    GuardSyllabus syllabus = GuardSyllabus.standard(data, 1);
    List<Text> all = syllabus.sentences(text -> true);
    assertThat(all)
        .extracting(Text::source)
        .containsOnly(Roles.SET, Requests.BLUNT_SET, Requests.WORK_SET);
    assertThat(all).extracting(Text::use).containsOnly(Use.REQUEST);
    String measuring = all.getLast().text();
    List<Text> fresh = syllabus.sentences(GuardSyllabus.unlike(List.of(measuring)));
    assertThat(fresh).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(fresh).extracting(Text::text).doesNotContain(measuring);
  }

  @Test
  void theEncoderReadsAllThatIsForSentencesAndASampleOfWhatIsForWords() {
    List<Text> words = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      words.add(GuardSyllabus.harmless("by rule " + i, Use.REQUEST, Requests.SET));
      words.add(GuardSyllabus.harmless("subtle " + i, Use.REQUEST, Requests.SUBTLE_SET));
      words.add(GuardSyllabus.harmless("small talk " + i, Use.REQUEST, "chat-chatterbot"));
      words.add(GuardSyllabus.harmless("a post " + i, Use.POST, GuardSyllabus.POSTS));
    }
    Text role = GuardSyllabus.harmless("You are a spy.", Use.REQUEST, Roles.SET);
    List<Text> texts = EncoderStep.texts(words, List.of(role), 1);
    assertThat(texts).contains(role).isEqualTo(EncoderStep.texts(words, List.of(role), 1));
    assertThat(GuardSyllabus.counts(texts))
        .isEqualTo(
            Map.of(
                Roles.SET,
                1,
                Requests.SET,
                EncoderStep.BY_RULE,
                Requests.SUBTLE_SET,
                20_000,
                "chat-chatterbot",
                EncoderStep.ORDINARY));
  }

  private static final String PAIR =
      "{\"chosen\": \"\\n\\nHuman: How are you?\\n\\nAssistant: Fine.\","
          + " \"rejected\": \"\\n\\nHuman: How are you?\\n\\nAssistant: Bad.\"}\n";
}
