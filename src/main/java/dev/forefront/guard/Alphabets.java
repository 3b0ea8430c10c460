package dev.forefront.guard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Letters that are spelled out: Morse code, the radio alphabet; and pig Latin. */
final class Alphabets {

  private static final int LEAST = 4;
  private static final int LEAST_PIG_LATIN = 2;

  private static final Map<String, Character> MORSE = morseTable();

  private static final List<String> RADIO =
      List.of(
          "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
              .split(" "));
  private static final Map<String, String> RADIO_VARIANTS =
      Map.of("alpha", "alfa", "juliet", "juliett", "whisky", "whiskey", "ray", "xray");
  private static final long[] RADIO_HASHES =
      RADIO.stream().mapToLong(word -> Lexicon.of(word, 0, word.length())).sorted().toArray();

  private static final Pattern WORD = Pattern.compile("[A-Za-z]+(?:-[Rr]ay)?");

  private Alphabets() {}

  private static Map<String, Character> morseTable() {
    String[] codes =
        ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
            .split(" ");
    Map<String, Character> table = new HashMap<>();
    for (int at = 0; at < codes.length; at++) {
      table.put(codes[at], (char) (at < 26 ? 'a' + at : '0' + at - 26));
    }
    table.put(".-.-.-", '.');
    table.put("--..--", ',');
    table.put("..--..", '?');
    table.put(".----.", '\'');
    table.put("-.-.--", '!');
    table.put("-..-.", '/');
    table.put("-....-", '-');
    table.put("---...", ':');
    table.put(".-..-.", '"');
    table.put("-.--.", '(');
    table.put("-.--.-", ')');
    return table;
  }

  /** Whether the word with this hash stands for a letter in the radio alphabet. */
  static boolean spells(long hash) {
    return Arrays.binarySearch(RADIO_HASHES, hash) >= 0;
  }

  static void morse(String passage, Consumer<Decoded> to) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int at = 0;
    while (at < passage.length()) {
      if (mark(passage.charAt(at)) == 0) {
        at++;
        continue;
      }
      StringBuilder text = new StringBuilder();
      int end = readMorse(passage, at, text);
      if (text.length() >= LEAST) {
        String words = text.indexOf(" ") < 0 ? Lexicon.split(text) : text.toString();
        out.append(passage, copied, at).append(' ').append(words).append(' ');
        copied = end;
      }
      at = Math.max(end, at + 1);
    }
    if (copied > 0) {
      to.accept(new Decoded("morse", out.append(passage, copied, passage.length()).toString()));
    }
  }

  /** Reads letters from here on and says where they end. */
  private static int readMorse(String passage, int from, StringBuilder text) {
    int at = from;
    int end = from;
    while (at < passage.length()) {
      StringBuilder code = new StringBuilder();
      while (at < passage.length() && mark(passage.charAt(at)) != 0 && code.length() < 7) {
        code.append(mark(passage.charAt(at)));
        at++;
      }
      Character letter = MORSE.get(code.toString());
      if (letter == null) {
        return end;
      }
      text.append(letter.charValue());
      end = at;
      while (at < passage.length() && " /|\n\r\t".indexOf(passage.charAt(at)) >= 0) {
        at++;
      }
      if (at == end) {
        return end;
      }
      if (!passage.substring(end, at).equals(" ") && at < passage.length()) {
        text.append(' ');
      }
    }
    return end;
  }

  private static char mark(char c) {
    return switch (c) {
      case '.', '\u00B7', '\u2022' -> '.';
      case '-', '_', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212' -> '-';
      default -> 0;
    };
  }

  static void nato(String passage, Consumer<Decoded> to) {
    Matcher words = WORD.matcher(passage);
    Spelled run = new Spelled(passage);
    while (words.find()) {
      int letter = radioLetter(words.group());
      if (letter < 0) {
        run.end();
      } else {
        run.add((char) ('a' + letter), words.start(), words.end());
      }
    }
    run.tell("nato", to);
  }

  private static int radioLetter(String word) {
    String lower = word.toLowerCase(Locale.ROOT).replace("-", "");
    return RADIO.indexOf(RADIO_VARIANTS.getOrDefault(lower, lower));
  }

  static void pigLatin(String passage, Consumer<Decoded> to) {
    int first = passage.indexOf("ay");
    if (first < 0 || passage.indexOf("ay", first + 1) < 0) {
      return;
    }
    Matcher words = WORD.matcher(passage);
    StringBuilder out = new StringBuilder();
    int restored = 0;
    while (words.find()) {
      String word = words.group().toLowerCase(Locale.ROOT);
      boolean moved = word.length() > 3 && word.endsWith("ay");
      String before = moved ? restore(word.substring(0, word.length() - 2)) : word;
      restored += moved && !Lexicon.knows(word) && Evidence.of(before).known() > 0 ? 1 : 0;
      words.appendReplacement(out, before);
    }
    if (restored >= LEAST_PIG_LATIN) {
      to.accept(new Decoded("pig-latin", words.appendTail(out).toString()));
    }
  }

  private static String restore(String stem) {
    if (!stem.matches(".*[aeiou].*")) {
      return stem;
    }
    String bare = stem.substring(0, stem.length() - 1);
    if ((stem.endsWith("w") || stem.endsWith("y")) && Lexicon.knows(bare) && !bare.equals("ill")) {
      return bare;
    }
    // What was moved may have been one consonant or several: "talks", "stalk".
    StringBuilder words = new StringBuilder();
    for (int moved = Math.min(4, stem.length() - 1); moved > 0; moved--) {
      String word = front(stem, moved);
      if (Lexicon.knows(word)) {
        words.append(words.isEmpty() ? "" : " ").append(word);
      }
    }
    return words.isEmpty() ? front(stem, 1) : words.toString();
  }

  private static String front(String stem, int moved) {
    int at = stem.length() - moved;
    return stem.substring(at) + stem.substring(0, at);
  }
}
