package dev.forefront.cli;

import dev.forefront.data.Document;
import dev.forefront.data.requests.Requests;
import dev.forefront.data.requests.Roles;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.sets.DataSet;
import dev.forefront.data.sets.Labelled;
import dev.forefront.data.sets.Ordinary;
import dev.forefront.data.sets.PlainWords;
import dev.forefront.data.sets.Sets;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.guard.Hazard;
import dev.forefront.guard.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the guard learns from: requests by rule, the labelled sets that may train one, and ordinary
 * texts. Which set teaches what is written here and nowhere else.
 *
 * @param data holds a folder for each set
 * @param byRule of {@link Requests#SETS} how many harmful and how many harmless requests each
 * @param ordinary prompts
 * @param passages of books and dictionaries, each
 */
record GuardSyllabus(
    Path data, long seed, Map<String, Integer> byRule, int ordinary, int passages) {
  static final String POSTS = "safety-moderation-openai";
  static final List<String> HARMFUL_REQUESTS = List.of("eval-ailuminate-demo");
  static final List<String> HINTS =
      List.of("safety-davidson-hate-speech", "safety-hatecheck", "safety-surge-toxicity");
  static final List<String> PASSAGES =
      List.of("text-wordset-dictionary", "text-childrens-books", "text-onestop-english");

  /** Sets whose words in a row teach what words mean; none of them measures a guard. */
  static final List<String> WORDS =
      List.of(
          "chat-chatterbot",
          "chat-personality-smalltalk",
          "chat-self-dialogue",
          "chat-synthetic-persona",
          "chat-taskmaster4",
          "instruct-and-preference-1k",
          "instruct-open-trivia",
          GuardTries.SET,
          "text-childrens-books",
          "text-fairytaleqa",
          "text-onestop-english",
          "text-open-storybooks",
          "text-tiny-shakespeare",
          "text-tinystories-sample",
          "text-wordset-dictionary");

  private static final String QUESTIONS = "chat-intents-clinc150";

  // What stands in posts for names, links and signs says where they come from and not what they
  // say.
  private static final Pattern MARKUP =
      Pattern.compile("<+\\w+>+|@\\w+|https?:\\S+|&#?\\w+;|\\bRT\\b");

  // Many of its prompts are harmful by who asks and what for, which words alone do not say.
  private static final double AMBIGUOUS = 0.5;
  private static final double HINT = 0.6;
  private static final int LONGEST_PASSAGE = 600;
  private static final int SHORTEST_PASSAGE = 20;

  // Harmless ones; a fifth as many harmful ones come with them.
  private static final int ROLES = 6_000;

  // Of each kind.
  private static final int BLUNT = 8_000;
  private static final int WORK = 8_000;

  static GuardSyllabus standard(Path data, long seed) {
    Map<String, Integer> byRule =
        Map.of(
            Requests.SET, 30_000,
            Requests.SUBTLE_SET, 8_000);
    return new GuardSyllabus(data, seed, byRule, 40_000, 8_000);
  }

  /**
   * All texts in an order that depends on the seed alone.
   *
   * @param fresh {@link #unlike} what measures; others are left out
   */
  List<Text> texts(Predicate<String> fresh, Consumer<String> progress) {
    return texts(progress).stream().filter(text -> fresh.test(text.text())).toList();
  }

  private List<Text> texts(Consumer<String> progress) {
    List<Text> texts = new ArrayList<>();
    progress.accept("requests by rule");
    for (String set : Requests.SETS) {
      int count = byRule.getOrDefault(set, 0);
      if (count > 0) {
        Requests.of(set).write(count, seed).forEach(one -> texts.add(text(one, Use.REQUEST, 1)));
      }
    }
    for (String set : HARMFUL_REQUESTS) {
      progress.accept(set);
      read(set).forEach(one -> texts.add(text(one, Use.REQUEST, AMBIGUOUS)));
    }
    progress.accept("ordinary prompts");
    Guard rules = GuardMeasures.unhurried(GuardTraining.rules());
    Ordinary.trainingPrompts(data, seed, ordinary).stream()
        .filter(one -> !tellsOfSelfHarm(rules, one.text()))
        .forEach(one -> texts.add(harmless(one.text(), Use.REQUEST, one.set())));
    for (String set : PASSAGES) {
      progress.accept(set);
      passages(set).forEach(passage -> texts.add(harmless(passage, Use.REQUEST, set)));
    }
    for (String set : HINTS) {
      progress.accept(set);
      read(set).forEach(one -> texts.add(text(one, Use.HINT, HINT)));
    }
    progress.accept(POSTS);
    read(POSTS).forEach(one -> texts.add(text(one, Use.POST, 1)));
    return texts;
  }

  /** What people ordinarily say to an assistant has cries for help among it. */
  static boolean tellsOfSelfHarm(Guard rules, String text) {
    return GuardMeasures.verdict(rules, text) instanceof Verdict.Block(Hazard hazard, _, _, _, _)
        && hazard == Hazard.S11;
  }

  /**
   * For whatever reads whole sentences: requests in roles, at work, and blunt ones, of whose words
   * alone nothing good is learnt.
   */
  List<Text> sentences(Predicate<String> fresh) {
    return Stream.of(
            Roles.builtIn().write(ROLES, seed),
            Requests.of(Requests.BLUNT_SET).write(BLUNT, seed),
            Requests.of(Requests.WORK_SET).write(WORK, seed))
        .flatMap(List::stream)
        .map(one -> text(one, Use.REQUEST, 1))
        .filter(text -> fresh.test(text.text()))
        .toList();
  }

  /**
   * Tells the texts whose words are those of none that measures, whoever wrote them: a guard that
   * has read a request is not measured by it. What has no words is itself.
   */
  static Predicate<String> unlike(Collection<String> measuring) {
    Set<String> known = measuring.stream().map(PlainWords::key).collect(Collectors.toSet());
    return text -> !known.contains(PlainWords.key(text));
  }

  private List<Labelled> read(String set) {
    return Labelled.read(data, set, DataSet.Use.TRAIN).stream().filter(Labelled::judged).toList();
  }

  private static Text text(Labelled one, Use use, double weight) {
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    one.hazards().forEach((hazard, degree) -> hazards.put(Hazard.named(hazard), degree));
    String text = use == Use.REQUEST ? one.text() : MARKUP.matcher(one.text()).replaceAll(" ");
    return new Text(text, use, one.harm(), hazards, one.set(), weight, one.group());
  }

  static Text harmless(String text, Use use, String source) {
    Map<Hazard, Double> none = new EnumMap<>(Hazard.class);
    for (Hazard hazard : Hazard.values()) {
      if (hazard != Hazard.UNKNOWN) {
        none.put(hazard, 0.0);
      }
    }
    return new Text(text, use, 0, none, source, 1, text);
  }

  /**
   * Lines of unlabelled text, for what words mean; the seed does not change them. Requests by rule
   * would teach how they are made.
   */
  Stream<String> unlabelled(Consumer<String> progress) {
    return words().stream()
        .flatMap(
            set -> {
              progress.accept("reading the words of " + set);
              return lines(set);
            });
  }

  /** {@link #WORDS}; nobody can fetch {@link GuardTries#SET}, so it may be missing. */
  List<String> words() {
    return WORDS.stream()
        .filter(set -> !set.equals(GuardTries.SET) || GuardTries.hasSet(data))
        .toList();
  }

  /** Of the texts that teach by label too, those whose words are read without. */
  static Stream<String> unlabelled(List<Text> texts) {
    return texts.stream()
        .filter(text -> text.use() == Use.HINT || text.source().equals(QUESTIONS))
        .map(Text::text);
  }

  /** Harmful requests to choose one of several guards by; none where their set is missing. */
  List<String> asked() {
    return GuardTries.hasSet(data)
        ? Labelled.read(data, GuardTries.SET, DataSet.Use.TRAIN).stream()
            .filter(one -> one.kind() == Labelled.Kind.REQUEST && one.harmful())
            .map(Labelled::text)
            .distinct()
            .toList()
        : List.of();
  }

  private Stream<String> lines(String set) {
    return new Sets(Catalogue.builtIn(), data)
        .forPretraining(set)
        .documents()
        .get()
        .flatMap(document -> document.texts().stream())
        .flatMap(String::lines);
  }

  /** Paragraphs of a set, a sample. */
  private List<String> passages(String set) {
    List<String> all = new ArrayList<>();
    try (Stream<? extends Document> documents =
        new Sets(Catalogue.builtIn(), data).forPretraining(set).documents().get()) {
      documents
          .flatMap(document -> document.texts().stream())
          .flatMap(text -> Stream.of(text.split("\\n+")))
          .map(String::strip)
          .filter(one -> one.length() >= SHORTEST_PASSAGE && one.length() <= LONGEST_PASSAGE)
          .forEach(all::add);
    }
    Collections.shuffle(all, new Random(seed));
    return all.subList(0, Math.min(passages, all.size()));
  }

  /** How many texts came from each source. */
  static Map<String, Integer> counts(List<Text> texts) {
    Map<String, Integer> counts = new HashMap<>();
    texts.forEach(text -> counts.merge(text.source(), 1, Integer::sum));
    return counts;
  }
}
