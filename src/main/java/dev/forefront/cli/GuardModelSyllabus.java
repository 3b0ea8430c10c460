package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sha256;
import dev.forefront.data.Document;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.Preference;
import dev.forefront.data.requests.Requests;
import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import dev.forefront.guard.Hazard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a guard model learns from: the texts of {@link GuardSyllabus}, each as a dialogue in which
 * the reply is the judgement, but for those whose words are of a text that measures. A fifth of the
 * posts is kept apart to measure with.
 */
final class GuardModelSyllabus implements Syllabus {
  /** Requests, ordinary texts and hints. */
  static final String TEXTS = "guard";

  /** OpenAI's posts, those that do not measure. */
  static final String POSTS = "guard-posts";

  static final String SAFE = "safe";
  static final String UNSAFE = "unsafe";

  private static final int REQUESTS = 12_000;
  private static final int ORDINARY = 9_000;
  private static final int PASSAGES = 1_000;
  private static final int FIFTH = 5;

  private final Path data;
  private final long seed;
  private @Nullable List<Text> texts;

  GuardModelSyllabus(Path data, long seed) {
    this.data = data;
    this.seed = seed;
  }

  @Override
  public DocumentSource text(String set) {
    return source(
        set, (id, text) -> new Document.Prose(id, text.text(), set, "as in the guard's card"));
  }

  @Override
  public DocumentSource dialogues(String set) {
    return source(
        set,
        (id, text) ->
            new Document.Dialogue(
                id,
                Conversation.of(
                    Message.user(question(text.use(), text.text())),
                    Message.assistant(answer(text))),
                set,
                "as in the guard's card"));
  }

  @Override
  public List<Preference> pairs(String set) {
    throw new BadInputException("a guard model learns from no pairs: leave data.preference empty");
  }

  @Override
  public Collection<String> heldOut() {
    return posts(true).stream().map(Text::text).toList();
  }

  @Override
  public String digest() {
    StringBuilder lines = new StringBuilder("%d %d %d".formatted(REQUESTS, ORDINARY, PASSAGES));
    for (Text text : texts()) {
      lines.append(text.text()).append('\n').append(answer(text)).append('\n');
    }
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Everything that may be learnt from, for a guard that is to be compared. */
  List<Text> training() {
    List<Text> learnt = new ArrayList<>(learnt(TEXTS));
    learnt.addAll(posts(false));
    return learnt;
  }

  /** Posts that nothing is learnt from. */
  List<Text> measuring() {
    return posts(true);
  }

  /**
   * What the model is asked. Each kind of text was judged by a measure of its own, so the model is
   * told which.
   */
  static String question(Use use, String text) {
    return switch (use) {
          case REQUEST -> "Request:\n";
          case POST -> "Text:\n";
          case HINT -> "Remark:\n";
        }
        + text;
  }

  static String answer(Text text) {
    if (text.harm() < 0.5) {
      return SAFE;
    }
    return text.hazards().entrySet().stream()
        .filter(one -> one.getValue() >= 0.5)
        .max(Map.Entry.<Hazard, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(one -> UNSAFE + "\n" + one.getKey().name())
        .orElse(UNSAFE);
  }

  private DocumentSource source(String set, Writer writer) {
    if (!set.equals(TEXTS) && !set.equals(POSTS)) {
      throw new BadInputException(
          "a guard model learns from the sets %s and %s, not from %s".formatted(TEXTS, POSTS, set));
    }
    return new DocumentSource(
        set,
        () -> {
          List<Text> learnt = learnt(set);
          return Stream.iterate(0, at -> at < learnt.size(), at -> at + 1)
              .map(at -> writer.document(Integer.toString(at), learnt.get(at)));
        });
  }

  @FunctionalInterface
  private interface Writer {
    Document document(String id, Text text);
  }

  private List<Text> learnt(String set) {
    return set.equals(POSTS)
        ? posts(false)
        : texts().stream().filter(text -> text.use() != Use.POST).toList();
  }

  /** Texts of one group are nearly the same and stay on one side. */
  private List<Text> posts(boolean measuring) {
    return texts().stream()
        .filter(text -> text.use() == Use.POST)
        .filter(text -> measures(text) == measuring)
        .toList();
  }

  private static boolean measures(Text post) {
    String hex = Sha256.hex(post.group().getBytes(StandardCharsets.UTF_8));
    return Integer.parseInt(hex.substring(0, 4), 16) % FIFTH == 0;
  }

  private List<Text> texts() {
    List<Text> read = texts;
    if (read == null) {
      read =
          new GuardSyllabus(data, seed, Map.of(Requests.SET, REQUESTS), ORDINARY, PASSAGES)
              .texts(GuardSyllabus.unlike(new GuardMeasures(data).texts()), what -> {});
      texts = read;
    }
    return read;
  }
}
