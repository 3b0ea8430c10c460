package dev.forefront.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/** Plain texts: stories, facts, talk, sums, and what is right and wrong. */
final class Texts {
  private static final int LARGEST_SUM = 20;

  private final Lexicon lexicon;
  private final Requests requests;
  private final JsonNode stories = WorldFiles.read("stories.yaml");
  private final List<String> beginnings = list("beginnings");
  private final List<String> middles = list("middles");
  private final List<String> ends = list("ends");
  private final List<String> facts = list("facts");
  private final List<String> talks = list("talks");
  private final List<String> morals = list("morals");
  private final List<String> goods = list("goods");

  Texts(Lexicon lexicon, Requests requests) {
    this.lexicon = lexicon;
    this.requests = requests;
  }

  private List<String> list(String name) {
    return WorldFiles.strings(stories.path(name));
  }

  String story(SplittableRandom random) {
    Writer writer = new Writer(lexicon, random);
    List<String> sentences = new ArrayList<>();
    sentences.add(writer.write(writer.pick(beginnings)));
    int length = 3 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      sentences.add(writer.write(writer.pick(middles)));
    }
    sentences.add(writer.write(writer.pick(ends)));
    return String.join(" ", sentences);
  }

  /** Some facts in a row. */
  String facts(SplittableRandom random) {
    return several(facts, 2 + random.nextInt(3), random);
  }

  String talk(SplittableRandom random) {
    return several(talks, 1 + random.nextInt(3), random);
  }

  String moral(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      Writer writer = new Writer(lexicon, random);
      Requests.Hazard hazard = writer.pick(requests.hazards());
      String act = writer.write(writer.pick(hazard.acts()));
      // "Myself" and "my" fit no third person: the law speaks to everyone.
      writer
          .with("act", act.replace("myself", "oneself").replaceAll("\\bmy\\b", "the"))
          .with("because", hazard.because());
      text.append(i == 0 ? "" : " ").append(writer.write(writer.pick(morals)));
    }
    return text.toString();
  }

  String good(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2; i++) {
      Writer writer = new Writer(lexicon, random);
      Requests.Twin twin = writer.pick(writer.pick(requests.hazards()).twins());
      String act = Requests.own(writer.write(twin.act()));
      writer.with("good", act).with("answer", writer.write(twin.answer()));
      text.append(i == 0 ? "" : " ").append(writer.write(writer.pick(goods)));
    }
    return text.toString();
  }

  String sums(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      int a = random.nextInt(LARGEST_SUM + 1);
      int b = random.nextInt(LARGEST_SUM + 1 - a);
      text.append(i == 0 ? "" : " ").append(sum(a, b, random.nextInt(5)));
    }
    return text.toString();
  }

  private String sum(int a, int b, int form) {
    return switch (form) {
      case 0 -> "%d + %d = %d.".formatted(a, b, a + b);
      case 1 -> "%d plus %d is %d.".formatted(a, b, a + b);
      case 2 -> "%d - %d = %d.".formatted(a + b, b, a);
      case 3 -> "%d minus %d is %d.".formatted(a + b, b, a);
      default ->
          "%s and %s make %s.".formatted(Writer.capitalized(number(a)), number(b), number(a + b));
    };
  }

  private String number(int n) {
    return lexicon.known("number").get(n).text();
  }

  private String several(List<String> templates, int count, SplittableRandom random) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Writer writer = new Writer(lexicon, random);
      parts.add(writer.write(writer.pick(templates)));
    }
    return String.join(" ", parts);
  }
}
