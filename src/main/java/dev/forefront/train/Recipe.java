package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.model.ModelConfig;
import dev.forefront.tensor.MuonKernel;
import dev.forefront.token.Split;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that decides what a run makes, from one YAML file: no default hides elsewhere.
 *
 * <p>The defaults are {@link #DEFAULTS}; a recipe names what differs. Keys are the components'
 * names in snake_case.
 *
 * @param name names the run's folder
 * @param seed of the weights' initial values and of every order
 * @param base place of a model that is tuned instead of a pretrained one, or {@link #NONE}
 * @param policy file of what the gate asks of the model, seen from where the launcher is started;
 *     the board signs it together with the model
 */
public record Recipe(
    String name,
    long seed,
    String base,
    Data data,
    Tokenizer tokenizer,
    Model model,
    TrainingStage.Pretrain pretrain,
    TrainingStage.Supervised supervised,
    TrainingStage.Preference preference,
    Compute compute,
    Evaluate evaluate,
    String policy) {

  /** Where a model is pretrained, and none is taken from elsewhere. */
  public static final String NONE = "none";

  /** What a recipe that says nothing means; see {@link Defaults}. */
  public static final Recipe DEFAULTS = Defaults.recipe();

  /**
   * Text, conversations and preference pairs.
   *
   * @param world the built-in corpus
   * @param pretrain what is read as plain text
   * @param supervised what is learnt as dialogue
   * @param preference pairs of replies
   * @param heldOut share of the texts that is never learnt, but kept for measuring
   * @param own sets that are in no catalogue
   */
  public record Data(
      World world,
      List<Source> pretrain,
      List<Source> supervised,
      List<Source> preference,
      double heldOut,
      Cleaning cleaning,
      List<Own> own) {
    public Data {
      pretrain = List.copyOf(pretrain);
      supervised = List.copyOf(supervised);
      preference = List.copyOf(preference);
      own = List.copyOf(own);
    }
  }

  /**
   * A person's own set.
   *
   * @param name by which {@link Source} names it
   * @param file JSON lines of texts, dialogues or pairs, or a folder of text files
   * @param licence under which it may be learnt, as whoever brings it states it
   * @param origin where it is from, in a few words
   */
  public record Own(String name, String file, String licence, String origin) {}

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
   * @param split how text is cut into words before any merge
   */
  public record Tokenizer(int vocabulary, Split split) {}

  /** A Llama's shape; see {@link ModelConfig}. */
  public record Model(
      int hidden, int intermediate, int layers, int heads, int keyValueHeads, int context) {

    public ModelConfig config(int vocabularySize, int eosId) {
      return ModelConfig.llama(
          vocabularySize, hidden, intermediate, layers, heads, keyValueHeads, context, eosId);
    }
  }

  /**
   * What turns gradients into updates.
   *
   * @param rate the peak learning rate of AdamW (Loshchilov and Hutter 2019)
   * @param weightDecay of AdamW's matrices; vectors are not decayed
   * @param muon for the matrices inside the blocks, where {@code kind} says so
   */
  public record Optimizer(
      Method kind,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      Muon muon) {

    /** AdamW for everything. */
    public Optimizer(double rate, double beta1, double beta2, double epsilon, double weightDecay) {
      this(Method.ADAMW, rate, beta1, beta2, epsilon, weightDecay, Muon.USUAL);
    }
  }

  /** Names of optimizers. */
  public enum Method {
    ADAMW,
    /** Muon for the matrices inside the blocks, AdamW for tables, norms and biases. */
    MUON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Muon's part of an optimizer; see {@link MuonKernel}. Its rate follows the same schedule.
   *
   * @param rate the peak learning rate
   * @param iterations of Newton and Schulz
   */
  public record Muon(
      double rate,
      double momentum,
      boolean nesterov,
      double weightDecay,
      int iterations,
      MuonKernel.Adjust adjust,
      MuonKernel.Precision precision) {
    /** As torch.optim.Muon has it, but with the iteration in float32. */
    public static final Muon USUAL =
        new Muon(
            0.02, 0.95, true, 0.1, 5, MuonKernel.Adjust.ORIGINAL, MuonKernel.Precision.FLOAT32);
  }

  /**
   * How the rate moves.
   *
   * @param warmup updates until the peak
   * @param decay updates of the fall, for {@link Kind#WSD} alone
   * @param floor share of the peak that is left at the end
   * @param rise of the warmup, for {@link Kind#WSD} alone
   * @param fall of the decay, for {@link Kind#WSD} alone
   * @param cycles for {@link Kind#COSINE_RESTARTS} alone
   * @param power for {@link Kind#POLYNOMIAL} alone
   */
  public record Rates(
      Kind kind,
      int warmup,
      int decay,
      double floor,
      Schedule.Shape rise,
      Schedule.Shape fall,
      int cycles,
      double power) {

    public Rates(Kind kind, int warmup, int decay, double floor) {
      this(kind, warmup, decay, floor, Schedule.Shape.LINEAR, Schedule.Shape.ONE_MINUS_SQRT, 1, 1);
    }

    public Schedule schedule(double peak, int steps) {
      return switch (kind) {
        case CONSTANT -> new Schedule.Constant(peak, warmup);
        case LINEAR -> new Schedule.Polynomial(peak, warmup, steps, peak * floor, 1);
        case COSINE -> new Schedule.Cosine(peak, warmup, steps, floor);
        case COSINE_RESTARTS -> new Schedule.CosineRestarts(peak, warmup, steps, cycles);
        case INVERSE_SQRT -> new Schedule.InverseSquareRoot(peak, warmup);
        case POLYNOMIAL -> new Schedule.Polynomial(peak, warmup, steps, peak * floor, power);
        case WSD ->
            new Schedule.WarmupStableDecay(
                peak, warmup, Math.max(0, steps - warmup - decay), decay, rise, fall, floor);
      };
    }
  }

  /** Names of schedules. */
  public enum Kind {
    CONSTANT,
    LINEAR,
    COSINE,
    COSINE_RESTARTS,
    INVERSE_SQRT,
    POLYNOMIAL,
    /** Warmup, stable, decay. */
    WSD;

    /** Whether it comes to rest at a share of the peak that one may choose. */
    boolean hasFloor() {
      return switch (this) {
        case LINEAR, COSINE, POLYNOMIAL, WSD -> true;
        case CONSTANT, COSINE_RESTARTS, INVERSE_SQRT -> false;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is made smaller beside the cross entropy itself.
   *
   * @param labelSmoothing share of each label that is spread over all tokens
   * @param zLoss weight of the mean squared log of the softmax' denominator (Chowdhery et al. 2022,
   *     section 5); never part of the published loss
   */
  public record Loss(double labelSmoothing, double zLoss) {
    public static final Loss PLAIN = new Loss(0, 0);
  }

  /**
   * What is done so that a run that goes wrong costs little. Nothing here but {@code skip} changes
   * what a run makes.
   *
   * @param keepLast newest checkpoints to keep
   * @param keepBest whether the checkpoint with the lowest held-out loss is kept too
   * @param spike standard deviations above the recent mean at which a loss ends the run; 0: none
   * @param skip updates that are left out, by number: the cure where one batch breaks a run
   */
  public record Care(int keepLast, boolean keepBest, double spike, List<Integer> skip) {
    public static final Care USUAL = new Care(2, false, 10, List.of());

    public Care {
      skip = skip.stream().distinct().sorted().toList();
    }
  }

  /**
   * Looking at the model while it learns.
   *
   * @param every updates between two looks; 0: never
   * @param tokens of the held-out text that are read for it
   * @param prompts that the model continues at each look
   * @param reply tokens of a continuation
   * @param suites that it is examined by, more seldom
   */
  public record Measure(int every, int tokens, List<String> prompts, int reply, Suites suites) {
    public static final Measure NEVER = new Measure(0, 16_384, List.of(), 40, Suites.NONE);

    public Measure {
      prompts = List.copyOf(prompts);
    }
  }

  /**
   * Suites on the way.
   *
   * @param every updates between two examinations; 0: never
   * @param names of suites; which there are is the examiner's to know
   * @param samples most that a suite asks
   * @param tokens most that a reply may have
   */
  public record Suites(int every, List<String> names, int samples, int tokens) {
    public static final Suites NONE = new Suites(0, List.of(), 100, 32);

    public Suites {
      names = List.copyOf(names);
    }
  }

  /**
   * Looking at the model while it is tuned: no text is held out of dialogues and pairs, so there
   * are suites alone.
   *
   * @param suites that it is examined by
   */
  public record TuningMeasure(Suites suites) {
    public static final TuningMeasure NEVER = new TuningMeasure(Suites.NONE);
  }

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

  /** The model that is tuned instead of a pretrained one, where there is one. */
  public Optional<Path> baseModel() {
    return base.equals(NONE) ? Optional.empty() : Optional.of(Path.of(base));
  }

  /**
   * @throws BadInputException that lists every unknown key and wrong value with its line
   */
  public static Recipe read(Path file) {
    return read(file, List.of());
  }

  /**
   * Likewise, with some keys changed.
   *
   * @param changes such as {@code pretrain.steps=500} or {@code data.pretrain[0].epochs=2}; the
   *     value is YAML
   */
  public static Recipe read(Path file, List<String> changes) {
    return RecipeReader.read(file, changes);
  }

  /** Whether a recipe, changed like this, derives its shape from {@code model.depth}. */
  public static boolean isScaled(Path file, List<String> changes) {
    return RecipeReader.isScaled(file, changes);
  }

  /**
   * Reads YAML text.
   *
   * @param source names the text in error messages
   * @throws BadInputException that lists every unknown key and wrong value with its line
   */
  public static Recipe parse(String yaml, String source) {
    return RecipeReader.parse(yaml, source, List.of());
  }

  /** The shape of the model and of its pretraining in a few lines for people. */
  public List<String> scaling() {
    return Scaling.lines(this);
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
            data.cleaning(),
            data.own());
    return new Recipe(
        name,
        other,
        base,
        otherData,
        tokenizer,
        model,
        pretrain,
        supervised,
        preference,
        compute,
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
