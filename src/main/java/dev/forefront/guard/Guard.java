package dev.forefront.guard;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts on what goes into a model and on what comes out. A second line behind the model's own
 * refusals; see docs/reference/guard.md for what it does not cover.
 *
 * <p>Fails closed: a stage that throws, hangs past the deadline or answers NaN blocks the text.
 * Safe to use from any thread.
 */
public final class Guard {
  private static final String UNNAMED = "none";

  private final List<Stage> stages;
  private final String digest;
  private final GuardSettings settings;
  private final GuardFiles.Opened files;
  private final @Nullable JudgeStage judge;
  private final Watchdog watchdog;
  private final @Nullable Probes probes;

  private Guard(GuardFiles.Opened files, GuardSettings settings) {
    this(files, settings, null);
  }

  private Guard(GuardFiles.Opened files, GuardSettings settings, @Nullable JudgeStage judge) {
    if (files.stages().isEmpty()) {
      throw new IllegalArgumentException("a guard without stages would let everything pass");
    }
    this.files = files;
    this.stages = List.copyOf(files.stages());
    this.digest = files.digest();
    this.settings = settings;
    this.probes = files.probes();
    this.judge = judge;
    this.watchdog = new Watchdog(settings, deadline());
  }

  /** The guard that ships with Forefront. */
  public static Guard builtIn() {
    return new Guard(BuiltIn.FILES, GuardSettings.standard());
  }

  /** Opened once: stages are immutable and shared. */
  private static final class BuiltIn {
    private static final GuardFiles.Opened FILES =
        GuardFiles.open(Guard::resourceOrNull, "the built-in guard");

    private BuiltIn() {}
  }

  /**
   * Writes the files of the guard that ships with Forefront, so that they can be released with a
   * model: {@link #open} reads them again.
   */
  public static void writeBuiltIn(Path folder) {
    byte[] manifest = resource(GuardFiles.MANIFEST);
    for (String name : GuardFiles.names(manifest, "the built-in guard")) {
      AtomicFile.write(folder.resolve(name), resource(name));
    }
    AtomicFile.write(folder.resolve(GuardFiles.MANIFEST), manifest);
  }

  /**
   * A guard from a folder that {@code forefront guard train} wrote.
   *
   * @throws BadInputException where a file is missing, changed or broken
   */
  public static Guard open(Path folder) {
    return new Guard(
        GuardFiles.open(GuardFiles.in(folder), folder.toString()), GuardSettings.standard());
  }

  /** A guard of the given stages with the standard settings. */
  public static Guard of(List<Stage> stages) {
    return new Guard(new GuardFiles.Opened(stages, UNNAMED), GuardSettings.standard());
  }

  /** Begins what makes the first verdicts as fast as later ones; returns at once. */
  public void prepare() {
    stages.forEach(Stage::prepare);
  }

  /** The same guard with other settings. */
  public Guard with(GuardSettings settings) {
    return new Guard(files, settings, judge);
  }

  /** The same guard with probes on the model's activations. */
  Guard with(Probes probes) {
    return new Guard(files.with(probes), settings, judge);
  }

  /** Whether it judges by a model's activations too, and so serves that model alone. */
  public boolean hasProbe() {
    return probes != null;
  }

  /**
   * The model as this guard watches it; empty where it has no probe.
   *
   * @throws BadInputException where the probe is for another model, or the model shows nothing of
   *     its inside
   */
  Optional<LanguageModel.Watched> watched(LanguageModel model) {
    return probes == null ? Optional.empty() : Optional.of(model.watched(probes.probe()));
  }

  /**
   * Runs texts through a model that this guard has a probe for.
   *
   * @throws BadInputException where the guard has no probe, or it is for another model
   */
  public Probing probing(LanguageModel model) {
    if (probes == null) {
      throw new BadInputException(
          "the guard has no probe: train one with `forefront guard train --model`");
    }
    return new Probing(probes, model);
  }

  /** The model that this guard asks, where it asks one; see {@link #judgedBy}. */
  public Optional<GuardModel> model() {
    return Optional.ofNullable(files.model());
  }

  /** From which score on that model blocks. */
  public Optional<JudgeLimits> modelLimits() {
    return Optional.ofNullable(files.limits());
  }

  /**
   * The same guard with the model that it asks. Without it, such a guard refuses everything.
   *
   * @param model stays the caller's to close
   * @param modelDigest of what it was loaded from; see {@link
   *     dev.forefront.conversation.ModelDigest}
   * @throws BadInputException where this guard asks no model, or another one
   */
  public Guard judgedBy(LanguageModel model, String modelDigest) {
    GuardModel wanted = files.model();
    JudgeLimits limits = files.limits();
    if (wanted == null || limits == null) {
      throw new BadInputException(
          "this guard asks no model: add one with `forefront guard add-model`");
    }
    if (!wanted.model().equals(modelDigest)) {
      throw new BadInputException(
          "the guard wants the model %s, and this one is %s: name the one that it was calibrated with"
              .formatted(wanted.model(), modelDigest));
    }
    return new Guard(files, settings, new JudgeStage(new Judge(wanted, model), limits));
  }

  /** Which guard this is, as {@code sha256:<hex>}: another file anywhere in it, another digest. */
  public String digest() {
    return digest;
  }

  public GuardSettings settings() {
    return settings;
  }

  /**
   * Judges a conversation before the model reads it: every message, the user's messages as one
   * text, so that a request split over turns is still one, and what rises over the turns. An allow
   * verdict covers the bytes of all messages' contents.
   */
  public Verdict input(Conversation conversation) {
    return watchdog.within(() -> judge(conversation));
  }

  /**
   * The same verdict with the scores behind it. Reads everything twice, and the second time without
   * a deadline: for people and files, not for replies.
   */
  public Assessment assess(Conversation conversation) {
    Verdict verdict = input(conversation);
    double score = verdict instanceof Verdict.Block block ? block.score() : 0;
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    if (verdict instanceof Verdict.Block block) {
      hazards.put(block.category(), block.score());
      if (block.stage().equals(Verdict.FAILURE)) {
        return new Assessment(verdict, score, hazards);
      }
    }
    for (Side side : Side.values()) {
      Inspection reading = new Inspection(stages, side);
      for (Message message : conversation.messages()) {
        if ((message.role() == Role.USER) == (side == Side.INPUT)) {
          reading.read(JsonWords.of(message));
          reading.pause();
        }
      }
      reading.finish();
      score = Math.max(score, reading.score());
      reading.hazards().forEach((hazard, seen) -> hazards.merge(hazard, seen, Math::max));
    }
    if (judge != null && verdict instanceof Verdict.Allow) {
      score = Math.max(score, judge.judge().score(conversation));
    }
    hazards.remove(Hazard.UNKNOWN);
    return new Assessment(verdict, score, hazards);
  }

  /** Likewise, on this thread and for as long as it takes. */
  Verdict judge(Conversation conversation) {
    Inspection asked = new Inspection(stages, Side.INPUT);
    long bytes = 0;
    for (Message message : conversation.messages()) {
      String content = JsonWords.of(message);
      bytes += message.content().getBytes(StandardCharsets.UTF_8).length;
      if (message.role() == Role.USER) {
        asked.read(content);
        asked.pause();
        continue;
      }
      // What the operator or an earlier reply says is read like a reply: it may name a harm to
      // refuse it.
      Inspection said = new Inspection(stages, Side.OUTPUT);
      said.read(content);
      said.finish();
      Verdict.Block block = said.block();
      if (block != null) {
        return block;
      }
    }
    asked.finish();
    Verdict.Block block = asked.block();
    block = block == null ? new Turns(stages).judge(conversation) : block;
    block = block == null ? asked(conversation) : block;
    return block == null ? new Verdict.Allow(0, bytes) : block;
  }

  /** What the guard model says, which is asked last. */
  private Verdict.@Nullable Block asked(Conversation conversation) {
    if (files.model() == null) {
      return null;
    }
    return judge == null ? withoutModel() : judge.request(conversation);
  }

  private static Verdict.Block withoutModel() {
    return Watchdog.failure("the guard's model was not opened");
  }

  /** What one verdict may take, the guard model's included. */
  Duration deadline() {
    return judge == null
        ? settings.deadline()
        : settings.deadline().plus(judge.description().deadline());
  }

  /** How the guard model reads a reply; null where none is asked. */
  @Nullable JudgedReply judged(Conversation conversation, String before) {
    if (files.model() != null && judge == null) {
      throw new IllegalStateException("the guard's model was not opened");
    }
    return judge == null ? null : new JudgedReply(judge, conversation, before);
  }

  /**
   * What the guard takes encodings off in a text, in the order in which it reads it. The texts of
   * those with the layers of a block are what was blocked.
   */
  public static List<Decoding> decodings(String text) {
    List<Decoding> decodings = new ArrayList<>();
    Scanner scanner = new Scanner(word -> {}, decodings::add);
    scanner.read(text);
    scanner.finish();
    return decodings;
  }

  Inspection reading(Side side) {
    return new Inspection(stages, side);
  }

  /** For the readings of one reply; null where there is no probe. */
  @Nullable ProbeReader probeReader() {
    return probes == null ? null : probes.reader();
  }

  Watchdog watchdog() {
    return watchdog;
  }

  static byte[] resource(String name) {
    byte[] bytes = resourceOrNull(name);
    if (bytes == null) {
      throw new IllegalStateException("the resource " + name + " is missing from this build");
    }
    return bytes;
  }

  private static byte @Nullable [] resourceOrNull(String name) {
    try (@Nullable InputStream stream = Guard.class.getResourceAsStream(name)) {
      return stream == null ? null : stream.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  List<Stage> stages() {
    return new ArrayList<>(stages);
  }
}
