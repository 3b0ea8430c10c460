package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.generate.Encoder;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.model.BertShape;
import dev.forefront.model.SmallEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard that also asks an encoder, here one of random weights. */
class EncoderGuardTest {
  private static final SmallEncoder SMALL = new SmallEncoder();
  private static final List<String> WORDS =
      List.of(
          "[CLS]", "[SEP]", "[UNK]", "paint", "visit", "house", "mayor", "zorble", "the", "how");

  @TempDir private Path folder;

  private static List<String> pieces() {
    List<String> pieces = new ArrayList<>(WORDS);
    while (pieces.size() < SMALL.shape().vocabulary()) {
      pieces.add("##" + (char) ('a' + pieces.size() - WORDS.size()));
    }
    return pieces;
  }

  private static Encoder.Shape shape() {
    BertShape shape = SMALL.shape();
    return new Encoder.Shape(
        shape.positions(), shape.width(), shape.heads(), shape.inner(), shape.layers());
  }

  /** Weights whose answer is always the same. */
  private static Map<String, float[]> answering(float odds) {
    Map<String, float[]> weights = new HashMap<>();
    for (String name : SMALL.names()) {
      weights.put(name, SMALL.weight(name));
    }
    weights.put("answer.weight", new float[shape().width()]);
    weights.put("answer.bias", new float[] {odds});
    return weights;
  }

  private static Map<String, float[]> listening() {
    Map<String, float[]> weights = answering(0.25f);
    Random random = new Random(3);
    float[] answer = new float[shape().width()];
    for (int at = 0; at < answer.length; at++) {
      answer[at] = (float) random.nextGaussian();
    }
    weights.put("answer.weight", answer);
    return weights;
  }

  private static EncoderHead head(Map<String, float[]> weights) {
    return new EncoderHead(EncoderFile.weights(shape(), pieces(), weights));
  }

  private static GuardTraining.Trained trained() {
    List<Text> texts = new ArrayList<>();
    for (int turn = 0; turn < 40; turn++) {
      for (Use use : List.of(Use.REQUEST, Use.POST)) {
        texts.add(text("how to zorble the mayor", use, 1));
        texts.add(text("how to paint the house", use, 0));
      }
    }
    return GuardTraining.train(texts, 1);
  }

  private static Text text(String words, Use use, double harm) {
    return new Text(words, use, harm, Map.of(), "made up", 1, words);
  }

  private static Calibration calibration(GuardTraining.Trained trained, double limit) {
    return new Calibration(
        trained.digest(),
        0.01,
        100,
        Map.of(
            Calibration.Use.REQUEST, limit, Calibration.Use.POST, 1.0, Calibration.Use.REPLY, 1.0));
  }

  private static Guard guard(GuardTraining.Trained trained, double limit) {
    return GuardTraining.guard(GuardTraining.builtInRules(), trained, calibration(trained, limit));
  }

  private static boolean blocks(Guard guard, String text) {
    return guard.input(Conversation.of(Message.user(text))) instanceof Verdict.Block;
  }

  @Test
  void addsTwiceWhatTheEncoderSays() {
    GuardTraining.Trained alone = trained();
    GuardTraining.Trained more = alone.with(shape(), pieces(), answering(1.5f));
    double before = odds(alone.request("visit the house"));
    assertThat(odds(more.request("visit the house")) - before).isCloseTo(3, within(1e-4));
  }

  private static org.assertj.core.data.Offset<Double> within(double apart) {
    return org.assertj.core.data.Offset.offset(apart);
  }

  private static double odds(double probability) {
    return Math.log(probability / (1 - probability));
  }

  @Test
  void theEncoderDecidesWhatHeadsLeaveOpen() {
    GuardTraining.Trained alone = trained();
    String text = "visit the house";
    double score = alone.request(text);
    Guard without = guard(alone, score * 1.05);
    Guard with = guard(alone.with(shape(), pieces(), answering(2)), score * 1.05);
    Guard calming = guard(alone.with(shape(), pieces(), answering(-2)), score * 0.95);
    assertThat(blocks(without, text)).isFalse();
    assertThat(blocks(with, text)).isTrue();
    assertThat(blocks(guard(alone, score * 0.95), text)).isTrue();
    assertThat(blocks(calming, text)).isFalse();
  }

  @Test
  void isReadInWhatWasDecodedTooWhereMoreIsAsked() {
    String text = "visit zorble the mayor";
    double plain = odds(score(2, text));
    assertThat(plain - odds(score(0, text))).isCloseTo(4, within(1e-4));
    assertThat(plain - odds(score(2, "dmlzaXQgem9yYmxlIHRoZSBtYXlvcg==")))
        .isCloseTo(TextStage.DECODED, within(1e-4));
  }

  @Test
  void mayOnlyExcuseACode() {
    for (String code : List.of("qq7qq w9zww", "i wwz8w i")) {
      assertThat(odds(score(-2, code)) - odds(score(0, code))).isCloseTo(-4, within(1e-4));
      assertThat(score(2, code)).isEqualTo(score(0, code));
    }
    for (String words : List.of("visit w8zww 7", "qqxqq wwzww", "7 qqxqq")) {
      assertThat(odds(score(-2, words)) - odds(score(0, words))).isCloseTo(-4, within(1e-4));
      assertThat(odds(score(2, words)) - odds(score(0, words))).isCloseTo(4, within(1e-4));
    }
  }

  @Test
  void aDecodedRequestIsBlockedFromAHigherScoreOn() {
    String encoded = "dmlzaXQgem9yYmxlIHRoZSBtYXlvcg==";
    double plain = odds(score(2, "visit zorble the mayor"));
    for (double less : List.of(TextStage.DECODED - 0.05, TextStage.DECODED + 0.05)) {
      double limit = TextHeads.probability(plain - less);
      assertThat(reading(2, limit, encoded).block() != null).isEqualTo(less > TextStage.DECODED);
      assertThat(reading(2, limit, "visit zorble the mayor").block()).isNotNull();
    }
  }

  @Test
  void askingInDisguiseFirstDoesNotExcuseThePlainWords() {
    String text = "visit zorble the mayor";
    double limit = TextHeads.probability(odds(score(2, text)) - 0.05);
    Inspection both = reading(2, limit, "dmlzaXQgem9yYmxlIHRoZSBtYXlvcg==");
    assertThat(both.block()).isNull();
    Inspection after = open(2, limit);
    after.read("dmlzaXQgem9yYmxlIHRoZSBtYXlvcg==");
    after.pause();
    after.read(text);
    after.finish();
    assertThat(after.block()).isNotNull();
  }

  private static Inspection reading(float says, double limit, String text) {
    Inspection reading = open(says, limit);
    reading.read(text);
    reading.finish();
    return reading;
  }

  /** Of a request, by heads, phrases and an encoder that always says the same. */
  private static double score(float says, String text) {
    return reading(says, 1, text).score(0);
  }

  private static Inspection open(float says, double limit) {
    PhraseHead phrases =
        new PhraseHead(
            List.of("visit", "i"),
            new byte[2 * PhraseNet.WIDTH],
            new float[PhraseNet.WIDTH],
            new float[PhraseNet.SIZE]);
    GuardTraining.Trained trained = trained();
    TextWeights weights = new TextWeights(trained.heads(), phrases, head(answering(says)));
    return new Inspection(List.of(new TextStage(weights, calibration(trained, limit))), Side.INPUT);
  }

  @Test
  void anEncoderThatSaysNoNumberBlocks() {
    GuardTraining.Trained more = trained().with(shape(), pieces(), answering(Float.NaN));
    assertThat(blocks(guard(more, 0.9), "visit the house")).isTrue();
  }

  @Test
  void saysTheSameWhenItIsReadAgain() {
    EncoderHead head = head(listening());
    byte[] file = EncoderFile.write(head);
    EncoderHead read = EncoderFile.read(file, "a file");
    assertThat(EncoderFile.write(read)).isEqualTo(file);
    for (String text : List.of("visit the mayor", "zorble", "paint how the house", "xyz")) {
      List<String> words = List.of(text.split(" "));
      assertThat(read.score(words)).isEqualTo(head.score(words)).isNotZero();
    }
    assertThat(head.score(List.of("visit"))).isNotEqualTo(head.score(List.of("zorble")));
  }

  @Test
  void refusesAFileThatIsCutOffLongerOrChanged() {
    byte[] file = EncoderFile.write(head(listening()));
    for (int length = 0; length < file.length; length += 97) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> EncoderFile.read(cut, "the file"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("the file holds no encoder")
          .hasMessageContaining("forefront guard train");
    }
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    assertThatThrownBy(() -> EncoderFile.read(longer, "it")).hasMessageContaining("follows");
    String header = new String(file, 0, 200, StandardCharsets.ISO_8859_1).split("\n")[0];
    for (String wrong :
        List.of(
            header.replace("\"width\":12", "\"width\":1000000"),
            header.replace("\"layers\":2", "\"layers\":2000000000"),
            header.replace("\"heads\":3", "\"heads\":5"),
            header.replace("\"pieces\":30", "\"pieces\":-1"),
            header.replace("encoder-1", "encoder-9"))) {
      byte[] line = wrong.getBytes(StandardCharsets.ISO_8859_1);
      byte[] bad = Arrays.copyOf(line, line.length + file.length - header.length());
      System.arraycopy(file, header.length(), bad, line.length, file.length - header.length());
      assertThat(wrong).isNotEqualTo(header);
      assertThatThrownBy(() -> EncoderFile.read(bad, "it")).isInstanceOf(BadInputException.class);
    }
  }

  @Test
  void limitsAreBoundToTheEncoderToo() throws Exception {
    GuardTraining.Trained one = trained().with(shape(), pieces(), answering(1));
    GuardTraining.Trained other = trained().with(shape(), pieces(), answering(2));
    byte[] rules = GuardTraining.builtInRules();
    GuardTraining.write(folder.resolve("one"), rules, one, calibration(one, 0.9), "");
    Guard.open(folder.resolve("one"));
    GuardTraining.write(folder.resolve("other"), rules, other, calibration(one, 0.9), "");
    assertThatThrownBy(() -> Guard.open(folder.resolve("other")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("calibration.json");
    Path file = folder.resolve("one").resolve(EncoderFile.NAME);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Guard.open(folder.resolve("one")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not what guard.json says");
  }
}
