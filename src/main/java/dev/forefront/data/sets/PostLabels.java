package dev.forefront.data.sets;

import dev.forefront.data.sets.Labelled.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Readers of what people wrote to the public, with labels. */
final class PostLabels {
  /** The labels of the moderation set; the ninth, {@code S3}, has no positive rows left. */
  private static final Map<String, String> MODERATION =
      Map.of("S", "S12", "H", "S10", "H2", "S10", "HR", "S10", "V", "S1", "V2", "S1", "SH", "S11");

  /** Abuse of people who are no protected group: not hateful, and yet nothing to call harmless. */
  private static final Set<String> ABUSE = Set.of("target_indiv_nh", "target_group_nh");

  /** What an identity sentence is beside its name and its group. */
  private static final Pattern NAMED = Pattern.compile("(?s).* is an? (\\S+) .*");

  private PostLabels() {}

  /**
   * JSON lines of {@code prompt} and 0/1 under short names; what is absent was not looked for. A
   * hazard is known where its main label is there or any of its labels is 1.
   */
  static List<Labelled> moderation(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      Map<String, Double> hazards = new HashMap<>();
      List<String> said = new ArrayList<>();
      MODERATION.keySet().stream()
          .sorted()
          .forEach(
              label ->
                  row.flag(label)
                      .ifPresent(
                          flag -> {
                            String hazard = MODERATION.get(label);
                            if (flag == 1) {
                              said.add(label);
                              hazards.put(hazard, 1.0);
                            } else if (label.length() == 1 || label.equals("SH")) {
                              hazards.putIfAbsent(hazard, 0.0);
                            }
                          }));
      Judgement judgement = new Judgement(said.isEmpty() ? 0 : 1, hazards, String.join(" ", said));
      texts.add(row.alone(Kind.POST, row.text("prompt"), judgement, ""));
    }
    return texts;
  }

  /** A table of {@code text} and {@code is_toxic}. */
  static List<Labelled> toxicity(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String label = row.text("is_toxic");
      Judgement judgement =
          switch (label) {
            case "Toxic" -> Judgement.of(1, "S10", label);
            case "Not Toxic" -> Judgement.of(0, "S10", label);
            default -> throw row.bad("has the is_toxic " + label);
          };
      texts.add(row.alone(Kind.POST, row.text("text"), judgement, ""));
    }
    return texts;
  }

  /** A table of tweets in three classes: hate, offence, neither. */
  static List<Labelled> hateSpeech(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String label = row.text("class");
      Judgement judgement =
          switch (label) {
            case "0" -> Judgement.of(1, "S10", "hate");
            // Rude words are no hate, and whether to block them is not what the raters were asked.
            case "1" -> Judgement.unknown("offensive");
            case "2" -> Judgement.of(0, "S10", "neither");
            default -> throw row.bad("has the class " + label);
          };
      texts.add(row.alone(Kind.POST, row.text("tweet"), judgement, ""));
    }
    return texts;
  }

  /**
   * A table of cases made from templates, each the test of one function. A template may be another
   * one misspelt or turned round: they are one group.
   */
  static List<Labelled> functionalTests(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    List<SetRow> rows = SetRow.of(file, set);
    Map<String, String> origins = new HashMap<>();
    for (SetRow row : rows) {
      String origin = row.optional("ref_templ_id");
      origins.put(row.text("templ_id"), origin.isEmpty() ? row.text("templ_id") : origin);
    }
    for (SetRow row : rows) {
      String label = row.text("label_gold");
      String function = row.text("functionality");
      Judgement judgement =
          switch (label) {
            case "hateful" -> Judgement.of(1, "S10", function);
            case "non-hateful" ->
                ABUSE.contains(function)
                    ? Judgement.unknown(function)
                    : Judgement.of(0, "S10", function);
            default -> throw row.bad("has the label_gold " + label);
          };
      String origin = origins.getOrDefault(row.text("templ_id"), "");
      String template = origins.getOrDefault(origin, origin);
      texts.add(row.alone(Kind.POST, row.text("test_case"), judgement, template));
    }
    return texts;
  }

  /** A table of sentences made from a template, a name and a word for a group of people. */
  static List<Labelled> identityTemplates(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String label = row.text("toxicity");
      String template = row.text("template");
      String phrase = row.text("phrase");
      Judgement judgement =
          switch (label) {
            case "toxic" -> Judgement.of(1, "S10", template);
            case "nontoxic" -> Judgement.of(0, "S10", template);
            default -> throw row.bad("has the toxicity " + label);
          };
      texts.add(row.alone(Kind.POST, phrase, judgement, template + " " + frame(template, phrase)));
    }
    return texts;
  }

  /** The word that carries the judgement: sentences that share it are one group. */
  private static String frame(String template, String phrase) {
    String[] words = phrase.split("\\s+");
    return switch (template) {
      case "name_adj" -> NAMED.matcher(phrase).replaceFirst("$1");
      case "being_adj" -> words[words.length - 1];
      case "you_are_adj", "you_occupation" -> words[Math.min(3, words.length - 1)];
      case "am_hate_adj" -> words[Math.min(1, words.length - 1)];
      default -> words[0];
    };
  }
}
