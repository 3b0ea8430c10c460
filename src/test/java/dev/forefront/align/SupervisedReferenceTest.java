package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Rendered;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Supervised tuning against the recorded masks, losses and runs. Data files without messages are
 * not this road's: it learns from conversations alone.
 */
class SupervisedReferenceTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("forefront.reference")).resolve("alignment");

  @TestFactory
  Stream<DynamicTest> everyRecordedBatchHasItsLossAndGradient() {
    return kinds().map(kind -> DynamicTest.dynamicTest(name(kind), () -> checkBatch(kind)));
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedRunIsRunAgain() {
    return kinds().map(kind -> DynamicTest.dynamicTest(name(kind), () -> checkRun(kind)));
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedConversationHasItsIdsAndMask() throws IOException {
    Tokenizer tokenizer = Tokenizer.open(FOLDER.resolve("model/tokenizer.json"));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode kind : kinds().toList()) {
      int number = 0;
      for (String line : Files.readAllLines(FOLDER.resolve(kind.get("data").asString()))) {
        JsonNode row = JsonMapper.shared().readTree(line);
        if (row.has("messages")) {
          tests.add(
              DynamicTest.dynamicTest(
                  name(kind) + " " + number++, () -> checkMask(row, tokenizer)));
        }
      }
    }
    return tests.stream();
  }

  private static void checkBatch(JsonNode kind) {
    JsonNode recorded = kind.get("one_batch");
    TokenBatch batch = batch("sft-%s-batch.safetensors".formatted(name(kind)), "");
    assertThat(batch.valid()).isEqualTo(recorded.get("counted_tokens").asInt());
    try (Transformer model = Transformer.load(FOLDER.resolve("model/policy"));
        Scope _ = Scope.open()) {
      double loss = new LanguageModeling(step -> List.of(batch)).gradients(model, 0).loss();
      assertThat(loss).isCloseTo(recorded.get("loss").asDouble(), withinPercentage(0.01));
      assertThat(Gradients.norm(model))
          .isCloseTo(recorded.get("grad_norm").asDouble(), withinPercentage(0.1));
    }
  }

  private static void checkRun(JsonNode kind) {
    JsonNode training = kind.get("training");
    try (Transformer model = Transformer.load(FOLDER.resolve("model/policy"));
        ReferenceRun run = new ReferenceRun(model, training)) {
      for (JsonNode step : training.get("steps")) {
        TokenBatch batch =
            batch(
                "sft-%s-batches.safetensors".formatted(name(kind)),
                "step.%d.".formatted(step.get("step").asInt()));
        run.step(step, () -> new LanguageModeling(s -> List.of(batch)).gradients(model, 0).loss());
      }
      Path last = FOLDER.resolve("sft-%s-final.safetensors".formatted(name(kind)));
      if (Files.exists(last)) { // not recorded for all
        run.checkFinal(last);
      }
    }
  }

  /**
   * Where a message spells out a control token, the reference lets it become one; here text stays
   * text, and the only control tokens are the template's.
   */
  private static void checkMask(JsonNode row, Tokenizer tokenizer) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : row.get("messages")) {
      messages.add(
          new Message(
              Role.ofWireName(message.get("role").asString()), message.get("content").asString()));
    }
    Rendered rendered =
        ChatTemplate.chatMl(tokenizer).render(new Conversation(messages), AddGenerationPrompt.NO);
    if (messages.stream().anyMatch(message -> spellsControl(message, tokenizer))) {
      assertThat(Arrays.stream(rendered.ids()).filter(tokenizer::isControl))
          .hasSize(2 * messages.size());
      return;
    }
    int[] labels = new int[rendered.length()];
    Arrays.setAll(
        labels, i -> rendered.assistantMask()[i] ? rendered.ids()[i] : TokenBatch.IGNORED);
    assertThat(rendered.ids()).containsExactly(ints(row.get("input_ids")));
    assertThat(labels).containsExactly(ints(row.get("labels")));
  }

  private static boolean spellsControl(Message message, Tokenizer tokenizer) {
    return tokenizer.specials().keySet().stream().anyMatch(message.content()::contains);
  }

  /** Recorded rows; their labels stand under the token itself, ours under the one before. */
  private static TokenBatch batch(String file, String prefix) {
    try (SafeTensors tensors = SafeTensors.open(FOLDER.resolve(file))) {
      long[] shape = tensors.entry(prefix + "input_ids").shape();
      int rows = Math.toIntExact(shape[0]);
      int length = Math.toIntExact(shape[1]);
      long[] ids = tensors.entry(prefix + "input_ids").longs();
      long[] attended = tensors.entry(prefix + "attention_mask").longs();
      long[] labels = tensors.entry(prefix + "labels").longs();
      int[][][] arrays = new int[4][rows][length];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < length; i++) {
          int at = row * length + i;
          arrays[0][row][i] = (int) ids[at];
          arrays[1][row][i] = i;
          arrays[2][row][i] = attended[at] == 0 ? -1 : 0;
          arrays[3][row][i] = i + 1 < length ? (int) labels[at + 1] : TokenBatch.IGNORED;
        }
      }
      return new TokenBatch(arrays[0], arrays[1], arrays[2], arrays[3]);
    }
  }

  private static int[] ints(JsonNode values) {
    return values.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  private static String name(JsonNode kind) {
    return kind.get("kind").asString();
  }

  private static Stream<JsonNode> kinds() {
    return JsonMapper.shared().readTree(FOLDER.resolve("sft.json")).valueStream();
  }
}
