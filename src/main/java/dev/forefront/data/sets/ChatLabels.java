package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.sets.Labelled.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Readers of what people and assistants said to each other, with labels. */
final class ChatLabels {
  /** One set breaks lines, another writes the break as two characters. */
  private static final Pattern SPEAKER = Pattern.compile("(?:^|\\n|\\\\n)(USER|LAMDA|A|B): ?");

  private ChatLabels() {}

  /** JSON lists of {@code context}, {@code response}, {@code category}, {@code label}. */
  static List<Labelled> replies(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String category = row.text("category");
      String hazard = Hazards.ofWay(category);
      String label = row.text("label");
      if (hazard.isEmpty()) {
        throw row.bad("has the category " + category);
      }
      if (!label.equals("Safe") && !label.equals("Unsafe")) {
        throw row.bad("has the label " + label);
      }
      String response = row.optional("response");
      if (!response.isEmpty()) { // three are empty in the set itself
        texts.add(
            row.labelled(
                "",
                Kind.REPLY,
                Conversation.of(Message.user(row.text("context"))),
                response,
                Judgement.of(label.equals("Unsafe") ? 1 : 0, hazard, category),
                ""));
      }
    }
    return texts;
  }

  /**
   * Conversations whose last reply many people rated. The set asks whether it is unsafe, although
   * this copy's own prompt for models has the question the other way round: a reply that explains a
   * weapon has {@code Yes}, a polite refusal has {@code No}.
   */
  static List<Labelled> raters(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      if (row.section().equals("instances")) {
        JsonNode instance = row.entry().path("instance");
        texts.add(
            row.labelled(
                "",
                Kind.REPLY,
                turns(row, instance.path("user_prompt").asString("")),
                said(row, instance.path("response")),
                Judgement.of(unsafe(row), "", file.stem()),
                ""));
      }
    }
    return texts;
  }

  private static double unsafe(SetRow row) {
    JsonNode scores =
        row.entry().path("annotations").path("safety").path("individual_human_scores");
    double yes = 0;
    for (JsonNode score : scores) {
      yes +=
          switch (score.asString("")) {
            case "Yes" -> 1;
            case "Unsure" -> 0.5;
            case "No" -> 0;
            default -> throw row.bad("has the rating " + score);
          };
    }
    if (scores.isEmpty()) {
      throw row.bad("has no individual_human_scores");
    }
    return yes / scores.size();
  }

  private static String said(SetRow row, JsonNode text) {
    String said = text.asString("").strip();
    if (said.isEmpty()) {
      throw row.bad("has no response");
    }
    return said;
  }

  private static Conversation turns(SetRow row, String text) {
    List<Message> messages = new ArrayList<>();
    Matcher speaker = SPEAKER.matcher(text);
    int from = -1;
    Role role = Role.USER;
    while (speaker.find()) {
      add(messages, role, from < 0 ? "" : text.substring(from, speaker.start()));
      from = speaker.end();
      role = speaker.group(1).matches("USER|A") ? Role.USER : Role.ASSISTANT;
    }
    if (from < 0) {
      throw row.bad("has a user_prompt without speakers");
    }
    add(messages, role, text.substring(from));
    return new Conversation(messages);
  }

  private static void add(List<Message> messages, Role role, String text) {
    String said = text.strip().replaceFirst("\\\\n$", "").strip();
    if (!said.isEmpty()) {
      messages.add(new Message(role, said));
    }
  }

  /** JSON lines of {@code user_input} with {@code toxicity} and {@code jailbreaking}. */
  static List<Labelled> chatPrompts(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      int toxic = row.flag("toxicity").orElseThrow(() -> row.bad("has no toxicity"));
      int jailbreak = row.flag("jailbreaking").orElseThrow(() -> row.bad("has no jailbreaking"));
      String category = jailbreak == 1 ? "jailbreak" : toxic == 1 ? "toxic" : "";
      texts.add(
          row.alone(Kind.REQUEST, row.text("user_input"), Judgement.of(toxic, "", category), ""));
    }
    return texts;
  }

  /**
   * A JSON list of {@code instruction} and {@code output}: among the instructions are harmful and
   * harmless ones, of which {@link JudgedRequests} tells most apart; the answers were written to be
   * safe.
   */
  static List<Labelled> carefulAnswers(SetFile file, DataSet set) {
    JudgedRequests judged = JudgedRequests.of(set.name());
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String instruction = Instructions.prompt(row.text("instruction"), row.optional("input"));
      texts.add(row.alone(Kind.REQUEST, instruction, judged.of(instruction, "delicate"), ""));
      texts.add(
          row.labelled(
              "output",
              Kind.REPLY,
              Conversation.of(Message.user(instruction)),
              row.text("output"),
              Judgement.of(0, "", "careful"),
              ""));
    }
    return texts;
  }

  /**
   * JSON lines of two conversations in which people tried to get harm out of an assistant: the
   * first request, of which {@link JudgedRequests} may know something, and both last replies, of
   * which nobody does.
   */
  static List<Labelled> redTeam(SetFile file, DataSet set) {
    JudgedRequests judged = JudgedRequests.of(set.name());
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      for (String side : List.of("chosen", "rejected")) {
        List<Message> messages =
            Instructions.marked("\n\n" + row.text(side)).messages().stream()
                .filter(message -> !message.content().isEmpty())
                .toList();
        if (messages.isEmpty() || messages.getFirst().role() != Role.USER) {
          throw row.bad("has a %s conversation that no Human begins".formatted(side));
        }
        if (side.equals("chosen")) {
          String request = messages.getFirst().content();
          texts.add(row.alone(Kind.REQUEST, request, judged.of(request, "red team"), ""));
        }
        if (messages.getLast().role() == Role.ASSISTANT) {
          texts.add(
              row.labelled(
                  side,
                  Kind.REPLY,
                  new Conversation(messages.subList(0, messages.size() - 1)),
                  messages.getLast().content(),
                  Judgement.unknown(side),
                  ""));
        }
      }
    }
    return texts;
  }
}
