package dev.forefront.data.sets;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What is left of a text for telling whether two are the same: its words, in small letters. */
final class PlainWords {
  private static final Pattern ADDRESSES = Pattern.compile("https?://\\S+|@\\w+|&#?\\w+;");
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private PlainWords() {}

  /** Words of letters and digits; addresses, mentions and character references are left out. */
  static List<String> of(String text) {
    String plain =
        Normalizer.normalize(ADDRESSES.matcher(text).replaceAll(" "), Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT);
    return Arrays.stream(NO_WORD.split(plain)).filter(word -> !word.isEmpty()).toList();
  }

  /** The words with single spaces; a text without any is its own key. */
  static String key(String text) {
    List<String> words = of(text);
    return words.isEmpty() ? text.strip() : String.join(" ", words);
  }
}
