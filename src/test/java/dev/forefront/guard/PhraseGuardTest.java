package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard that learns from unlabelled texts what words mean. */
class PhraseGuardTest {
  private static final List<String> BAD = List.of("zorble", "krimpf", "vandorf", "quaddle");
  private static final List<String> GOOD = List.of("paint", "visit", "greet", "thank");
  // No label says what these two are; other texts use them like the bad and like the good words.
  private static final String LIKE_BAD = "uxolm";
  private static final String LIKE_GOOD = "efityp";
  private static final List<String> FRAMES =
      List.of("how do i %s the mayor", "please %s a house", "tell me to %s it", "can you %s now");
  private static final GuardTraining.Trained TRAINED = train(1);

  @TempDir private Path folder;

  private static GuardTraining.Trained train(long seed) {
    WordVectors vectors =
        WordVectors.of(
            unlabelled().stream(),
            new WordVectors.Settings(PhraseNet.WIDTH, 12, 5, 1_000, 5, 1, seed),
            words -> {});
    return GuardTraining.train(texts(), vectors, 16, seed);
  }

  private static List<Text> texts() {
    List<Text> texts = new ArrayList<>();
    for (int turn = 0; turn < 40; turn++) {
      for (String frame : FRAMES) {
        for (int at = 0; at < BAD.size(); at++) {
          texts.add(text(frame.formatted(BAD.get(at)), Use.REQUEST, 1));
          texts.add(text(frame.formatted(GOOD.get(at)), Use.REQUEST, 0));
        }
      }
    }
    for (String frame : FRAMES) {
      texts.add(text("they " + frame.formatted("zorble"), Use.POST, 1));
      texts.add(text("they " + frame.formatted("greet"), Use.POST, 0));
    }
    return texts;
  }

  private static Text text(String text, Use use, double harm) {
    return new Text(text, use, harm, Map.of(Hazard.S2, harm), "made", 1, text);
  }

  private static List<String> unlabelled() {
    List<String> bad = new ArrayList<>(BAD);
    bad.add(LIKE_BAD);
    List<String> good = new ArrayList<>(GOOD);
    good.add(LIKE_GOOD);
    Random random = new Random(3);
    List<String> texts = new ArrayList<>();
    for (int turn = 0; turn < 2_000; turn++) {
      boolean isBad = random.nextBoolean();
      String word = (isBad ? bad : good).get(random.nextInt(5));
      String beside = (isBad ? "dusk" : "dawn") + random.nextInt(4);
      texts.add("the %s %s and %s%d".formatted(beside, word, isBad ? "fire" : "tea", turn % 5));
      if (turn % 20 == 0) {
        texts.add("how do i tell the mayor a house now please can you it me to");
      }
    }
    return texts;
  }

  private Guard guard(GuardTraining.Trained trained) {
    List<String> harmless = new ArrayList<>();
    for (int at = 0; at < 40; at++) {
      harmless.add(FRAMES.get(at % 4).formatted(GOOD.get(at / 4 % 4)));
    }
    List<Allowance> asked = List.of(new Allowance(harmless, 0.05));
    GuardTraining.write(
        folder,
        GuardTraining.builtInRules(),
        trained,
        GuardLimits.choose(trained, asked, new Allowance(harmless, 0.05)),
        "# card\n");
    return Guard.open(folder);
  }

  private static PhraseHead phrases() {
    return Objects.requireNonNull(TRAINED.weights().phrases());
  }

  @Test
  void judgesAWordThatNoLabelNamedByTheWordsItStandsAmong() {
    assertThat(TRAINED.request("how do i uxolm the mayor"))
        .isGreaterThan(TRAINED.request("how do i efityp the mayor") + 0.3);
    GuardTraining.Trained alone = GuardTraining.train(texts(), 1);
    assertThat(alone.request("how do i uxolm the mayor"))
        .isCloseTo(alone.request("how do i efityp the mayor"), within(0.1));
  }

  @Test
  void saysNothingOfWordsThatItNeverRead() {
    assertThat(phrases().score(List.of("qqqqq", "wwwww"))).isZero();
    assertThat(phrases().score(List.of())).isZero();
    assertThat(phrases().score(List.of("qqqqq", "zorble", "the", "mayor")))
        .isEqualTo(phrases().score(List.of("zorble", "the", "mayor")));
  }

  @Test
  void blocksByTheSumOfBothLogOdds() {
    Guard guard = guard(TRAINED);
    TextHeads heads = TRAINED.heads();
    for (String text : List.of("how do i zorble the mayor", "please visit a house", "uxolm it")) {
      float linear = heads.highest(GuardTraining.windows(text), heads.head(TextClassifier.REQUEST));
      float phrase = phrases().score(GuardTraining.words(text));
      assertThat(phrase).isNotZero();
      Inspection reading = new Inspection(List.of(stage()), Side.INPUT);
      reading.read(text);
      reading.finish();
      assertThat(reading.score(0))
          .isCloseTo(TextHeads.probability(linear + phrase), within(1e-5))
          .isCloseTo(TRAINED.request(text), within(1e-5));
    }
    assertThat(guard.input(Conversation.of(Message.user("how do i zorble the mayor"))))
        .isInstanceOf(Verdict.Block.class);
    assertThat(guard.input(Conversation.of(Message.user("how do i visit the mayor"))))
        .isInstanceOf(Verdict.Allow.class);
  }

  @Test
  void addsToRequestsAloneAndNotToReplies() {
    String said = "they said how do i zorble the mayor and zorble him now and zorble it again";
    TextHeads heads = TRAINED.heads();
    Inspection with = new Inspection(List.of(stage()), Side.OUTPUT);
    Inspection without =
        new Inspection(
            List.of(new TextStage(new TextWeights(heads, null, null), calibration())), Side.OUTPUT);
    for (Inspection reading : List.of(with, without)) {
      reading.read(said);
      reading.finish();
    }
    assertThat(with.score(0)).isEqualTo(without.score(0)).isPositive();
  }

  @Test
  void findsARequestInTheMiddleOfALongText() {
    List<String> words = new ArrayList<>();
    for (int at = 0; at < 50; at++) {
      words.add("please");
    }
    words.addAll(List.of("how", "do", "i", "zorble", "krimpf", "vandorf", "the", "mayor"));
    for (int at = 0; at < 50; at++) {
      words.add("please");
    }
    Inspection reading = new Inspection(List.of(stage()), Side.INPUT);
    reading.read(String.join(" ", words));
    reading.finish();
    assertThat(reading.score(0)).isCloseTo(TRAINED.request(String.join(" ", words)), within(1e-4));
  }

  private static TextStage stage() {
    return new TextStage(TRAINED.weights(), calibration());
  }

  private static Calibration calibration() {
    return new Calibration(
        "none",
        0.01,
        100,
        Map.of(
            Calibration.Use.REQUEST, 1.0, Calibration.Use.POST, 1.0, Calibration.Use.REPLY, 1.0));
  }

  @Test
  void trainsTheSameFilesForTheSameSeed() {
    GuardTraining.Trained again = train(1);
    assertThat(again.digests().get("phrases.bin"))
        .isEqualTo(TRAINED.digests().get("phrases.bin"))
        .startsWith("sha256:");
    GuardTraining.Trained other = train(2);
    assertThat(other.digests().get("phrases.bin"))
        .isNotEqualTo(TRAINED.digests().get("phrases.bin"));
  }

  @Test
  void learnsTheSameFromTextsThatAnotherTrainingReadBefore() {
    List<String> all = unlabelled();
    GuardTraining.Unlabelled read = new GuardTraining.Unlabelled(all.subList(0, 1_500).stream());
    List<Text> few = texts().subList(0, 80);
    GuardTraining.Trained first = train(few, read, all.subList(1_500, all.size()));
    train(few, read, List.of("something else altogether ".repeat(50)));
    GuardTraining.Trained again = train(few, read, all.subList(1_500, all.size()));
    assertThat(again.digests().get("phrases.bin")).isEqualTo(first.digests().get("phrases.bin"));
    GuardTraining.Trained whole = train(few, new GuardTraining.Unlabelled(all.stream()), List.of());
    assertThat(whole.digests().get("phrases.bin")).isEqualTo(first.digests().get("phrases.bin"));
  }

  private static GuardTraining.Trained train(
      List<Text> texts, GuardTraining.Unlabelled read, List<String> more) {
    return GuardTraining.train(texts, read, more.stream(), 5, what -> {});
  }

  @Test
  void blocksBeforeAnyFolderHoldsItWhatItBlocksAfterwards() {
    Guard stored = guard(TRAINED);
    Calibration limits =
        Calibration.read(
            Objects.requireNonNull(GuardFiles.read(folder).get(Calibration.FILE)),
            TRAINED.digest(),
            "limits");
    Guard unstored = GuardTraining.guard(GuardTraining.builtInRules(), TRAINED, limits);
    for (Text text : texts()) {
      Conversation asked = Conversation.of(Message.user(text.text()));
      assertThat(unstored.input(asked)).isEqualTo(stored.input(asked));
    }
    assertThat(unstored.input(Conversation.of(Message.user("how do i zorble the mayor"))))
        .isInstanceOf(Verdict.Block.class);
  }

  @Test
  void isNoGuardWhereItsPhrasesAreMissingOrChanged() throws IOException {
    guard(TRAINED);
    Path file = folder.resolve(PhraseFile.NAME);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("phrases.bin is not what guard.json says");
    Files.delete(file);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("phrases.bin is missing");
  }

  @Test
  void refusesLimitsThatWereChosenWithoutThePhrasesOrWithOthers() {
    guard(TRAINED);
    Map<String, byte[]> files = GuardFiles.read(folder);
    byte[] phrases = Objects.requireNonNull(files.remove(PhraseFile.NAME));
    GuardFiles.write(folder, files);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("measured with other weights");
    PhraseHead head = PhraseFile.read(phrases, "phrases");
    float[] weights = head.weights().clone();
    weights[0] += 1;
    files.put(
        PhraseFile.NAME,
        PhraseFile.write(new PhraseHead(head.words(), head.said(), head.steps(), weights)));
    GuardFiles.write(folder, files);
    assertThatThrownBy(() -> Guard.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("measured with other weights");
  }

  @Test
  void recalibratesOnTheSum() {
    Guard before = guard(TRAINED);
    List<String> alike = new ArrayList<>();
    for (int at = 0; at < 40; at++) {
      alike.add(FRAMES.get(at % 4).formatted(LIKE_BAD));
    }
    GuardLimits.renew(folder, List.of(new Allowance(alike, 0.05)), new Allowance(alike, 0.05));
    Guard after = Guard.open(folder);
    assertThat(after.digest()).isNotEqualTo(before.digest());
    for (String text : alike) {
      assertThat(after.input(Conversation.of(Message.user(text))))
          .isInstanceOf(Verdict.Allow.class);
    }
  }

  @Test
  void refusesPhrasesThatAreCutOffOrOfAnotherFormat() throws IOException {
    byte[] bytes = PhraseFile.write(phrases());
    assertThat(PhraseFile.read(bytes, "phrases").words()).contains("zorble", LIKE_BAD);
    assertThat(PhraseFile.write(PhraseFile.read(bytes, "phrases"))).isEqualTo(bytes);
    for (int length : new int[] {0, 10, 300, bytes.length / 2, bytes.length - 1}) {
      refused(Arrays.copyOf(bytes, length));
    }
    refused("forefront".getBytes(StandardCharsets.UTF_8));
    refused(TextClassifier.write(TRAINED.heads()));
    String header = new String(bytes, 0, lineEnd(bytes), StandardCharsets.ISO_8859_1);
    refused(with(bytes, header.replace("phrases-1", "phrases-2"), payload(bytes)));
    refused(
        with(bytes, header.replaceAll("\"words\":\\d+", "\"words\":2000000000"), payload(bytes)));
    refused(with(bytes, header.replaceAll("\"words\":\\d+", "\"words\":-1"), payload(bytes)));
  }

  @Test
  void refusesWeightsThatAreNoNumbersAndWordsThatAreThereTwice() throws IOException {
    byte[] bytes = PhraseFile.write(phrases());
    String header = new String(bytes, 0, lineEnd(bytes), StandardCharsets.ISO_8859_1);
    byte[] payload = payload(bytes);
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e30f}) {
      byte[] changed = payload.clone();
      java.nio.ByteBuffer.wrap(changed).putFloat(changed.length - 400, broken);
      refused(with(bytes, header, changed));
    }
    refused(with(bytes, header, Arrays.copyOf(payload, payload.length + 1)));
    refused(with(bytes, header, Arrays.copyOf(payload, payload.length - 4)));
    int first = 1 + payload[0] + PhraseNet.WIDTH;
    byte[] twice = new byte[payload.length + first];
    System.arraycopy(payload, 0, twice, 0, first);
    System.arraycopy(payload, 0, twice, first, payload.length);
    int words = phrases().words().size() + 1;
    refused(with(bytes, header.replaceAll("\"words\":\\d+", "\"words\":" + words), twice));
  }

  private static void refused(byte[] bytes) {
    assertThatThrownBy(() -> PhraseFile.read(bytes, "phrases"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("phrases holds no phrases");
  }

  private static int lineEnd(byte[] bytes) {
    int end = 0;
    while (bytes[end] != '\n') {
      end++;
    }
    return end + 1;
  }

  private static byte[] payload(byte[] bytes) throws IOException {
    int from = lineEnd(bytes);
    try (GZIPInputStream gzip =
        new GZIPInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      return gzip.readAllBytes();
    }
  }

  private static byte[] with(byte[] bytes, String header, byte[] payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(payload);
    }
    return out.toByteArray();
  }
}
