package dev.forefront.data.sets;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.forefront.conversation.BadInputException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A public set of texts, conversations or pairs.
 *
 * @param name its folder's
 * @param title for people
 * @param licence as the source states it
 * @param use what language models may do with it; a set that measures is never trained on
 * @param homepage where it comes from, with the commit
 * @param files SHA-256 of each file as it lies in a folder given with {@code --from}
 * @param reach whether its public files are pinned one by one, in {@code pins/NAME.tsv}
 * @param prose format of its texts, if it has any
 * @param dialogue format of its conversations, if it has any
 * @param preference format of its pairs, if it has any
 * @param exam format of what it measures with, if it measures
 * @param labels format of its labelled texts, if they are read
 * @param guard what a guard may do with the labelled texts: learn from them, or be measured alone
 */
public record DataSet(
    String name,
    String title,
    String licence,
    Use use,
    String homepage,
    Map<String, String> files,
    Reach reach,
    @Nullable Format prose,
    @Nullable Format dialogue,
    Format.@Nullable OfPairs preference,
    Format.@Nullable OfExams exam,
    @Nullable OfLabels labels,
    @Nullable Use guard) {

  public DataSet {
    files = Map.copyOf(files);
    if ((labels == null) != (guard == null)) {
      throw new BadInputException(
          "set %s of the catalogue needs both labels and guard, or neither".formatted(name));
    }
    if (nonCommercial(licence) && (use == Use.TRAIN || guard == Use.TRAIN)) {
      throw new BadInputException(
          "set %s of the catalogue has the licence %s, which forbids commercial use: its use and guard can only be measure"
              .formatted(name, licence));
    }
  }

  /** Whether a licence forbids commercial use, as those of Creative Commons say with {@code NC}. */
  private static boolean nonCommercial(String licence) {
    return NON_COMMERCIAL.matcher(licence).find();
  }

  /** Whether the licence alone keeps the set from being learnt from. */
  boolean nonCommercial() {
    return nonCommercial(licence);
  }

  private static final Pattern NON_COMMERCIAL = Pattern.compile("(?i)\\bNC\\b|non-?commercial");

  /** What a set is for. */
  public enum Use {
    TRAIN,
    MEASURE;

    @JsonCreator
    static Use named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /** How a set is had. */
  public enum Reach {
    /** From its public address, every file against a digest; or from a folder. */
    PUBLIC,
    /** From a folder only: the copy that is pinned is a part or an extract of the public files. */
    FOLDER;

    @JsonCreator
    static Reach named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  Optional<Format> proseFormat() {
    return Optional.ofNullable(prose);
  }

  Optional<Format> dialogueFormat() {
    return Optional.ofNullable(dialogue);
  }

  Optional<Format.OfPairs> preferenceFormat() {
    return Optional.ofNullable(preference);
  }

  Optional<Format.OfExams> examFormat() {
    return Optional.ofNullable(exam);
  }

  Optional<OfLabels> labelFormat() {
    return Optional.ofNullable(labels);
  }

  Optional<Use> guardUse() {
    return Optional.ofNullable(guard);
  }
}
