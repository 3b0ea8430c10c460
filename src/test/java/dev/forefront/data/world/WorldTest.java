package dev.forefront.data.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Cleaner;
import dev.forefront.data.Cleaning;
import dev.forefront.data.Document;
import dev.forefront.data.HeldOut;
import dev.forefront.task.Expectation;
import dev.forefront.task.Grader;
import dev.forefront.task.Refusals;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorldTest {
  /** About as many words as fit into 256 tokens beside the marks of three turns. */
  private static final int LONGEST_WORDS = 170;

  private static final Pattern WORD = Pattern.compile("[a-z']+");
  private static final Pattern LOWER = Pattern.compile("(?<![A-Za-z'])[a-z]+");
  private static final Pattern SUM =
      Pattern.compile("(\\d+) (?:\\+|plus|-|minus) (\\d+) (?:=|is) (\\d+)");

  private final World world = World.generate(7, 0.3);

  @Test
  void theSameSeedGivesTheSameWorldAndAnotherAnother() {
    assertThat(World.generate(7, 0.3)).isEqualTo(world);
    assertThat(World.generate(8, 0.3).texts()).isNotEqualTo(world.texts());
  }

  @Test
  void hasAboutTwoThousandWordsBesideMadeUpNames() {
    Set<String> words = new TreeSet<>();
    Lexicon.read().known("person").forEach(name -> words.add(name.text()));
    trainingTexts()
        .forEach(text -> LOWER.matcher(text).results().forEach(match -> words.add(match.group())));
    words.retainAll(writtenWords());
    assertThat(words).hasSizeBetween(1700, 2300);
  }

  /** Words that stand in the world's files; the others are made up as texts are written. */
  private static Set<String> writtenWords() {
    Set<String> words = new TreeSet<>();
    for (String file : List.of("lexicon", "frames", "requests", "dialogues", "stories")) {
      try (InputStream in = World.class.getResourceAsStream(file + ".yaml")) {
        String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        LOWER.matcher(text).results().forEach(match -> words.add(match.group()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Lexicon.read().known("person").forEach(name -> words.add(name.text()));
    return words;
  }

  @Test
  void leavesNoSlotEmpty() {
    assertThat(trainingTexts()).noneMatch(text -> text.contains("{") || text.contains("}"));
    assertThat(world.heldOut()).noneMatch(text -> text.contains("{") || text.contains("}"));
  }

  @Test
  void heldOutWordsStandNowhereInTraining() {
    Lexicon lexicon = Lexicon.read();
    Set<String> all = new HashSet<>();
    trainingTexts()
        .forEach(
            text ->
                WORD.matcher(text.toLowerCase(Locale.ROOT))
                    .results()
                    .forEach(m -> all.add(m.group())));
    for (String category : List.of("person", "role", "place", "thing", "valuable", "food")) {
      assertThat(lexicon.heldOut(category)).isNotEmpty();
      // What is held out as a noun may be a verb or part of another list; each word is checked.
      assertThat(lexicon.heldOut(category))
          .allSatisfy(word -> assertThat(all).doesNotContain(word.text().toLowerCase(Locale.ROOT)));
    }
  }

  @Test
  void heldOutActsTemplatesAndWrappingsStandNowhereInTraining() {
    Requests requests = new Requests(Lexicon.read());
    Set<String> acts =
        requests.hazards().stream()
            .flatMap(hazard -> hazard.heldOut().stream())
            .filter(act -> !act.contains("{"))
            .collect(Collectors.toSet());
    Set<String> asked =
        world.talk().stream()
            .flatMap(dialogue -> dialogue.conversation().messages().stream())
            .filter(message -> message.role() == Role.USER)
            .map(Message::content)
            .collect(Collectors.toSet());
    world
        .preferences()
        .forEach(pair -> pair.prompt().messages().forEach(message -> asked.add(message.content())));
    assertThat(trainingTexts()).noneMatch(text -> acts.stream().anyMatch(text::contains));
    for (String frame : requests.heldOutFrames()) {
      Pattern pattern = pattern(frame);
      assertThat(asked).noneMatch(text -> pattern.matcher(text).matches());
    }
    for (String wrapping : requests.heldOutWrappings()) {
      Pattern pattern = pattern(wrapping);
      assertThat(asked).noneMatch(text -> pattern.matcher(text).matches());
    }
    assertThat(asked).doesNotContainAnyElementsOf(world.heldOut());
  }

  @Test
  void everyHazardHasActsHeldOutActsAndTwins() {
    assertThat(new Requests(Lexicon.read()).hazards())
        .hasSizeGreaterThanOrEqualTo(12)
        .allSatisfy(
            hazard -> {
              assertThat(hazard.acts()).hasSizeGreaterThanOrEqualTo(3);
              assertThat(hazard.heldOut()).isNotEmpty().doesNotContainAnyElementsOf(hazard.acts());
              assertThat(hazard.twins()).hasSizeGreaterThanOrEqualTo(3);
              assertThat(hazard.twinsHeldOut()).isNotEmpty();
            });
  }

  @Test
  void coversTheHazardsOfTheTaxonomyWithOneRequestEachInEveryExam() {
    List<String> ids =
        IntStream.rangeClosed(1, 14).mapToObj(number -> "S" + number).sorted().toList();
    assertThat(new Requests(Lexicon.read()).hazards())
        .extracting(Requests.Hazard::id)
        .containsExactlyInAnyOrderElementsOf(ids);
    for (Task task : world.tasks()) {
      if (!task.name().equals("dialogue")) {
        assertThat(task.samples().stream().map(Sample::hazard).distinct().sorted())
            .as(task.name())
            .containsExactlyElementsOf(ids);
      }
    }
  }

  @Test
  void noChildStandsWhereAnActIsSexual() {
    Lexicon lexicon = Lexicon.read();
    assertThat(lexicon.known("adultRole"))
        .extracting(Lexicon.Word::text)
        .doesNotContain("child", "student", "brother", "sister", "cousin", "friend");
    for (Requests.Hazard hazard : new Requests(lexicon).hazards()) {
      if (hazard.id().equals("S3") || hazard.id().equals("S12")) {
        assertThat(Stream.concat(hazard.acts().stream(), hazard.heldOut().stream()))
            .noneMatch(act -> act.contains("{victim") || act.contains("{role"))
            .noneMatch(act -> act.contains("child"));
      }
    }
  }

  @Test
  void everythingFitsIntoTheContextOfTheDemonstration() {
    assertThat(trainingTexts()).allMatch(text -> text.split("\\s+").length <= LONGEST_WORDS);
  }

  @Test
  void cleaningFindsThePlantedDirtAndLeavesNoLongRunOfWordsOfAnExam() {
    Cleaner cleaner = new Cleaner(new Cleaning(0.8, true, true), new HeldOut(world.heldOut(), 13));
    Set<String> learnt = new HashSet<>();
    int kept = 0;
    int dirtyKept = 0;
    for (Document document : all()) {
      Optional<Document> clean = cleaner.clean(document);
      clean.ifPresent(left -> left.texts().forEach(text -> learnt.addAll(runs(text))));
      kept += clean.isPresent() ? 1 : 0;
      dirtyKept += clean.isPresent() && document.id().endsWith("-dirty") ? 1 : 0;
      clean.ifPresent(left -> assertThat(left.wholeText()).doesNotContain("@example", "192.0.2"));
    }
    for (String text : world.heldOut()) {
      assertThat(runs(text)).as(text).noneMatch(learnt::contains);
    }
    long dirty = world.texts().stream().filter(text -> text.id().endsWith("-dirty")).count();
    assertThat(dirty).isGreaterThan(40);
    assertThat(dirtyKept).as("those with personal data stay, redacted").isLessThan((int) dirty / 2);
    assertThat(kept).as("what is not dirty mostly stays").isGreaterThan(all().size() * 3 / 4);
  }

  @Test
  void examsHaveSystemMessagesAndEarlierTurns() {
    List<Conversation> all =
        world.tasks().stream()
            .flatMap(task -> task.samples().stream())
            .map(Sample::conversation)
            .toList();
    assertThat(all)
        .filteredOn(talk -> talk.messages().getFirst().role() == Role.SYSTEM)
        .hasSizeGreaterThan(50);
    assertThat(all)
        .filteredOn(talk -> talk.messages().stream().anyMatch(m -> m.role() == Role.ASSISTANT))
        .hasSizeGreaterThan(50);
    assertThat(all).allMatch(talk -> talk.messages().getLast().role() == Role.USER);
  }

  @Test
  void supervisedTalkHoldsNoRefusalOfAWrappedRequest() {
    Requests requests = new Requests(Lexicon.read());
    List<Pattern> wrappings = requests.wrappings().stream().map(WorldTest::pattern).toList();
    for (Document.Dialogue dialogue : world.talk()) {
      List<Message> messages = dialogue.conversation().messages();
      for (int i = 0; i + 1 < messages.size(); i++) {
        String ask = messages.get(i).content();
        if (messages.get(i).role() == Role.USER
            && Refusals.isRefusal(messages.get(i + 1).content())) {
          assertThat(wrappings).noneMatch(wrapping -> wrapping.matcher(ask).matches());
        }
      }
    }
  }

  @Test
  void examsAreLargeAndEverySampleNamesWhatIsHeldOut() {
    Map<String, Task> tasks =
        world.tasks().stream().collect(Collectors.toMap(Task::name, task -> task));
    assertThat(tasks).containsOnlyKeys("harmful", "benign", "jailbreak", "dialogue");
    assertThat(tasks.values())
        .allSatisfy(
            task -> {
              assertThat(task.samples()).hasSizeGreaterThanOrEqualTo(300);
              assertThat(task.samples()).extracting(Sample::heldOut).doesNotContain("");
            });
  }

  @Test
  void goodRepliesPassTheGraderAndBadOnesDoNot() {
    world
        .preferences()
        .forEach(
            pair -> {
              if (Refusals.isRefusal(pair.chosen())) {
                assertThat(Refusals.isRefusal(pair.rejected())).as(pair.rejected()).isFalse();
              }
            });
    Requests requests = new Requests(Lexicon.read());
    SplittableRandom random = new SplittableRandom(3);
    for (Requests.Hazard hazard : requests.hazards()) {
      for (Requests.Twin twin : hazard.twins()) {
        Requests.Request request =
            requests.benign(hazard, twin, requests.frames().getFirst(), random, Writer.Words.KNOWN);
        assertThat(Grader.passes(new Expectation.Answer(List.of(request.key())), request.good()))
            .as("%s: %s", request.key(), request.good())
            .isTrue();
        assertThat(Refusals.isRefusal(request.good())).as(request.good()).isFalse();
      }
    }
  }

  @Test
  void sumsAreRight() {
    int[] checked = new int[1];
    trainingTexts()
        .forEach(
            text -> {
              Matcher sums = SUM.matcher(text);
              while (sums.find()) {
                int a = Integer.parseInt(sums.group(1));
                int b = Integer.parseInt(sums.group(2));
                boolean plus = sums.group().contains("+") || sums.group().contains("plus");
                assertThat(Integer.parseInt(sums.group(3)))
                    .as(text)
                    .isEqualTo(plus ? a + b : a - b);
                assertThat(Math.max(a, plus ? a + b : b)).isLessThanOrEqualTo(20);
                checked[0]++;
              }
            });
    assertThat(checked[0]).isGreaterThan(1000);
  }

  private List<Document> all() {
    List<Document> all = new ArrayList<>(world.texts());
    all.addAll(world.talk());
    return all;
  }

  /** Every run of thirteen words, as cleaning compares them. */
  private static Set<String> runs(String text) {
    String[] words = text.toLowerCase(Locale.ROOT).split("[^a-z0-9']+");
    Set<String> runs = new HashSet<>();
    for (int i = 0; i + 13 <= words.length; i++) {
      runs.add(String.join(" ", Arrays.asList(words).subList(i, i + 13)));
    }
    return runs;
  }

  private Stream<String> trainingTexts() {
    return Stream.of(
            // Planted questions are found by cleaning, not by the generator.
            world.texts().stream()
                .filter(document -> !document.id().endsWith("-dirty"))
                .map(Document::wholeText),
            world.talk().stream().map(Document::wholeText),
            world.preferences().stream()
                .map(
                    pair ->
                        pair.prompt().messages().stream()
                                .map(Message::content)
                                .collect(Collectors.joining("\n"))
                            + "\n"
                            + pair.chosen()
                            + "\n"
                            + pair.rejected()))
        .flatMap(texts -> texts);
  }

  private static Pattern pattern(String template) {
    String regex =
        Stream.of(template.split("\\{[a-z]+}", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".+"));
    return Pattern.compile(regex);
  }
}
