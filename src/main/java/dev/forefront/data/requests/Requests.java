package dev.forefront.data.requests;

import dev.forefront.conversation.Conversation;
import dev.forefront.data.sets.Labelled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Requests written by rule from requests.yaml, subtle.yaml, blunt.yaml or work.yaml: harmful ones
 * by hazard, and harmless twins in the same words, so that a guard learns what is asked and not
 * which words occur. The same count and seed give the same texts.
 */
public final class Requests {
  /** The name that these texts carry as their set. */
  public static final String SET = "requests-by-rule";

  /** Likewise those without a harsh word. */
  public static final String SUBTLE_SET = "subtle-requests-by-rule";

  /** Likewise those as people type them to try what passes. */
  public static final String BLUNT_SET = "blunt-requests-by-rule";

  /** What assistants are asked at work, all of it harmless. */
  public static final String WORK_SET = "work-requests-by-rule";

  /** All of them. */
  public static final List<String> SETS = List.of(SET, SUBTLE_SET, BLUNT_SET, WORK_SET);

  private static final String FILE = "requests.yaml";
  private static final String FORMAT = "forefront-requests-1";
  private static final String ORDINARY = "ordinary";
  private static final int HAZARDS = 14;

  /** What stands under a hazard, how it is framed, and whether it is harmful. */
  private enum Kind {
    ACTS("act", Harm.YES),
    THINGS("thing", Harm.YES),
    CLAIMS("claim", Harm.YES),
    STATEMENTS("statement", Harm.YES),
    QUESTIONS("question", Harm.YES),
    TWINS("act", Harm.NO),
    SAFE("question", Harm.NO),
    TOPICS("topic", Harm.NO),
    GOODS("thing", Harm.NO),
    FACTS("claim", Harm.NO),
    REMARKS("statement", Harm.NO);

    private final String frame;
    private final Harm harm;

    Kind(String frame, Harm harm) {
      this.frame = frame;
      this.harm = harm;
    }
  }

  enum Harm {
    YES,
    NO
  }

  private record Template(Kind kind, String hazard, String phrase, double weight) {}

  private final String set;
  private final Phrases phrases;
  private final Map<String, List<String>> frames;
  private final double mostWeight;
  private final List<Template> templates = new ArrayList<>();

  /**
   * @param files the last has the phrases; a list or frame is that of the last that names it
   */
  private Requests(String set, List<JsonNode> files, double mostWeight) {
    this.set = set;
    this.mostWeight = mostWeight;
    frames = all(files, "frames");
    phrases = new Phrases(all(files, "lists"));
    JsonNode root = files.getLast();
    for (Map.Entry<String, JsonNode> hazard : root.path("hazards").properties()) {
      add(hazard.getKey(), hazard.getValue());
    }
    add(ORDINARY, root.path(ORDINARY));
  }

  private void add(String hazard, JsonNode kinds) {
    for (Kind kind : Kind.values()) {
      for (JsonNode phrase : kinds.path(kind.name().toLowerCase(Locale.ROOT))) {
        String text = phrase.asString();
        templates.add(new Template(kind, hazard, text, Math.min(mostWeight, phrases.weight(text))));
      }
    }
  }

  /** The requests that ship with Forefront. */
  public static Requests builtIn() {
    return new Requests(SET, List.of(Phrases.file(FILE, FORMAT)), Double.MAX_VALUE);
  }

  /**
   * @param set one of {@link #SETS}
   */
  public static Requests of(String set) {
    return switch (set) {
      case SET -> builtIn();
      case SUBTLE_SET -> besidePlain(set, "subtle", 20);
      case BLUNT_SET -> besidePlain(set, "blunt", 8);
      case WORK_SET -> besidePlain(set, "work", 20);
      default -> throw new IllegalArgumentException("no requests by rule are called " + set);
    };
  }

  /**
   * @param mostWeight of a phrase: long lists say more of their own than of what is asked
   */
  private static Requests besidePlain(String set, String name, double mostWeight) {
    JsonNode plain = Phrases.file(FILE, FORMAT);
    JsonNode own = Phrases.file(name + ".yaml", "forefront-" + name + "-1");
    return new Requests(set, List.of(plain, own), mostWeight);
  }

  private static Map<String, List<String>> all(List<JsonNode> files, String name) {
    Map<String, List<String>> lists = new HashMap<>();
    files.forEach(file -> lists.putAll(Phrases.lists(file.path(name))));
    return lists;
  }

  /**
   * Writes as many harmful requests as harmless ones, each text once; of a file that has one kind,
   * this kind alone.
   *
   * @param each of both
   */
  public List<Labelled> write(int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Labelled> texts = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Harm harm : Harm.values()) {
      List<Template> all = templates.stream().filter(one -> one.kind.harm == harm).toList();
      if (!all.isEmpty()) {
        draw(all, one -> text(one, random), each, random, seen, texts);
      }
    }
    return texts;
  }

  /**
   * Each once, what is asked and not only said, with nothing around it: what roles can be asked.
   */
  List<Labelled> asked(Harm harm, int count, SplittableRandom random) {
    List<Template> all =
        templates.stream()
            .filter(one -> one.kind.harm == harm)
            .filter(one -> one.kind != Kind.STATEMENTS && one.kind != Kind.REMARKS)
            .toList();
    List<Labelled> texts = new ArrayList<>();
    draw(all, one -> framed(one, random), count, random, new HashSet<>(), texts);
    return texts;
  }

  private void draw(
      List<Template> all,
      Function<Template, String> writer,
      int count,
      SplittableRandom random,
      Set<String> seen,
      List<Labelled> to) {
    Lot<Template> lot = Lot.of(all, Template::weight);
    int wanted = to.size() + count;
    // Repeated texts are drawn again, but not for ever.
    for (int tries = 0; to.size() < wanted && tries < 4L * count; tries++) {
      Template template = lot.draw(random);
      String text = writer.apply(template);
      if (seen.add(text)) {
        to.add(labelled(template, text, to.size()));
      }
    }
  }

  private String text(Template template, SplittableRandom random) {
    String framed = framed(template, random);
    boolean around =
        template.kind != Kind.STATEMENTS && template.kind != Kind.REMARKS && random.nextInt(7) == 0;
    return around ? fill(Phrases.pick(list("around"), random), "text", framed) : framed;
  }

  private String framed(Template template, SplittableRandom random) {
    String phrase = phrases.write(template.phrase, random);
    String frame = template.kind.frame;
    // One act in five is named by its noun.
    boolean doing = frame.equals("act") && random.nextInt(5) == 0;
    return fill(Phrases.pick(list(doing ? "ing" : frame), random), doing ? "ing" : frame, phrase);
  }

  private static String fill(String frame, String slot, String phrase) {
    String text = slot.equals("ing") ? Phrases.doing(phrase) : phrase;
    return frame
        .replace("{" + slot + "}", text)
        .replace("{" + Phrases.capitalized(slot) + "}", Phrases.capitalized(text));
  }

  private List<String> list(String frame) {
    List<String> list = frames.get(frame);
    if (list == null) {
      throw new IllegalStateException(set + " has no frames \"" + frame + "\"");
    }
    return list;
  }

  private Labelled labelled(Template template, String text, int number) {
    boolean harmful = template.kind.harm == Harm.YES;
    Map<String, Double> hazards = noHazards();
    if (harmful) {
      hazards.put(template.hazard, 1.0);
    }
    return new Labelled(
        set,
        String.valueOf(number),
        Labelled.Kind.REQUEST,
        new Conversation(List.of()),
        text,
        harmful ? 1 : 0,
        hazards,
        template.hazard + "/" + template.kind.name().toLowerCase(Locale.ROOT),
        template.phrase);
  }

  /** All fourteen looked for, and none found. */
  static Map<String, Double> noHazards() {
    Map<String, Double> hazards = new HashMap<>();
    for (int hazard = 1; hazard <= HAZARDS; hazard++) {
      hazards.put("S" + hazard, 0.0);
    }
    return hazards;
  }
}
