package dev.forefront.data.sets;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.List;
import java.util.Locale;

/** The formats that labelled texts come in; the catalogue names them with hyphens. */
public enum OfLabels {
  MODERATION(PostLabels::moderation, Judge.PEOPLE),
  TOXICITY(PostLabels::toxicity, Judge.PEOPLE),
  HATE_SPEECH(PostLabels::hateSpeech, Judge.PEOPLE),
  FUNCTIONAL_TESTS(PostLabels::functionalTests, Judge.PEOPLE),
  IDENTITY_TEMPLATES(PostLabels::identityTemplates, Judge.PEOPLE),
  REPLIES(ChatLabels::replies, Judge.PEOPLE),
  RATERS(ChatLabels::raters, Judge.PEOPLE),
  CHAT_PROMPTS(ChatLabels::chatPrompts, Judge.PEOPLE),
  CAREFUL_ANSWERS(ChatLabels::carefulAnswers, Judge.MODEL),
  RED_TEAM(ChatLabels::redTeam, Judge.MODEL),
  RISK_AREAS(RequestLabels::riskAreas, Judge.PEOPLE),
  GOALS(RequestLabels::goals, Judge.PEOPLE),
  BEHAVIOURS(RequestLabels::behaviours, Judge.PEOPLE),
  CONTRASTS(RequestLabels::contrasts, Judge.PEOPLE),
  HAZARDS(RequestLabels::hazards, Judge.PEOPLE),
  INJECTIONS(RequestLabels::injections, Judge.PEOPLE),
  USER_TURNS(OrdinaryLabels::userTurns, Judge.NOBODY),
  INTENTS(OrdinaryLabels::intents, Judge.NOBODY),
  MARKED_PROMPTS(OrdinaryLabels::markedPrompts, Judge.NOBODY),
  TASKS(OrdinaryLabels::tasks, Judge.NOBODY);

  /** Where the labels come from. */
  enum Judge {
    /** The set's makers looked for harm. */
    PEOPLE,
    /** A language model did, by this project's guide: see {@link JudgedRequests}. */
    MODEL,
    /** Nobody did: the texts are ordinary, and taken to be harmless. */
    NOBODY
  }

  private final Reader reader;
  private final Judge judge;

  OfLabels(Reader reader, Judge judge) {
    this.reader = reader;
    this.judge = judge;
  }

  /** Reads one file. */
  @FunctionalInterface
  interface Reader {
    List<Labelled> read(SetFile file, DataSet set);
  }

  Reader reader() {
    return reader;
  }

  Judge judge() {
    return judge;
  }

  @JsonCreator
  static OfLabels named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
