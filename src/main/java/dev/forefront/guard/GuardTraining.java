package dev.forefront.guard;

import dev.forefront.generate.Encoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Trains the text heads of a guard, in two steps. First heads on requests (is it a request for
 * harm, and for which) and one head for each set of posts that hints at something; then the heads
 * on posts, which see the scores of all heads before. At last the head on requests takes on a share
 * of that on posts. A sum of linear heads is a linear head, so what comes out costs no more than
 * one step would.
 */
public final class GuardTraining {
  private static final int MOST_WINDOWS = 60;

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
    private final TextWeights weights;
    // What the heads on posts were trained on top of.
    private final TextHeads first;

    private Trained(TextWeights weights, TextHeads first) {
      this.weights = weights;
      this.first = first;
    }

    /**
     * Likewise, and with an encoder.
     *
     * @param pieces of words, by id
     * @param tuned all its weights by Hugging Face's names, and {@code answer.weight} and {@code
     *     answer.bias}, which give log odds from the mean of the last layer
     */
    public Trained with(Encoder.Shape shape, List<String> pieces, Map<String, float[]> tuned) {
      EncoderHead encoder = new EncoderHead(EncoderFile.weights(shape, pieces, tuned));
      return new Trained(new TextWeights(weights.heads(), weights.phrases(), encoder), first);
    }

    TextWeights weights() {
      return weights;
    }

    TextHeads heads() {
      return weights.heads();
    }

    /** How many words the phrases know; 0 where there are none. */
    public int knownWords() {
      PhraseHead phrases = weights.phrases();
      return phrases == null ? 0 : phrases.words().size();
    }

    /** Of all its weights, as {@code sha256:<hex>}; limits are bound to it. */
    String digest() {
      return TextWeights.digest(weights.files());
    }

    /** Of each file of weights, by its name. */
    public Map<String, String> digests() {
      Map<String, String> digests = new TreeMap<>();
      weights.files().forEach((name, bytes) -> digests.put(name, GuardFiles.digest(bytes)));
      return digests;
    }

    /** How much a text looks like a request for harm, 0..1. */
    public double request(String text) {
      List<String> words = words(text);
      List<TextWindow> windows = TextWindow.of(words, MOST_WINDOWS);
      TextHeads heads = weights.heads();
      PhraseHead phrases = weights.phrases();
      EncoderHead encoder = weights.encoder();
      int head = heads.head(TextClassifier.REQUEST);
      double highest = Double.NEGATIVE_INFINITY;
      for (int at = 0; at < windows.size(); at++) {
        int from = at * TextWindow.STRIDE;
        List<String> window = words.subList(from, Math.min(words.size(), from + TextWindow.WORDS));
        double said = phrases == null ? 0 : phrases.score(window);
        said += encoder == null ? 0 : encoder.score(window);
        highest = Math.max(highest, heads.score(windows.get(at), head) + said);
      }
      return TextHeads.probability(highest);
    }

    /** How much a text looks harmful itself, 0..1. */
    public double post(String text) {
      return probability(text, TextClassifier.POST);
    }

    private double probability(String text, String head) {
      TextHeads heads = weights.heads();
      return TextHeads.probability(heads.highest(windows(text), heads.head(head)));
    }
  }

  /**
   * Trains linear heads on all texts. The same texts in the same order and the same seed give the
   * same bits.
   */
  public static Trained train(List<Text> texts, long seed) {
    TextHeads first = TextTraining.requests(texts, seed);
    TextHeads posts = TextTraining.posts(texts, first, seed);
    return new Trained(new TextWeights(TextTraining.joined(first, posts), null, null), first);
  }

  /** Unlabelled texts that were read once, for any number of trainings. */
  public static final class Unlabelled {
    private final WordVectors.Reading reading = new WordVectors.Reading();

    /**
     * @param texts closed by who opened them
     */
    public Unlabelled(Stream<String> texts) {
      texts.forEach(reading::text);
    }
  }

  /**
   * Likewise, and phrases: the head on requests then also knows what words mean.
   *
   * @param unlabelled what word vectors are learnt from
   * @param more which this training alone reads, after those
   * @param progress hears what is done next
   */
  public static Trained train(
      List<Text> texts,
      Unlabelled unlabelled,
      Stream<String> more,
      long seed,
      Consumer<String> progress) {
    WordVectors.Reading reading = new WordVectors.Reading(unlabelled.reading);
    more.forEach(reading::text);
    WordVectors vectors =
        WordVectors.of(
            reading,
            WordVectors.Settings.standard(seed),
            words -> progress.accept("learning the vectors of %,d words".formatted(words)));
    progress.accept("training on %,d texts".formatted(texts.size()));
    return train(texts, vectors, PhraseTrainer.EPOCHS, seed);
  }

  static Trained train(List<Text> texts, WordVectors vectors, int epochs, long seed) {
    Trained heads = train(texts, seed);
    PhraseHead phrases = PhraseTraining.train(texts, vectors, epochs, seed);
    return new Trained(new TextWeights(heads.heads(), phrases, null), heads.first);
  }

  /**
   * Scores each post by heads that did not see it: trained on the posts of the other parts, split
   * by group, on top of what was trained before any post.
   *
   * @param texts those that it was trained on
   * @return a score for each text of {@link Use#POST}, in their order
   */
  public static double[] crossValidated(Trained trained, List<Text> texts, int parts, long seed) {
    return TextTraining.crossValidated(trained.first, texts, parts, seed);
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
    files.putAll(trained.weights.files());
    files.put(Calibration.FILE, calibration.json());
    new TreeMap<>(more).forEach(files::put);
    files.put(GuardFiles.CARD, card.getBytes(StandardCharsets.UTF_8));
    GuardFiles.write(folder, files);
  }

  /** A guard of rules and trained weights that no folder holds yet, to measure it. */
  public static Guard guard(byte[] rules, Trained trained, Calibration calibration) {
    return Guard.of(
        List.of(Rules.parse(rules, GuardFiles.RULES), new TextStage(trained.weights, calibration)));
  }

  /** A guard of the built-in rules alone. */
  public static Guard rules() {
    return Guard.of(List.of(Rules.parse(builtInRules(), GuardFiles.RULES)));
  }

  /** The rules of the built-in guard. */
  public static byte[] builtInRules() {
    return Guard.resource(GuardFiles.RULES);
  }

  /**
   * A text's first window as an encoder reads it.
   *
   * @param pieces of words, by id
   */
  public static Function<String, int[]> reading(List<String> pieces) {
    WordPieces known = new WordPieces(pieces);
    return text -> EncoderHead.ids(known, words(text).stream().limit(TextWindow.WORDS).toList());
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
