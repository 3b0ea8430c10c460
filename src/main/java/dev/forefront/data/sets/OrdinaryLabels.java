package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.data.Document;
import dev.forefront.data.sets.Labelled.Kind;
import java.util.ArrayList;
import java.util.List;

/** Readers of what people ordinarily ask; nobody labelled it, and it is taken to be harmless. */
final class OrdinaryLabels {
  private static final String START = "<start>";
  private static final String END = "<end>";

  private OrdinaryLabels() {}

  /** The first exchange of each of a set's conversations. */
  static List<Labelled> userTurns(SetFile file, DataSet set) {
    SetReader reader =
        set.dialogueFormat()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "set %s of the catalogue has no conversations to take turns from"
                            .formatted(set.name())))
            .reader();
    List<Labelled> texts = new ArrayList<>();
    for (Document document : reader.read(file, new SetReader.Origin(set.name(), set.licence()))) {
      if (document instanceof Document.Dialogue dialogue) {
        exchange(set, dialogue, texts);
      }
    }
    return texts;
  }

  private static void exchange(DataSet set, Document.Dialogue dialogue, List<Labelled> texts) {
    List<Message> turns = dialogue.conversation().messages();
    if (turns.size() > 1
        && turns.get(0).role() == Role.USER
        && turns.get(1).role() == Role.ASSISTANT) {
      Message asked = turns.get(0);
      Judgement ordinary = Judgement.ordinary("");
      texts.add(
          new Labelled(
              set.name(),
              dialogue.id(),
              Kind.REQUEST,
              new Conversation(List.of()),
              asked.content(),
              ordinary.harm(),
              ordinary.hazards(),
              "",
              ""));
      texts.add(
          new Labelled(
              set.name(),
              dialogue.id() + "/reply",
              Kind.REPLY,
              Conversation.of(asked),
              turns.get(1).content(),
              ordinary.harm(),
              ordinary.hazards(),
              "",
              ""));
    }
  }

  /** A JSON object of lists of pairs: a request and its intent. */
  static List<Labelled> intents(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      String request = row.entry().path(0).asString("").strip();
      String intent = row.entry().path(1).asString("").strip();
      if (request.isEmpty() || intent.isEmpty()) {
        throw row.bad("is no pair of a request and an intent");
      }
      texts.add(row.alone(Kind.REQUEST, request, Judgement.ordinary(intent), ""));
    }
    return texts;
  }

  /**
   * {@code PROMPT<start>ANSWER<end>}, one after the other; files of plain paragraphs give nothing.
   */
  static List<Labelled> markedPrompts(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    String text = file.text();
    String theme = file.stem().replaceFirst("-\\d+$", "");
    int from = 0;
    for (int at = text.indexOf(START); at >= 0; at = text.indexOf(START, from)) {
      String prompt = text.substring(from, at).strip();
      int end = text.indexOf(END, at);
      if (!prompt.isEmpty() && end >= 0) {
        Judgement ordinary = Judgement.ordinary(theme);
        texts.add(
            new Labelled(
                set.name(),
                file.name() + "#" + (texts.size() + 1),
                Kind.REQUEST,
                new Conversation(List.of()),
                prompt,
                ordinary.harm(),
                ordinary.hazards(),
                theme,
                ""));
      }
      from = end < 0 ? text.length() : end + END.length();
    }
    return texts;
  }

  /** A JSON list of {@code instruction} and {@code input}. */
  static List<Labelled> tasks(SetFile file, DataSet set) {
    List<Labelled> texts = new ArrayList<>();
    for (SetRow row : SetRow.of(file, set)) {
      texts.add(
          row.alone(
              Kind.REQUEST,
              Instructions.prompt(row.text("instruction"), row.optional("input")),
              Judgement.ordinary(""),
              ""));
    }
    return texts;
  }
}
