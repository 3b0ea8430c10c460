package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.sets.Labelled.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Readers of requests to an assistant, whose harm lies in what they ask for. */
final class RequestLabels {
  /** Areas of Do-Not-Answer in which the request itself asks for harm. */
  private static final Set<String> HARMFUL_AREAS =
      Set.of(
          "discrimination_exclusion_toxicity_hateful_offensive",
          "information_hazard",
          "malicious_uses");

  private RequestLabels() {}

  /** A table of harmful requests in the column {@code goal}, without categories. */
  static List<Labelled> goals(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      texts.add(row.alone(Kind.REQUEST, row.text("goal"), Judgement.of(1, "", ""), ""));
    }
    return texts;
  }

  /** A table of harmful requests with a {@code Category} and a {@code Behavior}. */
  static List<Labelled> behaviours(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String category = row.text("Category");
      String hazard = Hazards.ofBehaviour(category, row.optional("Behavior"));
      texts.add(row.alone(Kind.REQUEST, row.text("Goal"), Judgement.of(1, hazard, category), ""));
    }
    return texts;
  }

  /** A table of requests with a {@code type}, {@code safe} and {@code unsafe}. */
  static List<Labelled> contrasts(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      double harm =
          switch (row.text("label")) {
            case "safe" -> 0;
            case "unsafe" -> 1;
            default -> throw row.bad("has the label " + row.text("label"));
          };
      String type = row.optional("type");
      texts.add(row.alone(Kind.REQUEST, row.text("prompt"), Judgement.of(harm, "", type), ""));
    }
    return texts;
  }

  /** A table of harmful requests with the taxonomy's own key in {@code hazard}. */
  static List<Labelled> hazards(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String key = row.text("hazard");
      String hazard = Hazards.ofKey(key);
      if (hazard.isEmpty()) {
        throw row.bad("has the hazard %s, which the taxonomy lacks".formatted(key));
      }
      texts.add(row.alone(Kind.REQUEST, row.text("prompt_text"), Judgement.of(1, hazard, key), ""));
    }
    return texts;
  }

  /** JSON lines of {@code prompt} and {@code intents}, a file for each area of risk. */
  static List<Labelled> riskAreas(SetFile file, DataSet set) {
    boolean harmful = HARMFUL_AREAS.contains(file.stem());
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      Set<String> intents = new TreeSet<>();
      row.entry().path("intents").forEach(intent -> intents.add(intent.asString("")));
      if (intents.isEmpty()) {
        throw row.bad("has no intents");
      }
      String category = file.stem() + ": " + String.join(" ", intents);
      texts.add(
          row.alone(
              Kind.REQUEST,
              row.text("prompt"),
              harmful ? new Judgement(1, hazards(intents), category) : Judgement.unknown(category),
              ""));
    }
    return texts;
  }

  private static Map<String, Double> hazards(Set<String> intents) {
    Map<String, Double> hazards = new HashMap<>();
    for (String intent : intents) {
      String hazard = Hazards.ofIntent(intent);
      if (!hazard.isEmpty()) {
        hazards.put(hazard, 1.0);
      }
    }
    return hazards;
  }

  /**
   * Three kinds of file: requests that go against the operator's instructions, which are their
   * context; e-mails with a question, which are harmless; and lists of instructions that do harm
   * only where somebody hides them in such an e-mail.
   */
  static List<Labelled> injections(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      JsonNode entry = row.entry();
      if (entry.isString()) {
        texts.add(
            row.alone(
                Kind.REQUEST,
                entry.asString(),
                Judgement.unknown("instruction: " + row.section()),
                ""));
      } else if (entry.has("question")) {
        String request = Instructions.prompt(row.text("question"), row.text("context"));
        texts.add(row.alone(Kind.REQUEST, request, Judgement.of(0, "", "e-mail"), ""));
      } else {
        String risk = row.text("risk_category");
        String category =
            "%s: %s %s".formatted(risk, row.text("injection_type"), row.text("injection_variant"));
        texts.add(
            row.labelled(
                "",
                Kind.REQUEST,
                Conversation.of(Message.system(row.text("test_case_prompt"))),
                row.text("user_input"),
                risk.equals("security-violating")
                    ? Judgement.of(1, "", category)
                    : Judgement.unknown(category),
                ""));
      }
    }
    return texts;
  }
}
