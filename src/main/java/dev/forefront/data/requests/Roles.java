package dev.forefront.data.requests;

import dev.forefront.conversation.Conversation;
import dev.forefront.data.sets.Labelled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Texts written by rule from roles.yaml: harmless ones that look dangerous to a guard (roles to
 * play, questions about preventing what is bad, titles, advice), and harmful requests put to the
 * same roles, so that a guard learns that a role says nothing about harm. The same count and seed
 * give the same texts.
 */
public final class Roles {
  /** The name that these texts carry as their set. */
  public static final String SET = "roles-by-rule";

  private static final String FILE = "roles.yaml";
  private static final String FORMAT = "forefront-roles-1";
  private static final Pattern START = Pattern.compile("(^|[.?!] )(\\p{Ll})");

  /** What a request can begin with after "As a nurse,". */
  private static final Pattern OPENER =
      Pattern.compile(
          "(How|What|Where|Which|Who|Why|When|Is|Are|Can|Could|Should|Do|Tell|Explain|Write|Give"
              + "|Describe|Teach|Show|Help|Create|List|Make|Draft|Suggest|Outline|Please|Provide"
              + "|Develop|Devise|Come|Compose|Produce|Offer|Demonstrate|Publish|Instruct|Generate"
              + "|Design|Craft|Argue|Convince|Prove|Present|Justify|Summarize|Recommend|Translate)"
              + "\\b[^:]*");

  private record Family(String name, Phrases phrases, Lot<Task> tasks) {}

  private record Task(String kind, String phrase, double weight) {}

  private record Draft(
      String text, double harm, Map<String, Double> hazards, String category, String group) {}

  private final Phrases phrases;
  private final Map<String, List<String>> frames;
  private final List<Family> families = new ArrayList<>();
  private final Lot<Task> anyone;
  private final Lot<Task> protecting;
  private final Lot<Task> brief;

  private Roles(JsonNode root) {
    phrases = new Phrases(Phrases.lists(root.path("lists")));
    frames = Phrases.lists(root.path("frames"));
    for (Map.Entry<String, JsonNode> family : root.path("families").properties()) {
      JsonNode node = family.getValue();
      Phrases known = phrases.with("who", Phrases.strings(node.path("who")));
      families.add(new Family(family.getKey(), known, tasks(node)));
    }
    anyone = tasks(root.path("anyone"));
    protecting = lot(tasks("protecting", root.path("protecting")));
    brief = lot(tasks("short", root.path("short")));
  }

  private Lot<Task> tasks(JsonNode node) {
    List<Task> tasks = new ArrayList<>(tasks("act", node.path("acts")));
    tasks.addAll(tasks("ask", node.path("asks")));
    tasks.addAll(tasks("scene", node.path("scenes")));
    return lot(tasks);
  }

  private List<Task> tasks(String kind, JsonNode list) {
    return Phrases.strings(list).stream()
        .map(phrase -> new Task(kind, phrase, phrases.weight(phrase)))
        .toList();
  }

  private static Lot<Task> lot(List<Task> tasks) {
    return Lot.of(tasks, Task::weight);
  }

  /** The roles that ship with Forefront. */
  public static Roles builtIn() {
    return new Roles(Phrases.file(FILE, FORMAT));
  }

  /**
   * Writes harmless texts and a fifth as many harmful ones, each text once. Of the harmless ones
   * six in ten are put to a role, three in ten ask about what is bad, and the rest are short.
   *
   * @param each how many harmless ones
   */
  public List<Labelled> write(int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Requests requests = Requests.builtIn();
    List<Labelled> texts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int roles = each * 6 / 10;
    int about = each * 3 / 10;
    // One role in eight hears a harmless request, as the harmful ones are heard.
    put(requests.asked(Requests.Harm.NO, roles / 8, random), random, seen, texts);
    draw(roles - texts.size(), () -> inRole(random), seen, texts);
    draw(about, () -> plain(protecting, random), seen, texts);
    draw(each - texts.size(), () -> plain(brief, random), seen, texts);
    put(requests.asked(Requests.Harm.YES, each / 5, random), random, seen, texts);
    return texts;
  }

  private void put(
      List<Labelled> requests, SplittableRandom random, Set<String> seen, List<Labelled> to) {
    for (Labelled request : requests) {
      draw(1, () -> behindRole(request, random), seen, to);
    }
  }

  private static void draw(int count, Supplier<Draft> drafts, Set<String> seen, List<Labelled> to) {
    int wanted = to.size() + count;
    // Repeated texts are drawn again, but not for ever.
    for (int tries = 0; to.size() < wanted && tries < 4L * count; tries++) {
      Draft draft = drafts.get();
      if (seen.add(draft.text)) {
        to.add(labelled(draft, to.size()));
      }
    }
  }

  private Draft inRole(SplittableRandom random) {
    Family family = Phrases.pick(families, random);
    // One in three is asked what anybody may be asked.
    Task task = (random.nextInt(3) == 0 ? anyone : family.tasks).draw(random);
    String frame = frame(task.kind, random).replace("{" + task.kind + "}", task.phrase);
    String text = finished(family.phrases.write(frame, random), random);
    return new Draft(text, 0, Requests.noHazards(), "role/" + family.name, task.phrase);
  }

  private Draft plain(Lot<Task> tasks, SplittableRandom random) {
    Task task = tasks.draw(random);
    String text = finished(phrases.write(task.phrase, random), random);
    return new Draft(text, 0, Requests.noHazards(), task.kind, task.phrase);
  }

  private Draft behindRole(Labelled request, SplittableRandom random) {
    Family family = Phrases.pick(families, random);
    String asked = request.text();
    boolean opens = OPENER.matcher(asked).matches();
    String frame =
        frame(opens ? "request" : "remark", random).replace("{text}", ended(asked) ? "@" : "@.");
    // The role is written first: a request may hold anything.
    String role = family.phrases.write(frame, random);
    String said = opens ? Character.toLowerCase(asked.charAt(0)) + asked.substring(1) : asked;
    String text = finished(role.replace("@", said), random);
    return new Draft(text, request.harm(), request.hazards(), request.category(), request.group());
  }

  private static boolean ended(String text) {
    return text.endsWith(".") || text.endsWith("?") || text.endsWith("!");
  }

  private String frame(String kind, SplittableRandom random) {
    List<String> list = frames.get(kind);
    if (list == null) {
      throw new IllegalStateException(FILE + " has no frames \"" + kind + "\"");
    }
    return Phrases.pick(list, random);
  }

  /** With capital letters where sentences begin, or in one text of ten with none at the start. */
  private static String finished(String text, SplittableRandom random) {
    String tidy = text.replaceAll(" ([.,?!])", "$1");
    String sentences =
        START
            .matcher(tidy)
            .replaceAll(
                start ->
                    Matcher.quoteReplacement(start.group(1) + Phrases.capitalized(start.group(2))));
    return random.nextInt(10) == 0 ? tidy.charAt(0) + sentences.substring(1) : sentences;
  }

  private static Labelled labelled(Draft draft, int number) {
    return new Labelled(
        SET,
        String.valueOf(number),
        Labelled.Kind.REQUEST,
        new Conversation(List.of()),
        draft.text,
        draft.harm,
        draft.hazards,
        draft.category,
        draft.group);
  }
}
