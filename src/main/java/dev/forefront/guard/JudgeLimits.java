package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * From which probability of "unsafe" on a guard model blocks, chosen on harmless texts. Bound to
 * the digest of {@code guard-model.yaml}, which holds the model's digest and the template: another
 * model or another question refuses it.
 *
 * @param description digest of guard-model.yaml, as {@code sha256:<hex>}
 * @param target share of harmless texts that may be blocked, 0..1
 * @param texts harmless texts it was measured on
 * @param request the limit where a person spoke last, 0..1
 * @param reply the limit where the assistant did, 0..1
 */
public record JudgeLimits(
    String description, double target, int texts, double request, double reply) {
  static final String FILE = "guard-model-limits.json";
  private static final String FORMAT = "forefront-guard-model-limits-1";

  public JudgeLimits {
    if (!(target > 0 && target < 1) || texts < 1) {
      throw new IllegalArgumentException("limits need a target between 0 and 1, and texts");
    }
    if (!(request > 0 && request <= 1) || !(reply > 0 && reply <= 1)) {
      throw new IllegalArgumentException("a limit is not within 0..1");
    }
  }

  double limit(Side side) {
    return side == Side.INPUT ? request : reply;
  }

  /**
   * Chooses the lowest limits that no more than a share of harmless texts reaches.
   *
   * @param requests harmless ones
   * @param replies likewise
   * @param done hears how many texts were judged
   * @throws BadInputException where the model judges one of them not at all: then it is asked in
   *     the wrong words
   */
  public static JudgeLimits choose(
      GuardModel description,
      LanguageModel model,
      Allowance requests,
      Allowance replies,
      LongConsumer done) {
    Judge judge = new Judge(description, model);
    AtomicLong judged = new AtomicLong();
    ToDoubleFunction<Message> score =
        said -> {
          double found = judge.score(Conversation.of(said));
          done.accept(judged.incrementAndGet());
          if (!(found >= 0)) {
            throw new BadInputException(
                "the guard model answers a harmless text neither \"%s\" nor %s: look at the template and at what it is trained to answer"
                    .formatted(description.safe(), description.unsafe()));
          }
          return found;
        };
    return new JudgeLimits(
        description.digest(),
        requests.share(),
        requests.texts().size(),
        limit(requests, text -> score.applyAsDouble(Message.user(text))),
        limit(replies, text -> score.applyAsDouble(Message.assistant(text))));
  }

  private static double limit(Allowance allowed, ToDoubleFunction<String> score) {
    return Math.max(
        Double.MIN_NORMAL,
        Calibration.quantile(
            allowed.texts().stream().mapToDouble(score).toArray(), allowed.share()));
  }

  /**
   * Adds a guard model to a guard's folder, or replaces the one that it has.
   *
   * @param description the bytes of guard-model.yaml for which the limits were chosen
   * @throws BadInputException where the folder holds no guard with a manifest
   */
  public void addTo(Path folder, byte[] description) {
    Map<String, byte[]> files = GuardFiles.read(folder);
    byte[] limits = json();
    read(limits, GuardFiles.digest(description), JudgeLimits.FILE);
    files.put(GuardModel.FILE, description);
    files.put(FILE, limits);
    GuardFiles.write(folder, files);
  }

  byte[] json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", FORMAT);
    root.put("description", description);
    root.put("target", target);
    root.put("texts", texts);
    root.putObject("limits").put("request", request).put("reply", reply);
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param description digest of the guard-model.yaml that they are to be used with
   * @throws BadInputException where the bytes are no limits, or those of another model or question
   */
  static JudgeLimits read(byte[] bytes, String description, String where) {
    List<String> problems = new ArrayList<>();
    try {
      JsonNode root = JsonMapper.shared().readTree(bytes);
      if (!root.path("format").asString("").equals(FORMAT)) {
        problems.add("its format is not " + FORMAT);
      }
      if (!root.path("description").asString("").equals(description)) {
        problems.add("they were measured with another model or another question; calibrate this");
      }
      if (problems.isEmpty()) {
        JsonNode limits = root.path("limits");
        return new JudgeLimits(
            description,
            root.path("target").asDouble(0),
            root.path("texts").asInt(0),
            limits.path("request").asDouble(Double.NaN),
            limits.path("reply").asDouble(Double.NaN));
      }
    } catch (JacksonException | IllegalArgumentException broken) {
      problems.add(String.valueOf(broken.getMessage()));
    }
    throw new BadInputException(
        "%s holds no limits for this guard model: %s"
            .formatted(where, String.join("; ", problems)));
  }
}
