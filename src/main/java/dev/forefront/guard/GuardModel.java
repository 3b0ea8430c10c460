package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Which model judges, how it is asked and how its answer is read: the content of {@code
 * guard-model.yaml} in a guard's folder. Everything in which guard models differ is here, and
 * nothing of it in code.
 *
 * @param release its name in the registry from which the served model comes
 * @param model digest of its folder; see {@link dev.forefront.conversation.ModelDigest}
 * @param template asks it, in the language of the model hubs and in the place of its own; empty
 *     where its own does
 * @param marks by which the template parts what is judged from the rest; never found whole in what
 *     is judged
 * @param safe how an answer begins that lets a text pass
 * @param unsafe how answers begin that do not; what they have in probability is added up
 * @param before what stands between the first of those and a category
 * @param categories what the model calls hazards; empty where it names none
 * @param questions what it is asked, one after the other; the worst answer counts
 * @param every tokens of a reply after which it is asked again
 * @param deadline for one judgement, waiting included
 * @param atOnce judgements at once; more wait
 * @param answers the least probability of both answers together: a model that would rather say
 *     something else has not judged
 * @param digest of the file's bytes, as {@code sha256:<hex>}
 */
public record GuardModel(
    String release,
    String model,
    String template,
    List<String> marks,
    String safe,
    List<String> unsafe,
    String before,
    Map<String, Hazard> categories,
    List<Question> questions,
    int every,
    Duration deadline,
    int atOnce,
    double answers,
    String digest) {

  /** The file's name in a guard's folder. */
  public static final String FILE = "guard-model.yaml";

  private static final String FORMAT = "forefront-guard-model-1";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /**
   * One question about an exchange.
   *
   * @param ask the first message that the template sees, as the system's; empty for none
   * @param hazard what was seen where no category says more
   */
  public record Question(String ask, Hazard hazard) {}

  public GuardModel {
    marks = List.copyOf(marks);
    unsafe = List.copyOf(unsafe);
    categories = Collections.unmodifiableMap(new LinkedHashMap<>(categories));
    questions = List.copyOf(questions);
  }

  /** The file as a person writes it; what may be left out is null then. */
  private record Written(
      @Nullable String format,
      @Nullable String release,
      @Nullable String model,
      @Nullable String template,
      @Nullable List<String> marks,
      @Nullable String safe,
      @Nullable List<String> unsafe,
      @Nullable String before,
      @Nullable Map<String, String> categories,
      @Nullable List<Asked> questions,
      @Nullable Integer every,
      @Nullable Integer deadlineMs,
      @Nullable Integer atOnce,
      @Nullable Double answers) {}

  private record Asked(@Nullable String ask, @Nullable String hazard) {}

  /**
   * Reads {@code guard-model.yaml}.
   *
   * @param origin names the text in errors
   * @throws BadInputException naming everything that is wrong at once
   */
  public static GuardModel parse(byte[] yaml, String origin) {
    Written written;
    try {
      written = YAML.readValue(yaml, Written.class);
    } catch (JacksonException broken) {
      throw new BadInputException(
          origin + " is no description of a guard model: " + broken.getOriginalMessage(), broken);
    }
    List<String> problems = new ArrayList<>();
    GuardModel model = of(written, GuardFiles.digest(yaml), problems);
    if (!problems.isEmpty()) {
      throw new BadInputException(origin + ": " + String.join("; ", problems));
    }
    return model;
  }

  /**
   * The same file with the model's digest, where whoever wrote it left that out.
   *
   * @param digest of the model's folder
   * @throws BadInputException where it names another model
   */
  public static byte[] completed(byte[] yaml, String digest, String origin) {
    String text = new String(yaml, StandardCharsets.UTF_8);
    boolean named = text.lines().anyMatch(line -> line.startsWith("model:"));
    byte[] whole =
        named
            ? yaml
            : (text + (text.endsWith("\n") ? "" : "\n") + "model: " + digest + "\n")
                .getBytes(StandardCharsets.UTF_8);
    String found = parse(whole, origin).model();
    if (!found.equals(digest)) {
      throw new BadInputException(
          "%s names the model %s, and the folder holds %s: take its line \"model\" out"
              .formatted(origin, found, digest));
    }
    return whole;
  }

  private static GuardModel of(Written w, String digest, List<String> problems) {
    if (!FORMAT.equals(w.format)) {
      problems.add("format must be " + FORMAT);
    }
    String release = or(w.release, "");
    check(release.matches("[a-z0-9][a-z0-9._-]{0,63}"), "release must name a release", problems);
    String model = or(w.model, "");
    check(
        model.matches("sha256:[0-9a-f]{64}"),
        "model must be the digest of the model's folder, sha256: and 64 digits",
        problems);
    String safe = or(w.safe, "safe");
    List<String> unsafe = w.unsafe == null ? List.of("unsafe") : w.unsafe;
    check(
        differ(safe, unsafe),
        "safe and unsafe must be texts of which none begins another",
        problems);
    List<String> marks = w.marks == null ? List.of() : w.marks;
    check(
        marks.stream().allMatch(mark -> mark != null && mark.strip().length() >= 2),
        "each of marks must have at least two characters",
        problems);
    int every = w.every == null ? 32 : w.every;
    check(every >= 1 && every <= 4096, "every must be from 1 to 4096 tokens", problems);
    int deadline = w.deadlineMs == null ? 10_000 : w.deadlineMs;
    check(deadline >= 1 && deadline <= 600_000, "deadlineMs must be from 1 to 600000", problems);
    int atOnce = w.atOnce == null ? 4 : w.atOnce;
    check(atOnce >= 1 && atOnce <= 256, "atOnce must be from 1 to 256", problems);
    double answers = w.answers == null ? 0.5 : w.answers;
    check(answers >= 0 && answers <= 1, "answers must be from 0 to 1", problems);
    return new GuardModel(
        release,
        model,
        or(w.template, ""),
        problems.isEmpty() ? marks : List.of(),
        safe,
        problems.isEmpty() ? unsafe : List.of(),
        or(w.before, "\n"),
        categories(w.categories, problems),
        questions(w.questions, problems),
        every,
        Duration.ofMillis(deadline),
        atOnce,
        answers,
        digest);
  }

  /** Otherwise one answer would be part of another, and counted twice. */
  private static boolean differ(String safe, List<String> unsafe) {
    List<String> all = new ArrayList<>(unsafe);
    all.add(safe);
    if (unsafe.isEmpty() || unsafe.size() > 8 || all.contains(null)) {
      return false;
    }
    for (int one = 0; one < all.size(); one++) {
      for (int other = 0; other < all.size(); other++) {
        if (one != other && all.get(other).startsWith(all.get(one))) {
          return false;
        }
      }
    }
    return !all.contains("");
  }

  private static Map<String, Hazard> categories(
      @Nullable Map<String, String> written, List<String> problems) {
    Map<String, Hazard> categories = new LinkedHashMap<>();
    if (written != null) {
      written.forEach((name, hazard) -> categories.put(name, hazard(hazard, problems)));
    }
    check(
        categories.keySet().stream().noneMatch(String::isBlank),
        "a category without a name",
        problems);
    return categories;
  }

  private static List<Question> questions(@Nullable List<Asked> written, List<String> problems) {
    if (written == null) {
      return List.of(new Question("", Hazard.UNKNOWN));
    }
    check(
        !written.isEmpty() && written.size() <= 32,
        "questions must be from one to 32, or left out",
        problems);
    return written.stream()
        .map(
            one ->
                new Question(
                    or(one.ask, ""),
                    one.hazard == null ? Hazard.UNKNOWN : hazard(one.hazard, problems)))
        .toList();
  }

  private static Hazard hazard(@Nullable String name, List<String> problems) {
    try {
      return Hazard.named(String.valueOf(name));
    } catch (IllegalArgumentException wrong) {
      problems.add(String.valueOf(wrong.getMessage()));
      return Hazard.UNKNOWN;
    }
  }

  private static String or(@Nullable String written, String otherwise) {
    return written == null ? otherwise : written;
  }

  private static void check(boolean right, String otherwise, List<String> problems) {
    if (!right) {
      problems.add(otherwise);
    }
  }
}
