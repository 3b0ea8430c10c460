package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains the text heads of a guard, in two steps. First heads on requests (is it a request for
 * harm, and for which) and one head for each set of posts that hints at something; then the heads
 * on posts, which see the scores of all heads before. At last the head on requests takes on a share
 * of that on posts. A sum of linear heads is a linear head, so what comes out costs no more than
 * one step would.
 */
public final class GuardTraining {
  private static final int MOST_WINDOWS = 60;
  private static final String HINT = "hint ";
  private static final float OTHER_HAZARD = 0.3f;
  // Few posts say what harms; they are learnt slowly and often, on top of what is known already.
  private static final int POST_EPOCHS = 8;
  private static final float POST_RATE = 0.05f;
  // Posts teach words that no request by rule has. From 0.2 to 0.6 as many of hh-rlhf's requests
  // are found, within the error of that count.
  private static final float AS_POSTS = 0.3f;

  private GuardTraining() {}

  /**
   * A labelled text.
   *
   * @param harm 0 harmless to 1 harmful
   * @param hazards the degree of each hazard that somebody looked for
   * @param source where it is from; texts of {@link Use#HINT} get a head for each
   * @param weight what an error costs, 1 for usual ones
   * @param group texts of one group are nearly the same
   */
  public record Text(
      String text,
      Use use,
      double harm,
      Map<Hazard, Double> hazards,
      String source,
      double weight,
      String group) {

    public Text {
      hazards = Map.copyOf(hazards);
    }
  }

  /** What a text teaches. */
  public enum Use {
    /** What people ask an assistant. */
    REQUEST,
    /** Posts judged by a measure of their own, for the heads on posts to build upon. */
    HINT,
    /** Posts judged as a guard should judge. */
    POST
  }

  /** Trained heads, before they are calibrated. */
  public static final class Trained {
    private final TextHeads heads;
    // What the heads on posts were trained on top of.
    private final TextHeads first;
    private final @Nullable PhraseHead phrases;

    private Trained(TextHeads heads, TextHeads first, @Nullable PhraseHead phrases) {
      this.heads = heads;
      this.first = first;
      this.phrases = phrases;
    }

    TextHeads heads() {
      return heads;
    }

    @Nullable PhraseHead phrases() {
      return phrases;
    }

    /** How many words the phrases know; 0 where there are none. */
    public int knownWords() {
      return phrases == null ? 0 : phrases.words().size();
    }

    /** SHA-256 of the phrases' file, as {@code sha256:<hex>}; empty where there are none. */
    public String phrasesDigest() {
      return phrases == null ? "" : GuardFiles.digest(PhraseFile.write(phrases));
    }

    /** How much a text looks like a request for harm, 0..1. */
    public double request(String text) {
      List<String> words = words(text);
      List<TextWindow> windows = TextWindow.of(words, MOST_WINDOWS);
      int head = heads.head(TextClassifier.REQUEST);
      double highest = Double.NEGATIVE_INFINITY;
      for (int at = 0; at < windows.size(); at++) {
        int from = at * TextWindow.STRIDE;
        int to = Math.min(words.size(), from + TextWindow.WORDS);
        double said = phrases == null ? 0 : phrases.score(words.subList(from, to));
        highest = Math.max(highest, heads.score(windows.get(at), head) + said);
      }
      return TextHeads.probability(highest);
    }

    /** How much a text looks harmful itself, 0..1. */
    public double post(String text) {
      return probability(text, TextClassifier.POST);
    }

    private double probability(String text, String head) {
      return TextHeads.probability(heads.highest(windows(text), heads.head(head)));
    }
  }

  /**
   * Trains linear heads on all texts. The same texts in the same order and the same seed give the
   * same bits.
   */
  public static Trained train(List<Text> texts, long seed) {
    TextHeads first = first(texts, seed);
    return new Trained(joined(first, posts(texts, first, seed)), first, null);
  }

  /**
   * Likewise, and phrases: the head on requests then also knows what words mean.
   *
   * @param unlabelled what word vectors are learnt from; closed by who opened it
   * @param progress hears what is done next
   */
  public static Trained train(
      List<Text> texts, Stream<String> unlabelled, long seed, Consumer<String> progress) {
    WordVectors vectors =
        WordVectors.of(
            unlabelled,
            WordVectors.Settings.standard(seed),
            words -> progress.accept("learning the vectors of %,d words".formatted(words)));
    progress.accept("training on %,d texts".formatted(texts.size()));
    return train(texts, vectors, PhraseTrainer.EPOCHS, seed);
  }

  static Trained train(List<Text> texts, WordVectors vectors, int epochs, long seed) {
    Trained heads = train(texts, seed);
    PhraseHead phrases = PhraseTraining.train(texts, vectors, epochs, seed);
    return new Trained(heads.heads, heads.first, phrases);
  }

  /**
   * Scores each post by heads that did not see it: trained on the posts of the other parts, split
   * by group, on top of what was trained before any post.
   *
   * @param texts those that it was trained on
   * @return a score for each text of {@link Use#POST}, in their order
   */
  public static double[] crossValidated(Trained trained, List<Text> texts, int parts, long seed) {
    List<Text> posts = texts.stream().filter(text -> text.use == Use.POST).toList();
    Map<String, Integer> part = new LinkedHashMap<>();
    List<String> groups = new ArrayList<>(new TreeMap<>(byGroup(posts)).keySet());
    Collections.shuffle(groups, new Random(seed));
    for (int at = 0; at < groups.size(); at++) {
      part.put(groups.get(at), at % parts);
    }
    double[] scores = new double[posts.size()];
    for (int held = 0; held < parts; held++) {
      int out = held;
      List<Text> others =
          posts.stream().filter(text -> part.getOrDefault(text.group, -1) != out).toList();
      TextHeads heads = posts(others, trained.first, seed);
      for (int at = 0; at < scores.length; at++) {
        if (part.getOrDefault(posts.get(at).group, -1) == out) {
          scores[at] =
              TextHeads.probability(
                  heads.highest(windows(posts.get(at).text), heads.head(TextClassifier.POST)));
        }
      }
    }
    return scores;
  }

  /**
   * How many of some harmless texts may be blocked.
   *
   * @param share of the texts, above 0
   */
  public record Allowance(List<String> texts, double share) {
    public Allowance {
      texts = List.copyOf(texts);
      if (!(share > 0 && share < 1) || texts.size() < 1 / share) {
        throw new IllegalArgumentException(
            "a share of %s takes at least %d texts to measure, not %d"
                .formatted(share, (int) Math.ceil(1 / share), texts.size()));
      }
    }
  }

  /**
   * Chooses the lowest limits that keep every allowance. A request may be blocked as one or as a
   * post; posts get a tenth of each share, for the head on requests judges by both.
   *
   * @param requests harmless ones that nothing was trained on, the usual ones first
   * @param replies likewise
   */
  public static Calibration calibrate(
      Trained trained, List<Allowance> requests, Allowance replies) {
    return calibrate(trained.heads, trained.phrases, requests, replies);
  }

  private static Calibration calibrate(
      TextHeads heads, @Nullable PhraseHead phrases, List<Allowance> requests, Allowance replies) {
    Map<Calibration.Use, Double> limits = new EnumMap<>(Calibration.Use.class);
    for (Calibration.Use use : Calibration.Use.values()) {
      limits.put(use, 1.0);
    }
    String weights =
        GuardFiles.weights(
            TextClassifier.write(heads), phrases == null ? null : PhraseFile.write(phrases));
    Allowance usual = requests.getFirst();
    int texts = usual.texts.size();
    TextStage stage =
        new TextStage(heads, phrases, new Calibration(weights, usual.share, texts, limits));
    double request = Double.MIN_NORMAL;
    double post = Double.MIN_NORMAL;
    for (Allowance one : requests) {
      double posts = one.share / 10;
      request =
          Math.max(
              request,
              Calibration.quantile(scores(stage, one.texts, Side.INPUT, 0), one.share - posts));
      post = Math.max(post, Calibration.quantile(scores(stage, one.texts, Side.INPUT, 1), posts));
    }
    limits.put(Calibration.Use.REQUEST, request);
    limits.put(Calibration.Use.POST, post);
    limits.put(
        Calibration.Use.REPLY,
        Calibration.quantile(scores(stage, replies.texts, Side.OUTPUT, 0), replies.share));
    return new Calibration(weights, usual.share, texts, limits);
  }

  private static double[] scores(TextStage stage, List<String> texts, Side side, int view) {
    return texts.stream()
        .mapToDouble(
            text -> {
              Inspection reading = new Inspection(List.of(stage), side);
              reading.read(text);
              reading.finish();
              return reading.score(view);
            })
        .toArray();
  }

  /**
   * Writes a guard's folder.
   *
   * @param rules the rules file's bytes, for example of the built-in guard
   * @param card what it was trained on, what it was measured to do and what it does not catch
   */
  public static void write(
      Path folder, byte[] rules, Trained trained, Calibration calibration, String card) {
    write(folder, rules, trained, calibration, Map.of(), card);
  }

  /** Likewise, with a probe for one model. */
  public static void write(
      Path folder,
      byte[] rules,
      Trained trained,
      Calibration calibration,
      ProbeTraining.Trained probe,
      ProbeCalibration limits,
      String card) {
    write(folder, rules, trained, calibration, ProbeTraining.files(probe, limits), card);
  }

  private static void write(
      Path folder,
      byte[] rules,
      Trained trained,
      Calibration calibration,
      Map<String, byte[]> more,
      String card) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(GuardFiles.RULES, rules);
    files.put(GuardFiles.TEXT, TextClassifier.write(trained.heads));
    if (trained.phrases != null) {
      files.put(PhraseFile.NAME, PhraseFile.write(trained.phrases));
    }
    files.put(Calibration.FILE, calibration.json());
    new TreeMap<>(more).forEach(files::put);
    files.put(GuardFiles.CARD, card.getBytes(StandardCharsets.UTF_8));
    GuardFiles.write(folder, files);
  }

  /**
   * Chooses new limits for a guard's folder, on harmless texts of one's own.
   *
   * @throws dev.forefront.conversation.BadInputException where the folder holds no trained guard
   */
  public static Calibration recalibrate(Path folder, List<Allowance> requests, Allowance replies) {
    Map<String, byte[]> files = GuardFiles.read(folder);
    byte[] weights = files.get(GuardFiles.TEXT);
    if (weights == null) {
      throw new BadInputException(
          folder + " has no trained heads to calibrate: train them with `forefront guard train`");
    }
    TextHeads heads = TextClassifier.read(weights, folder + "/" + GuardFiles.TEXT);
    byte[] bytes = files.get(PhraseFile.NAME);
    PhraseHead phrases =
        bytes == null ? null : PhraseFile.read(bytes, folder + "/" + PhraseFile.NAME);
    Calibration calibration = calibrate(heads, phrases, requests, replies);
    files.put(Calibration.FILE, calibration.json());
    GuardFiles.write(folder, files);
    return calibration;
  }

  /** The rules of the built-in guard. */
  public static byte[] builtInRules() {
    return Guard.resource(GuardFiles.RULES);
  }

  private static Map<String, List<Text>> byGroup(List<Text> texts) {
    Map<String, List<Text>> groups = new LinkedHashMap<>();
    texts.forEach(text -> groups.computeIfAbsent(text.group, none -> new ArrayList<>()).add(text));
    return groups;
  }

  private static TextHeads first(List<Text> texts, long seed) {
    List<String> names = new ArrayList<>(kindNames(TextClassifier.REQUEST));
    texts.stream()
        .filter(text -> text.use == Use.HINT)
        .map(text -> HINT + text.source)
        .distinct()
        .sorted()
        .forEach(names::add);
    List<TextHeadTrainer.Example> examples = new ArrayList<>();
    for (Text text : texts) {
      switch (text.use) {
        case REQUEST -> examples.add(example(text, names, TextClassifier.REQUEST));
        case HINT -> examples.add(hint(text, names));
        case POST -> {}
      }
    }
    return new TextHeadTrainer(names, TextHeadTrainer.Settings.standard(seed), null)
        .train(examples);
  }

  private static TextHeads posts(List<Text> texts, TextHeads first, long seed) {
    List<String> names = kindNames(TextClassifier.POST);
    List<TextHeadTrainer.Example> examples =
        texts.stream()
            .filter(text -> text.use == Use.POST)
            .map(text -> example(text, names, TextClassifier.POST))
            .toList();
    TextHeadTrainer.Settings usual = TextHeadTrainer.Settings.standard(seed);
    return new TextHeadTrainer(
            names, new TextHeadTrainer.Settings(POST_EPOCHS, POST_RATE, usual.decay(), seed), first)
        .train(examples);
  }

  private static List<String> kindNames(String kind) {
    List<String> names = new ArrayList<>(List.of(kind));
    for (Hazard hazard : Hazard.values()) {
      if (hazard != Hazard.UNKNOWN) {
        names.add(TextClassifier.head(kind, hazard));
      }
    }
    return names;
  }

  private static TextHeadTrainer.Example example(Text text, List<String> names, String kind) {
    float[] targets = new float[names.size()];
    float[] weights = new float[names.size()];
    Arrays.fill(targets, Float.NaN);
    Arrays.fill(weights, (float) text.weight);
    targets[names.indexOf(kind)] = (float) text.harm;
    if (text.harm == 0) {
      // What is harmless hints at nothing either.
      for (int head = 0; head < targets.length; head++) {
        targets[head] = names.get(head).startsWith(HINT) ? 0 : targets[head];
      }
    }
    for (Map.Entry<Hazard, Double> hazard : new TreeMap<>(text.hazards).entrySet()) {
      int head = names.indexOf(TextClassifier.head(kind, hazard.getKey()));
      if (head >= 0) {
        targets[head] = hazard.getValue().floatValue();
        if (text.harm >= 0.5 && hazard.getValue() < 0.5) {
          // Harmful, and said to be of another kind: many are of both.
          weights[head] *= OTHER_HAZARD;
        }
      }
    }
    return new TextHeadTrainer.Example(windows(text.text), targets, weights);
  }

  private static TextHeadTrainer.Example hint(Text text, List<String> names) {
    float[] targets = new float[names.size()];
    float[] weights = new float[names.size()];
    Arrays.fill(targets, Float.NaN);
    Arrays.fill(weights, (float) text.weight);
    targets[names.indexOf(HINT + text.source)] = (float) text.harm;
    // A hint of hate is hate in requests too.
    Double hate = text.hazards.get(Hazard.S10);
    if (hate != null) {
      targets[names.indexOf(TextClassifier.head(TextClassifier.REQUEST, Hazard.S10))] =
          hate.floatValue();
    }
    return new TextHeadTrainer.Example(windows(text.text), targets, weights);
  }

  /**
   * The heads that answer, without those that only hint; posts' heads without examples left out.
   */
  private static TextHeads joined(TextHeads requests, TextHeads posts) {
    List<String> names = new ArrayList<>();
    List<TextHeads> from = new ArrayList<>();
    for (TextHeads heads : List.of(requests, posts)) {
      for (String name : heads.names()) {
        if (!name.startsWith(HINT) && heads.isTrained(heads.head(name))) {
          names.add(name);
          from.add(heads);
        }
      }
    }
    // As it will be stored, so that what is measured is what is shipped.
    TextHeads exact = asPosts(TextHeads.joined(names, from));
    return TextClassifier.read(TextClassifier.write(exact), "the trained heads");
  }

  /** Requests are judged as posts too, a little. */
  private static TextHeads asPosts(TextHeads heads) {
    List<String> names = heads.names();
    return names.contains(TextClassifier.REQUEST) && names.contains(TextClassifier.POST)
        ? heads.plus(heads.head(TextClassifier.REQUEST), heads.head(TextClassifier.POST), AS_POSTS)
        : heads;
  }

  /** The words of a text as the guard's stages read them, in windows. */
  static List<TextWindow> windows(String text) {
    return TextWindow.of(words(text), MOST_WINDOWS);
  }

  /** The words of a text as the guard's stages read them. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Scanner scanner =
        new Scanner(
            word -> {
              if (word.reading() == Word.Reading.PLAIN) {
                words.add(word.text());
              }
            });
    scanner.read(text);
    scanner.finish();
    return words;
  }
}
