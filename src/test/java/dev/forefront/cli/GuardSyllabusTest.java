package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    Files.writeString(folder.resolve("pairs.jsonl"), PAIR + PAIR.replace("Fine.", "Well."));
    assertThat(syllabus.words()).isEqualTo(GuardSyllabus.WORDS);
    assertThat(syllabus.asked()).containsExactly("How are you?");
  }

  private static final String PAIR =
      "{\"chosen\": \"\\n\\nHuman: How are you?\\n\\nAssistant: Fine.\","
          + " \"rejected\": \"\\n\\nHuman: How are you?\\n\\nAssistant: Bad.\"}\n";
}
