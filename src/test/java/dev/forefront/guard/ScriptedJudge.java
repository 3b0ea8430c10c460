package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Score;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Judges as it is told, and remembers what it was asked. */
class ScriptedJudge extends ScriptedModel {
  static final String DIGEST = "sha256:" + "1".repeat(64);

  final List<Conversation> heard = Collections.synchronizedList(new ArrayList<>());
  int context = Integer.MAX_VALUE;
  // How likely each category is once it is unsafe, by what is written after the word.
  final Map<String, Double> categories = new LinkedHashMap<>();
  private final ToDoubleFunction<Conversation> unsafe;

  /**
   * @param unsafe how likely the answer "unsafe" is; the answer "safe" is the rest
   */
  ScriptedJudge(ToDoubleFunction<Conversation> unsafe) {
    super("");
    this.unsafe = unsafe;
  }

  /** Calls unsafe what holds a word in its last message. */
  static ScriptedJudge fearing(String word) {
    return new ScriptedJudge(
        exchange -> exchange.messages().getLast().content().contains(word) ? 0.9 : 0.02);
  }

  @Override
  public List<Score> scoreReplies(Conversation exchange, List<String> beginnings) {
    heard.add(exchange);
    int words = countTokens(exchange);
    if (words > context) {
      throw new PromptTooLongException(words, context);
    }
    double probability = unsafe.applyAsDouble(exchange);
    return beginnings.stream().map(beginning -> score(beginning, probability)).toList();
  }

  private Score score(String beginning, double probability) {
    if (beginning.equals("safe")) {
      return new Score(Math.log(1 - probability), 1, false);
    }
    Double share = categories.get(beginning.substring("unsafe".length()).strip());
    return new Score(
        Math.log(probability * (share == null ? 1 : share)), beginning.length(), false);
  }

  /** A guard of rules that asks a judge, and blocks from one half on. */
  static Guard guard(Path folder, ScriptedJudge judge, String... more) {
    write(folder, 0.5, more);
    return Guard.open(folder).judgedBy(judge, DIGEST);
  }

  static byte[] description(String... more) {
    return bytes(
        """
        format: forefront-guard-model-1
        release: judge-1
        model: %s
        %s
        """
            .formatted(DIGEST, String.join("\n", more)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void write(Path folder, double limit, String... more) {
    GuardFiles.write(folder, Map.of(GuardFiles.RULES, GuardTraining.builtInRules()));
    byte[] yaml = description(more);
    new JudgeLimits(GuardFiles.digest(yaml), 0.01, 100, limit, limit).addTo(folder, yaml);
  }

  static Conversation asking(String text) {
    return Conversation.of(Message.user(text));
  }
}
