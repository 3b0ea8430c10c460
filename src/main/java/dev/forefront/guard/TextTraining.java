package dev.forefront.guard;

import dev.forefront.guard.GuardTraining.Text;
import dev.forefront.guard.GuardTraining.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a guard's texts teach its {@link TextHeads}, and how heads on requests and posts join. */
final class TextTraining {
  private static final String HINT = "hint ";
  private static final float OTHER_HAZARD = 0.3f;
  // Few posts say what harms; they are learnt slowly and often, on top of what is known already.
  private static final int POST_EPOCHS = 8;
  private static final float POST_RATE = 0.05f;
  // Posts teach words that no request by rule has. From 0.2 to 0.6 as many of hh-rlhf's requests
  // are found, within the error of that count.
  private static final float AS_POSTS = 0.3f;

  private TextTraining() {}

  /** Heads on requests, and one for each set of hints. */
  static TextHeads requests(List<Text> texts, long seed) {
    List<String> names = new ArrayList<>(kindNames(TextClassifier.REQUEST));
    texts.stream()
        .filter(text -> text.use() == Use.HINT)
        .map(text -> HINT + text.source())
        .distinct()
        .sorted()
        .forEach(names::add);
    List<TextHeadTrainer.Example> examples = new ArrayList<>();
    for (Text text : texts) {
      switch (text.use()) {
        case REQUEST -> examples.add(example(text, names, TextClassifier.REQUEST));
        case HINT -> examples.add(hint(text, names));
        case POST -> {}
      }
    }
    return new TextHeadTrainer(names, TextHeadTrainer.Settings.standard(seed), null)
        .train(examples);
  }

  /** Heads on posts, which see the scores of those before. */
  static TextHeads posts(List<Text> texts, TextHeads first, long seed) {
    List<String> names = kindNames(TextClassifier.POST);
    List<TextHeadTrainer.Example> examples =
        texts.stream()
            .filter(text -> text.use() == Use.POST)
            .map(text -> example(text, names, TextClassifier.POST))
            .toList();
    TextHeadTrainer.Settings usual = TextHeadTrainer.Settings.standard(seed);
    return new TextHeadTrainer(
            names, new TextHeadTrainer.Settings(POST_EPOCHS, POST_RATE, usual.decay(), seed), first)
        .train(examples);
  }

  private static List<String> kindNames(String kind) {
    List<String> names = new ArrayList<>(List.of(kind));
    for (Hazard hazard : Hazard.values()) {
      if (hazard != Hazard.UNKNOWN) {
        names.add(TextClassifier.head(kind, hazard));
      }
    }
    return names;
  }

  private static TextHeadTrainer.Example example(Text text, List<String> names, String kind) {
    float[] targets = new float[names.size()];
    float[] weights = new float[names.size()];
    Arrays.fill(targets, Float.NaN);
    Arrays.fill(weights, (float) text.weight());
    targets[names.indexOf(kind)] = (float) text.harm();
    if (text.harm() == 0) {
      // What is harmless hints at nothing either.
      for (int head = 0; head < targets.length; head++) {
        targets[head] = names.get(head).startsWith(HINT) ? 0 : targets[head];
      }
    }
    for (Map.Entry<Hazard, Double> hazard : new TreeMap<>(text.hazards()).entrySet()) {
      int head = names.indexOf(TextClassifier.head(kind, hazard.getKey()));
      if (head >= 0) {
        targets[head] = hazard.getValue().floatValue();
        if (text.harm() >= 0.5 && hazard.getValue() < 0.5) {
          // Harmful, and said to be of another kind: many are of both.
          weights[head] *= OTHER_HAZARD;
        }
      }
    }
    return new TextHeadTrainer.Example(GuardTraining.windows(text.text()), targets, weights);
  }

  private static TextHeadTrainer.Example hint(Text text, List<String> names) {
    float[] targets = new float[names.size()];
    float[] weights = new float[names.size()];
    Arrays.fill(targets, Float.NaN);
    Arrays.fill(weights, (float) text.weight());
    targets[names.indexOf(HINT + text.source())] = (float) text.harm();
    // A hint of hate is hate in requests too.
    Double hate = text.hazards().get(Hazard.S10);
    if (hate != null) {
      targets[names.indexOf(TextClassifier.head(TextClassifier.REQUEST, Hazard.S10))] =
          hate.floatValue();
    }
    return new TextHeadTrainer.Example(GuardTraining.windows(text.text()), targets, weights);
  }

  /**
   * The heads that answer, without those that only hint; posts' heads without examples left out.
   */
  static TextHeads joined(TextHeads requests, TextHeads posts) {
    List<String> names = new ArrayList<>();
    List<TextHeads> from = new ArrayList<>();
    for (TextHeads heads : List.of(requests, posts)) {
      for (String name : heads.names()) {
        if (!name.startsWith(HINT) && heads.isTrained(heads.head(name))) {
          names.add(name);
          from.add(heads);
        }
      }
    }
    // As it will be stored, so that what is measured is what is shipped.
    TextHeads exact = asPosts(TextHeads.joined(names, from));
    return TextClassifier.read(TextClassifier.write(exact), "the trained heads");
  }

  /** Requests are judged as posts too, a little. */
  private static TextHeads asPosts(TextHeads heads) {
    List<String> names = heads.names();
    return names.contains(TextClassifier.REQUEST) && names.contains(TextClassifier.POST)
        ? heads.plus(heads.head(TextClassifier.REQUEST), heads.head(TextClassifier.POST), AS_POSTS)
        : heads;
  }

  /**
   * As {@link GuardTraining#crossValidated}.
   *
   * @param first what {@link #requests} gave
   */
  static double[] crossValidated(TextHeads first, List<Text> texts, int parts, long seed) {
    List<Text> posts = texts.stream().filter(text -> text.use() == Use.POST).toList();
    Map<String, Integer> part = new LinkedHashMap<>();
    List<String> groups = new ArrayList<>(new TreeMap<>(byGroup(posts)).keySet());
    Collections.shuffle(groups, new Random(seed));
    for (int at = 0; at < groups.size(); at++) {
      part.put(groups.get(at), at % parts);
    }
    double[] scores = new double[posts.size()];
    for (int held = 0; held < parts; held++) {
      int out = held;
      List<Text> others =
          posts.stream().filter(text -> part.getOrDefault(text.group(), -1) != out).toList();
      TextHeads heads = posts(others, first, seed);
      for (int at = 0; at < scores.length; at++) {
        if (part.getOrDefault(posts.get(at).group(), -1) == out) {
          scores[at] =
              TextHeads.probability(
                  heads.highest(
                      GuardTraining.windows(posts.get(at).text()),
                      heads.head(TextClassifier.POST)));
        }
      }
    }
    return scores;
  }

  private static Map<String, List<Text>> byGroup(List<Text> texts) {
    Map<String, List<Text>> groups = new LinkedHashMap<>();
    texts.forEach(
        text -> groups.computeIfAbsent(text.group(), none -> new ArrayList<>()).add(text));
    return groups;
  }
}
