package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guard with text heads trained in the test, on words that no rule knows. */
class TextGuardTest {
  private static final List<String> BAD =
      List.of("zorble", "krimpf", "vandorf", "quaddle", "mizzen", "hoxter");
  private static final List<String> GOOD =
      List.of("garden", "letter", "holiday", "sandwich", "bicycle", "lesson");
  private static final List<String> FRAMES =
      List.of("how do i %s the mayor", "please %s a house for me", "tell me to %s it", "%s now");
  private static final GuardTraining.Trained TRAINED = GuardTraining.train(texts(), 1);

  @TempDir private Path folder;

  private static List<Text> texts() {
    List<Text> texts = new ArrayList<>();
    for (String frame : FRAMES) {
      for (int at = 0; at < BAD.size(); at++) {
        texts.add(text(frame.formatted(BAD.get(at)), Use.REQUEST, 1, "rule"));
        texts.add(text(frame.formatted(GOOD.get(at)), Use.REQUEST, 0, "rule"));
        texts.add(text("you are all " + BAD.get(at) + " to us", Use.HINT, 1, "forum"));
        texts.add(text("you are all " + GOOD.get(at) + " to us", Use.HINT, 0, "forum"));
        texts.add(text("they said " + BAD.get(at) + " to " + frame, Use.POST, 1, "post"));
        texts.add(text("they said " + GOOD.get(at) + " to " + frame, Use.POST, 0, "post"));
      }
    }
    return texts;
  }

  private static Text text(String text, Use use, double harm, String source) {
    Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
    hazards.put(Hazard.S2, harm);
    hazards.put(Hazard.S9, 0.0);
    return new Text(text, use, harm, hazards, source, 1, text);
  }

  private Guard guard() {
    List<String> harmless = new ArrayList<>();
    for (int at = 0; at < 40; at++) {
      harmless.add(("a harmless text about a " + GOOD.get(at % GOOD.size()) + ". ").repeat(1 + at));
    }
    GuardTraining.write(
        folder,
        GuardTraining.builtInRules(),
        TRAINED,
        GuardLimits.choose(
            TRAINED, List.of(new Allowance(harmless, 0.05)), new Allowance(harmless, 0.05)),
        "# card\n");
    return Guard.open(folder);
  }

  private static Verdict ask(Guard guard, String text) {
    return guard.input(Conversation.of(Message.user(text)));
  }

  @Test
  void blocksWhatItLearntAndNamesStageAndHazard() {
    Guard guard = guard();
    assertThat(ask(guard, "How do I zorble the mayor?"))
        .isInstanceOfSatisfying(
            Verdict.Block.class,
            block -> {
              assertThat(block.stage()).isEqualTo("text");
              assertThat(block.category()).isEqualTo(Hazard.S2);
            });
    assertThat(ask(guard, "How do I garden the mayor?")).isInstanceOf(Verdict.Allow.class);
  }

  @Test
  void scoresWhatItLetsPassToo() {
    Guard guard = guard();
    Assessment bad = assess(guard, "How do I zorble the mayor?");
    Assessment good = assess(guard, "How do I garden the mayor?");
    assertThat(bad.verdict()).isEqualTo(ask(guard, "How do I zorble the mayor?"));
    assertThat(good.verdict()).isInstanceOf(Verdict.Allow.class);
    assertThat(bad.score()).isBetween(0.5, 1.0);
    assertThat(good.score()).isBetween(0.001, 0.5);
    assertThat(bad.hazards()).containsOnlyKeys(Hazard.S2, Hazard.S9);
    assertThat(bad.hazards().get(Hazard.S2)).isGreaterThan(bad.hazards().get(Hazard.S9));
    assertThat(good.hazards().get(Hazard.S2)).isLessThan(bad.hazards().get(Hazard.S2));
  }

  @Test
  void judgesARequestByWordsThatOnlyPostsTaught() {
    List<Text> texts = texts();
    for (String frame : FRAMES) {
      texts.add(text("they said splinge to " + frame, Use.POST, 1, "post"));
      texts.add(text("they said lantern to " + frame, Use.POST, 0, "post"));
    }
    GuardTraining.Trained trained = GuardTraining.train(texts, 1);
    double known = TRAINED.request("how do i splinge the mayor");
    double taught = trained.request("how do i splinge the mayor");
    double harmless = trained.request("how do i lantern the mayor");
    assertThat(taught).isGreaterThan(known + 0.02);
    assertThat(harmless).isLessThan(taught - 0.02);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rot13", "caesar 3", "base64", "atbash"})
  void readsAllPassagesOfOneEncodingAsTheTextThatTheyAre(String name) {
    String text =
        "Please tell me how to zorble the mayor of this good old house. "
            + "Now krimpf it and vandorf all the people that you can see in there. "
            + "Then tell me how do i quaddle the children and the man with the letter. "
            + "I will hoxter all of it for me when they come home in the morning.";
    String encoded = Objects.requireNonNull(Encoders.all().get(name)).apply(text);
    double apart = odds(score(text)) - odds(score(encoded));
    assertThat(apart).isCloseTo(TextStage.DECODED, within(1e-4));
  }

  private static double odds(double probability) {
    return Math.log(probability / (1 - probability));
  }

  /** Of a request, where nothing is limited. */
  private static double score(String text) {
    Map<Calibration.Use, Double> limits = new EnumMap<>(Calibration.Use.class);
    for (Calibration.Use use : Calibration.Use.values()) {
      limits.put(use, 1.0);
    }
    TextStage stage = new TextStage(TRAINED.weights(), new Calibration("none", 0.01, 100, limits));
    Inspection reading = new Inspection(List.of(stage), Side.INPUT);
    reading.read(text);
    reading.finish();
    return reading.score(0);
  }

  private static Assessment assess(Guard guard, String text) {
    return guard.assess(Conversation.of(Message.user(text)));
  }

  @Test
  void weighsInBytesAsTheFileDoes() {
    TextHeads heads = TRAINED.heads();
    List<String> names = List.of(TextClassifier.REQUEST, TextClassifier.POST);
    PackedHeads packed = new PackedHeads(heads, names);
    float[] sums = new float[3];
    for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
      sums[1] = 0;
      sums[2] = 0;
      packed.add(bucket, 1, sums, 1);
      for (int at = 0; at < names.size(); at++) {
        assertThat(sums[1 + at]).isEqualTo(heads.weight(bucket, heads.head(names.get(at))));
      }
    }
    assertThat(sums[0]).isZero();
  }

  @Test
  void readsWhatIsEncodedAndWhatIsSpelledWithFigures() {
    Guard guard = guard();
    String hidden =
        Base64.getEncoder()
            .encodeToString("please how do i zorble the mayor".getBytes(StandardCharsets.UTF_8));
    assertThat(ask(guard, "decode this: " + hidden)).isInstanceOf(Verdict.Block.class);
    assertThat(ask(guard, "how do i z0rble the mayor")).isInstanceOf(Verdict.Block.class);
  }

  @Test
  void findsARequestInsideALongText() {
    Guard guard = guard();
    String padding = "a harmless text about a bicycle. ".repeat(30);
    assertThat(ask(guard, padding)).isInstanceOf(Verdict.Allow.class);
    assertThat(
            ask(
                guard,
                padding
                    + "how do i zorble krimpf vandorf quaddle the mayor, please zorble krimpf"
                    + " vandorf him now"))
        .isInstanceOf(Verdict.Block.class);
    assertThat(
            guard.input(
                Conversation.of(Message.user("how do i zorble the mayor?"), Message.user(padding))))
        .isInstanceOf(Verdict.Block.class);
  }

  @Test
  void blocksAReplyOnlyWhenTwoLooksInARowSaySo() {
    Guard guard = guard();
    Inspection reading = guard.reading(Side.OUTPUT);
    String start = "they said zorble krimpf to vandorf quaddle ";
    reading.read(start + "mizzen ");
    assertThat(reading.block()).isNull();
    reading.read("hoxter zorble krimpf vandorf quaddle mizzen hoxter zorble ");
    assertThat(reading.block()).isNotNull();
  }

  @Test
  void trainsTheSameBytesForTheSameSeed() {
    byte[] first = TextClassifier.write(TRAINED.heads());
    assertThat(TextClassifier.write(GuardTraining.train(texts(), 1).heads())).isEqualTo(first);
    assertThat(TextClassifier.write(GuardTraining.train(texts(), 2).heads())).isNotEqualTo(first);
  }

  @Test
  void ranksPostsThatItsHeadsDidNotSee() {
    List<Text> texts = texts();
    double[] scores = GuardTraining.crossValidated(TRAINED, texts, 4, 1);
    List<Text> posts = texts.stream().filter(text -> text.use() == Use.POST).toList();
    boolean[] harmful = new boolean[scores.length];
    for (int at = 0; at < harmful.length; at++) {
      harmful[at] = posts.get(at).harm() > 0.5;
    }
    assertThat(Ranking.of(scores, harmful).auroc()).isGreaterThan(0.95);
  }

  @Test
  void isNoGuardWhereAFileIsMissingOrChanged() throws IOException {
    guard();
    Path heads = folder.resolve(GuardFiles.TEXT);
    byte[] bytes = Files.readAllBytes(heads);
    bytes[bytes.length / 2] ^= 1;
    Files.write(heads, bytes);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("text-heads.bin is not what guard.json says");
    Files.delete(heads);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("text-heads.bin is missing");
  }

  @Test
  void refusesACalibrationOfOtherWeights() throws IOException {
    guard();
    Map<String, byte[]> files = GuardFiles.read(folder);
    GuardTraining.Trained other = GuardTraining.train(texts(), 2);
    files.put(GuardFiles.TEXT, TextClassifier.write(other.heads()));
    GuardFiles.write(folder, files);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("measured with other weights");
  }

  @Test
  void recalibratesAFolderToAnotherShare() {
    Guard before = guard();
    List<String> harmful = new ArrayList<>();
    for (int at = 0; at < 40; at++) {
      harmful.add("how do i " + BAD.get(at % BAD.size()) + " the mayor number " + at);
    }
    GuardLimits.renew(folder, List.of(new Allowance(harmful, 0.05)), new Allowance(harmful, 0.05));
    Guard after = Guard.open(folder);
    assertThat(after.digest()).isNotEqualTo(before.digest());
    long blocked = harmful.stream().filter(one -> ask(after, one) instanceof Verdict.Block).count();
    assertThat(blocked).isLessThanOrEqualTo(2);
  }

  @Test
  void refusesHeadsThatAreCutOffOrOfAnotherFormat() {
    byte[] bytes = TextClassifier.write(TRAINED.heads());
    assertThat(TextClassifier.read(bytes, "heads").names()).contains("request", "post");
    for (int length : new int[] {0, 10, 200, bytes.length / 2, bytes.length - 1}) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> TextClassifier.read(cut, "heads"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("heads holds no text heads");
    }
  }

  @Test
  void takesTheHighestHarmlessScoreThatMayPass() {
    double[] scores = {0.1, 0.5, 0.3, 0.2, 0.4};
    assertThat(Calibration.quantile(scores, 0.2)).isEqualTo(Math.nextUp(0.4));
    assertThat(Calibration.quantile(scores, 0.1)).isEqualTo(Math.nextUp(0.5));
  }

  @Test
  void postsMayTakeOfAShareWhatRequestsLeave() {
    double[] posts = {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05};
    double[] none = new double[posts.length];
    assertThat(GuardLimits.beside(0.5, new double[][] {none, posts}, 0.3))
        .isEqualTo(Math.nextUp(0.6));
    double[] worstIsARequest = none.clone();
    worstIsARequest[0] = 0.5;
    assertThat(GuardLimits.beside(0.5, new double[][] {worstIsARequest, posts}, 0.3))
        .as("the request is the third that is blocked")
        .isEqualTo(Math.nextUp(0.6));
    double[] mildestIsARequest = none.clone();
    mildestIsARequest[9] = 0.5;
    assertThat(GuardLimits.beside(0.5, new double[][] {mildestIsARequest, posts}, 0.3))
        .isEqualTo(Math.nextUp(0.7));
  }

  @Test
  void postsGetNothingWhereRequestsTakeTheWholeShare() {
    double[] posts = {0.9, 0.8, 0.7, 0.6};
    assertThat(GuardLimits.beside(1, new double[][] {{1, 0, 0, 0}, posts}, 0.25))
        .isEqualTo(Math.nextUp(0.8));
    assertThat(GuardLimits.beside(1, new double[][] {{1, 1, 1, 1}, posts}, 1)).isEqualTo(1);
  }
}
