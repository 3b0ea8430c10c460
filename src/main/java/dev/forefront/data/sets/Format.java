package dev.forefront.data.sets;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Locale;

/** The formats that sets come in; the catalogue names them with hyphens. */
public enum Format {
  BOOKS(new Books()),
  PLAIN(Prose::plain),
  STORY_LINES(Prose::storyLines),
  PICTURE_BOOK(Prose::pictureBook),
  SECTIONS(Prose::sections),
  DICTIONARY(Prose::dictionary),
  SMALL_TALK(Dialogues::smallTalk),
  SENTENCE_COLUMNS(Dialogues::sentenceColumns),
  AGENTS(Dialogues::agents),
  TWO_USERS(Dialogues::twoUsers),
  UTTERANCES(Dialogues::utterances),
  TURN_LISTS(Dialogues::turnLists),
  INSTRUCTIONS(Instructions::records),
  TREES(Instructions::trees),
  TRIVIA(Instructions::trivia),
  CHOSEN_SIDES(Instructions::chosenSides);

  private final SetReader reader;

  Format(SetReader reader) {
    this.reader = reader;
  }

  SetReader reader() {
    return reader;
  }

  @JsonCreator
  static Format named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** The formats that preference pairs come in. */
  public enum OfPairs {
    MARKED(Pairs::marked),
    RECORDS(Pairs::records),
    JUDGED(Pairs::judged),
    RANKED_TREES(Pairs::trees);

    private final Pairs.Reader reader;

    OfPairs(Pairs.Reader reader) {
      this.reader = reader;
    }

    Pairs.Reader reader() {
      return reader;
    }

    @JsonCreator
    static OfPairs named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  /** The formats that exams come in. */
  public enum OfExams {
    GOALS(Exams::goals),
    BEHAVIOURS(Exams::behaviours),
    CONTRASTS(Exams::contrasts),
    HAZARDS(Exams::hazards),
    SENTENCE_PAIRS(Exams::sentencePairs),
    PASSAGES(Exams::passages),
    TEMPLATES(Exams::templates);

    private final Exams.Reader reader;

    OfExams(Exams.Reader reader) {
      this.reader = reader;
    }

    Exams.Reader reader() {
      return reader;
    }

    @JsonCreator
    static OfExams named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }
}
