package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.model.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Everything that decides what a run makes, from one YAML file: no default hides elsewhere.
 *
 * <p>The defaults are {@link #DEFAULTS}; a recipe names what differs. Keys are the components'
 * names in snake_case.
 *
 * @param name names the run's folder
 * @param seed of the weights' initial values and of every order
 * @param policy file of what the gate asks of the model, seen from where the launcher is started;
 *     the board signs it together with the model
 */
public record Recipe(
    String name,
    long seed,
    Data data,
    Tokenizer tokenizer,
    Model model,
    Pretrain pretrain,
    Supervised supervised,
    Preference preference,
    Evaluate evaluate,
    String policy) {

  /** What a recipe that says nothing means: the built-in world on a small model. */
  public static final Recipe DEFAULTS =
      new Recipe(
          "run",
          1,
          new Data(
              new World(1, 1.0),
              List.of(new Source("world", 1)),
              List.of(new Source("world", 1)),
              List.of(new Source("world", 1)),
              0,
              new Cleaning(0.8, 13, true, true)),
          new Tokenizer(2048),
          new Model(192, 512, 5, 6, 2, 256),
          new Pretrain(
              1200,
              16,
              256,
              new Optimizer(2e-3, 0.9, 0.95, 1e-8, 0.1),
              new Rates(Kind.COSINE, 60, 0, 0.1),
              1.0,
              200),
          new Supervised(
              400,
              16,
              256,
              new Optimizer(8e-4, 0.9, 0.95, 1e-8, 0.01),
              new Rates(Kind.LINEAR, 20, 0, 0),
              1.0,
              100),
          new Preference(
              120,
              16,
              256,
              0.1,
              0,
              0.2,
              new Optimizer(5e-5, 0.9, 0.95, 1e-8, 0),
              new Rates(Kind.LINEAR, 10, 0, 0),
              1.0,
              40),
          new Evaluate(
              List.of("harmful", "benign", "jailbreak", "dialogue", "ends", "perplexity"), 200, 64),
          "policies/demo.yaml");

  /**
   * Text, conversations and preference pairs.
   *
   * @param world the built-in corpus
   * @param pretrain what is read as plain text
   * @param supervised what is learnt as dialogue
   * @param preference pairs of replies
   * @param heldOut share of the texts that is never learnt, but kept for measuring
   */
  public record Data(
      World world,
      List<Source> pretrain,
      List<Source> supervised,
      List<Source> preference,
      double heldOut,
      Cleaning cleaning) {
    public Data {
      pretrain = List.copyOf(pretrain);
      supervised = List.copyOf(supervised);
      preference = List.copyOf(preference);
    }
  }

  /**
   * The built-in corpus.
   *
   * @param seed another seed, other texts
   * @param size 1 is the size that the demonstration needs
   */
  public record World(long seed, double size) {}

  /**
   * A set and how often it is seen.
   *
   * @param set its name in the catalogue; {@code world} is the built-in corpus
   * @param epochs 2 writes each of its records twice into the mixture, 0.5 takes half of them
   */
  public record Source(String set, double epochs) {}

  /**
   * What is done to text before anyone learns from it.
   *
   * @param nearDuplicate Jaccard similarity from which a document is a copy of an earlier one; 1
   *     keeps all but exact copies
   * @param decontaminate words in a row that a document may not share with a held-out task
   * @param redact whether addresses, numbers and names of accounts are replaced
   * @param filter whether documents that are no prose are dropped
   */
  public record Cleaning(double nearDuplicate, int decontaminate, boolean redact, boolean filter) {}

  /**
   * @param vocabulary tokens, special ones included
   */
  public record Tokenizer(int vocabulary) {}

  /** A Llama's shape; see {@link ModelConfig}. */
  public record Model(
      int hidden, int intermediate, int layers, int heads, int keyValueHeads, int context) {

    public ModelConfig config(int vocabularySize, int eosId) {
      return ModelConfig.llama(
          vocabularySize, hidden, intermediate, layers, heads, keyValueHeads, context, eosId);
    }
  }

  /**
   * AdamW (Loshchilov and Hutter 2019).
   *
   * @param rate the peak learning rate
   * @param weightDecay of matrices; vectors are not decayed
   */
  public record Optimizer(
      double rate, double beta1, double beta2, double epsilon, double weightDecay) {}

  /**
   * How the rate moves.
   *
   * @param warmup updates until the peak
   * @param decay updates of the fall, for {@link Kind#WSD} alone
   * @param floor share of the peak that is left at the end
   */
  public record Rates(Kind kind, int warmup, int decay, double floor) {

    public Schedule schedule(double peak, int steps) {
      return switch (kind) {
        case CONSTANT -> new Schedule.Constant(peak, warmup);
        case LINEAR -> new Schedule.Polynomial(peak, warmup, steps, peak * floor, 1);
        case COSINE -> new Schedule.Cosine(peak, warmup, steps, floor);
        case WSD ->
            new Schedule.WarmupStableDecay(
                peak,
                warmup,
                Math.max(0, steps - warmup - decay),
                decay,
                Schedule.Shape.LINEAR,
                Schedule.Shape.ONE_MINUS_SQRT,
                floor);
      };
    }
  }

  /** Names of schedules. */
  public enum Kind {
    CONSTANT,
    LINEAR,
    COSINE,
    /** Warmup, stable, decay. */
    WSD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * From nothing to a model of text.
   *
   * @param steps updates
   * @param rows of a batch
   * @param length tokens of a row
   * @param clip most that the gradient's norm may be
   * @param checkpoint updates between two checkpoints
   */
  public record Pretrain(
      int steps,
      int rows,
      int length,
      Optimizer optimizer,
      Rates schedule,
      double clip,
      int checkpoint) {}

  /** From a model of text to one that answers; the loss counts assistant tokens only. */
  public record Supervised(
      int steps,
      int rows,
      int length,
      Optimizer optimizer,
      Rates schedule,
      double clip,
      int checkpoint) {}

  /**
   * From one that answers to one that answers well: DPO.
   *
   * @param pairs of a batch
   * @param length most tokens of prompt and reply together; longer pairs are dropped and counted
   * @param beta strength of the pull towards the start model
   * @param labelSmoothing share of pairs taken to be labelled the wrong way round, in [0, 0.5)
   * @param supervisedWeight weight of the likelihood of the chosen reply; 0 is plain DPO
   */
  public record Preference(
      int steps,
      int pairs,
      int length,
      double beta,
      double labelSmoothing,
      double supervisedWeight,
      Optimizer optimizer,
      Rates schedule,
      double clip,
      int checkpoint) {}

  /**
   * What is measured.
   *
   * @param suites names of suites
   * @param samples most that a suite asks
   * @param tokens most that a reply may have
   */
  public record Evaluate(List<String> suites, int samples, int tokens) {
    public Evaluate {
      suites = List.copyOf(suites);
    }
  }

  /**
   * @throws BadInputException that lists every unknown key and wrong value with its line
   */
  public static Recipe read(Path file) {
    return RecipeReader.read(file);
  }

  /**
   * Reads YAML text.
   *
   * @param source names the text in error messages
   * @throws BadInputException that lists every unknown key and wrong value with its line
   */
  public static Recipe parse(String yaml, String source) {
    return RecipeReader.parse(yaml, source);
  }

  /** The same recipe with another seed, of the built-in world too. */
  public Recipe withSeed(long other) {
    Data otherData =
        new Data(
            new World(other, data.world().size()),
            data.pretrain(),
            data.supervised(),
            data.preference(),
            data.heldOut(),
            data.cleaning());
    return new Recipe(
        name,
        other,
        otherData,
        tokenizer,
        model,
        pretrain,
        supervised,
        preference,
        evaluate,
        policy);
  }

  /** The whole recipe, defaults spelled out; reading it gives an equal recipe. */
  public String toYaml() {
    return RecipeWriter.yaml(this);
  }

  /** Writes {@link #toYaml()}. */
  public void write(Path file) {
    AtomicFile.write(file, toYaml());
  }

  /**
   * The identity of some parts of a recipe, as {@code sha256:<hex>}: a stage that is finished under
   * the same digest need not run again.
   */
  public static String digest(Record... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Record part : parts) {
        digest.update(RecipeWriter.yaml(part).getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return "sha256:" + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
