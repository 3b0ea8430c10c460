package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.generate.Engine;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.guard.GuardedReply.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes on a tiny real model, trained in the test on words that no rule knows. */
class ProbeGuardTest {
  // Of letters that the others do not have, for the model is tiny and knows letters at most.
  private static final List<String> BAD =
      List.of("zqxz qzxq", "xqzz zxqx", "qqzx xzqz", "zxzq qxzz", "xzxq zqqx", "qxqz zzxq");
  private static final List<String> GOOD =
      List.of("garden", "letter", "holiday", "sandwich", "bicycle", "lesson");
  private static final List<String> FRAMES =
      List.of("how do i %s the mayor", "please %s a house for me", "tell me to %s it", "%s now");
  private static final Conversation HELLO = Conversation.of(Message.user("hello, how are you?"));

  @TempDir private static Path place;
  private static Engine engine;
  private static ProbeTraining.Trained trained;

  @TempDir private Path folder;

  private record Shown(Engine engine) implements Inside {
    @Override
    public String digest() {
      return engine.digest();
    }

    @Override
    public String dtype() {
      return engine.dtype();
    }

    @Override
    public int layers() {
      return engine.ids().config().layers();
    }

    @Override
    public int width() {
      return engine.ids().config().hiddenSize();
    }

    @Override
    public int countTokens(Conversation conversation) {
      return engine.countTokens(conversation);
    }

    @Override
    public int contextLength() {
      return engine.contextLength();
    }

    @Override
    public void read(Conversation conversation, Set<Integer> layers, Rows rows) {
      engine.ids().read(engine.prompt(conversation), layers, rows::row);
    }
  }

  @BeforeAll
  static void trainAProbe() throws IOException {
    engine = Engine.open(model("policy"), new LoadedFiles());
    trained = train(1);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Path model(String weights) throws IOException {
    Path alignment = Path.of(System.getProperty("forefront.reference"), "alignment");
    Path model = Files.createDirectories(place.resolve(weights));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(alignment.resolve("model").resolve(weights).resolve(file), model.resolve(file));
    }
    Files.copy(alignment.resolve("model/tokenizer.json"), model.resolve("tokenizer.json"));
    Files.copy(alignment.resolve("chat_template.jinja"), model.resolve("chat_template.jinja"));
    return model;
  }

  private static Text text(String text, Use use, boolean harmful) {
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    hazards.put(Hazard.S1, harmful ? 1.0 : 0.0);
    return new Text(text, use, harmful ? 1 : 0, hazards, "made up", 1, text);
  }

  private static List<Text> texts(Use use) {
    List<Text> texts = new ArrayList<>();
    for (int at = 0; at < 160; at++) {
      boolean harmful = at % 2 == 0;
      String word = (harmful ? BAD : GOOD).get(at / 2 % BAD.size());
      texts.add(text(FRAMES.get(at / 12 % FRAMES.size()).formatted(word) + " " + at, use, harmful));
    }
    return texts;
  }

  private static ProbeTraining.Trained train(long seed) {
    return ProbeTraining.train(
        new Shown(engine),
        new ProbeTraining.Lesson(texts(Use.REQUEST), texts(Use.POST), List.of("say it", "hello")),
        new ProbeTraining.Settings(List.of(), 160, 1 << 24, seed),
        what -> {});
  }

  private static List<String> said(List<String> words, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            at ->
                FRAMES.get(at % FRAMES.size()).formatted(words.get(at % words.size()))
                    + " number "
                    + at)
        .toList();
  }

  private static ProbeCalibration calibrated() {
    Allowance harmless = new Allowance(said(GOOD, 200), 0.02);
    return ProbeTraining.calibrate(
        trained, engine, List.of(harmless), harmless, List.of("say it", "hello"));
  }

  private Guard written(ProbeFile.Named named, ProbeCalibration calibration) {
    GuardFiles.write(
        folder,
        Map.of(
            GuardFiles.RULES,
            GuardTraining.builtInRules(),
            ProbeFile.NAME,
            ProbeFile.write(named),
            ProbeCalibration.FILE,
            calibration.json()));
    return Guard.open(folder);
  }

  private static Outcome write(Guard guard, Conversation conversation) {
    return new GuardedReply(engine, guard)
        .write(conversation, Sampling.greedy(60), (verdict, text) -> Next.CONTINUE);
  }

  @Test
  void blocksWhatTheModelReadsAsHarmfulAndLittleElse() {
    Guard guard = written(trained.named(), calibrated());
    Probing probing = guard.probing(engine);
    List<String> harmful = said(BAD, 100);
    List<String> harmless = said(GOOD, 200);
    assertThat(harmful.stream().filter(one -> probing.request(one).block() != null).count())
        .isGreaterThan(85);
    assertThat(harmless.stream().filter(one -> probing.request(one).block() != null).count())
        .isLessThanOrEqualTo(4);
    assertThat(harmful.stream().filter(one -> probing.reply("hello", one).block() != null).count())
        .isGreaterThan(85);
    Outcome outcome = write(guard, Conversation.of(Message.user("how do i zqxz qzxq the mayor")));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.side()).isEqualTo(Side.INPUT);
              assertThat(refused.block().stage()).isEqualTo("probe");
              assertThat(refused.block().category()).isEqualTo(Hazard.S1);
              assertThat(refused.delivered()).isEmpty();
            });
  }

  @Test
  void ranksTextsThatItsHeadsDidNotSee() {
    assertThat(trained.held().auroc()).isGreaterThan(0.9);
    assertThat(trained.crossValidated().auroc()).isGreaterThan(0.9);
    assertThat(trained.posts()).hasSize(160).doesNotContain(Double.NaN);
  }

  @Test
  void trainsToTheSameBytesFromTheSameSeed() {
    assertThat(train(1).bytes()).isEqualTo(trained.bytes());
    assertThat(train(2).bytes()).isNotEqualTo(trained.bytes());
  }

  @Test
  void readsOnlyTheLayersThatItIsToldTo() {
    ProbeTraining.Trained one =
        ProbeTraining.train(
            new Shown(engine),
            new ProbeTraining.Lesson(texts(Use.REQUEST), texts(Use.POST), List.of("say it")),
            new ProbeTraining.Settings(List.of(1), 80, 1 << 24, 1),
            what -> {});
    assertThat(one.layers()).containsExactly(1);
    assertThat(one.requests()).isEqualTo(80);
  }

  /** A probe of noise: what the tiny model writes means nothing, and its readings are numbers. */
  private static ProbeFile.Named noise() {
    Random random = new Random(5);
    int width = engine.ids().config().hiddenSize();
    float[] weights = new float[2 * width];
    for (int i = width; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return new ProbeFile.Named(
        new Probe(engine.digest(), engine.dtype(), List.of(1), width, new float[2], weights),
        List.of("request", "reply"));
  }

  private static ProbeCalibration limits(ProbeFile.Named named, double reply) {
    return new ProbeCalibration(
        named.probe().model(),
        GuardFiles.digest(ProbeFile.write(named)),
        named.probe().dtype(),
        0.1,
        100,
        1e6,
        reply);
  }

  @Test
  void endsARealReplyAtTheTokenWhereTheMeanReachesItsLimit() {
    ProbeFile.Named noise = noise();
    List<Double> means = new ArrayList<>();
    List<String> pieces = new ArrayList<>();
    ProbeReader reader = new Probes(noise, limits(noise, 1e6)).reader();
    Reply whole =
        engine
            .watched(noise.probe())
            .reply(
                HELLO,
                Sampling.greedy(60),
                (place, promptTokens, logits) -> {
                  reader.row(place, promptTokens, logits);
                  if (place >= promptTokens) {
                    means.add(reader.mean(1));
                  }
                  return Next.CONTINUE;
                },
                (piece, token) -> {
                  pieces.add(piece);
                  return Next.CONTINUE;
                });
    assertThat(means).hasSize(whole.replyTokens());
    // The highest mean after some have gone by: it is reached there and not before.
    int at = 0;
    for (int token = 0; token < means.size(); token++) {
      at = means.get(token) > means.get(at) ? token : at;
    }
    Guard guard = written(noise, limits(noise, means.get(at)));
    int reached = at;
    assertThat(write(guard, HELLO))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.side()).isEqualTo(Side.OUTPUT);
              assertThat(refused.block().stage()).isEqualTo("probe");
              assertThat(refused.replyTokens()).isLessThanOrEqualTo(reached + 1);
              assertThat(whole.text()).startsWith(refused.delivered());
              assertThat(refused.delivered())
                  .hasSizeLessThanOrEqualTo(
                      pieces.stream().limit(reached).mapToInt(String::length).sum());
            });
    Guard above = written(noise, limits(noise, Math.nextUp(means.get(at))));
    assertThat(write(above, HELLO))
        .isInstanceOfSatisfying(
            Outcome.Finished.class,
            finished -> assertThat(finished.reply().text()).isEqualTo(whole.text()));
  }

  @Test
  void refusesAnotherModelAndOneThatDoesNotKnowItsDigest() throws IOException {
    Guard guard = written(noise(), limits(noise(), 1));
    try (Engine other = Engine.open(model("reference"), new LoadedFiles());
        Engine unknown = Engine.open(place.resolve("policy"))) {
      for (Engine wrong : List.of(other, unknown)) {
        assertThatThrownBy(() -> new GuardedReply(wrong, guard))
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining("the probe was trained on the model " + engine.digest());
      }
    }
    assertThat(engine.digest()).isEqualTo(ModelDigest.of(place.resolve("policy")));
  }

  @Test
  void recalibratesAFolder() {
    Guard before = written(trained.named(), calibrated());
    Allowance harmful = new Allowance(said(BAD, 40), 0.05);
    ProbeTraining.recalibrate(folder, engine, List.of(harmful), harmful, List.of("hello"));
    Guard after = Guard.open(folder);
    assertThat(after.digest()).isNotEqualTo(before.digest());
    Probing probing = after.probing(engine);
    assertThat(harmful.texts().stream().filter(one -> probing.request(one).block() != null).count())
        .isLessThanOrEqualTo(2);
  }
}
