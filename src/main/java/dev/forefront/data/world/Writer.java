package dev.forefront.data.world;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills templates: {@code {animal}} is an animal, the same one wherever it stands in one text,
 * {@code {animal2}} another, {@code {animal.1}} a property of the first, {@code {When}} a phrase
 * with a capital. {@code {victim}} is a person by name or role, {@code {adult}} one who is no
 * child. {@code [mat|rug]} is one of both, the same wherever these two stand in one text, and
 * {@code {pick}} the first choice of what was written last. One writer per text.
 */
final class Writer {

  /** Which words a text may use. */
  enum Words {
    KNOWN,
    /** Where a category has held-out words, one of them. */
    HELD_OUT
  }

  private static final Pattern SLOT = Pattern.compile("\\{([A-Za-z]+)(\\d?)(?:\\.(\\d))?}");
  private static final Pattern CHOICE = Pattern.compile("\\[([^\\[\\]]+)]");
  private static final String PICK = "pick";
  private static final Pattern ARTICLE = Pattern.compile("\\b([Aa]) (?=[aeiouAEIOU])");

  /** One word in so many is a rare one, where there are such. */
  private static final int RARE = 6;

  /** One word in so many is made up: a name of syllables, or two words' halves. */
  private static final int MADE_UP = 3;

  private final Lexicon lexicon;
  private final SplittableRandom random;
  private final Words words;
  private final Map<String, Lexicon.Word> bound = new HashMap<>();
  private final Map<String, String> chosen = new HashMap<>();

  Writer(Lexicon lexicon, SplittableRandom random, Words words) {
    this.lexicon = lexicon;
    this.random = random;
    this.words = words;
  }

  Writer(Lexicon lexicon, SplittableRandom random) {
    this(lexicon, random, Words.KNOWN);
  }

  /** Fixes what a slot stands for. */
  Writer with(String slot, String text) {
    bound.put(slot, new Lexicon.Word(text, List.of()));
    return this;
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  String write(String template) {
    Matcher slots = SLOT.matcher(choose(template));
    StringBuilder text = new StringBuilder();
    while (slots.find()) {
      String category = slots.group(1);
      boolean capital = Character.isUpperCase(category.charAt(0));
      String name = Character.toLowerCase(category.charAt(0)) + category.substring(1);
      Lexicon.Word word = word(name, slots.group(2));
      String property = slots.group(3);
      String value =
          property == null ? word.text() : word.properties().get(Integer.parseInt(property));
      slots.appendReplacement(text, Matcher.quoteReplacement(capital ? capitalized(value) : value));
    }
    slots.appendTail(text);
    return ARTICLE.matcher(text).replaceAll("$1n ");
  }

  private String choose(String template) {
    Matcher first = CHOICE.matcher(template);
    if (!first.find()) {
      return template;
    }
    with(PICK, oneOf(first.group(1)));
    return first.reset().replaceAll(group -> Matcher.quoteReplacement(oneOf(group.group(1))));
  }

  private String oneOf(String choices) {
    return chosen.computeIfAbsent(choices, all -> pick(allowed(List.of(all.split("\\|")))));
  }

  /** Where held-out words are wanted, only the choices that have room for one, if any has. */
  private List<String> allowed(List<String> choices) {
    List<String> open = choices.stream().filter(choice -> canHoldOut(choice, lexicon)).toList();
    return words == Words.KNOWN || open.isEmpty() ? choices : open;
  }

  /** Whether a template has a slot for which held-out words exist. */
  static boolean canHoldOut(String template, Lexicon lexicon) {
    Matcher slots = SLOT.matcher(template);
    while (slots.find()) {
      String name = slots.group(1);
      if (name.equals("victim")
          || name.equals("adult")
          || (lexicon.has(name) && !lexicon.heldOut(name).isEmpty())) {
        return true;
      }
    }
    return false;
  }

  static String capitalized(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private Lexicon.Word word(String category, String number) {
    Lexicon.Word word = bound.get(category + number);
    if (word == null) {
      word = fresh(category);
      bound.put(category + number, word);
    }
    return word;
  }

  private Lexicon.Word fresh(String category) {
    if (category.equals("victim")) {
      return new Lexicon.Word(somebody("role"), List.of());
    }
    if (category.equals("adult")) {
      return new Lexicon.Word(somebody("adultRole"), List.of());
    }
    List<Lexicon.Word> list = lexicon.known(category);
    if (words == Words.HELD_OUT && !lexicon.heldOut(category).isEmpty()) {
      list = lexicon.heldOut(category);
    } else if (category.equals("person") && random.nextInt(MADE_UP) == 0) {
      return new Lexicon.Word(lexicon.names().next(random), List.of());
    } else if (lexicon.canCoin(category) && random.nextInt(MADE_UP) == 0) {
      return new Lexicon.Word(lexicon.coin(category, random), List.of());
    } else if (!lexicon.rare(category).isEmpty() && random.nextInt(RARE) == 0) {
      list = lexicon.rare(category);
    }
    Lexicon.Word word = pick(list);
    for (int tries = 0; tries < 10 && bound.containsValue(word); tries++) {
      word = pick(list);
    }
    return word;
  }

  private String somebody(String role) {
    int kind = random.nextInt(10);
    if (kind < 5) {
      return fresh("person").text();
    }
    return (kind < 8 ? "my " : "the ") + fresh(role).text();
  }
}
