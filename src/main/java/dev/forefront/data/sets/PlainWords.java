package dev.forefront.data.sets;

import dev.forefront.task.Words;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;

/** What is left of a text for telling whether two are the same: its words, in small letters. */
public final class PlainWords {
  private static final Pattern ADDRESSES = Pattern.compile("https?://\\S+|@\\w+|&#?\\w+;");

  private PlainWords() {}

  /** Words of letters and digits; addresses, mentions and character references are left out. */
  static List<String> of(String text) {
    return Words.of(
        Normalizer.normalize(ADDRESSES.matcher(text).replaceAll(" "), Normalizer.Form.NFKC));
  }

  /** The words with single spaces; a text without any is its own key. */
  public static String key(String text) {
    List<String> words = of(text);
    return words.isEmpty() ? text.strip() : String.join(" ", words);
  }
}
