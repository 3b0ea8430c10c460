package dev.forefront.guard;

import java.util.Locale;

/**
 * Turns a reply back while it is written. What may be the beginning of a placeholder or of personal
 * data is held until the next pieces show what it is. For one thread at a time.
 */
final class Restoring {

  private static final String KEY = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final String KEY_END = "-----END ";
  // Longer than anything that is looked for, save private keys.
  private static final int LONGEST = 8192;
  private static final int GROUP = 40;

  private final Placeholders placeholders;
  private final JsonPlaces places;
  private final StringBuilder held = new StringBuilder();

  Restoring(Placeholders placeholders, JsonPlaces places) {
    this.placeholders = placeholders;
    this.places = places;
  }

  /** Takes a piece and gives what is certain by now, often the word before. */
  String push(String piece) {
    held.append(piece);
    return take(held.length() >= LONGEST ? held.length() : certain());
  }

  /** The reply has ended. */
  String finish() {
    return take(held.length());
  }

  private String take(int to) {
    if (to == 0) {
      return "";
    }
    String text = held.substring(0, to);
    held.delete(0, to);
    return placeholders.restore(text, places);
  }

  /** Where the last words begin that may be a part of something. */
  private int certain() {
    int key = held.indexOf(KEY);
    int keyEnd = key < 0 ? 0 : end(key);
    if (keyEnd < 0) {
      return wordStart(key);
    }
    int at = wordStart(held.length());
    while (at > 0 && held.length() - at < LONGEST / 2) {
      int before = wordStart(spaceStart(at));
      if (!goesOn(before, at)) {
        break;
      }
      at = before;
    }
    return Math.max(at, keyEnd);
  }

  /** Where the private key ends that begins here, or -1 where it goes on. */
  private int end(int key) {
    int end = held.indexOf(KEY_END, key);
    int dashes = end < 0 ? -1 : held.indexOf(DASHES, end + KEY_END.length());
    return dashes < 0 ? -1 : dashes + DASHES.length();
  }

  private int wordStart(int end) {
    int at = end;
    while (at > 0 && !Character.isWhitespace(held.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private int spaceStart(int end) {
    int at = end;
    while (at > 0 && Character.isWhitespace(held.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  /** Numbers are written in groups, and a secret comes after the word that names it. */
  private boolean goesOn(int from, int to) {
    if (to - from > GROUP) {
      return false;
    }
    boolean capitals = true;
    for (int at = from; at < to; at++) {
      char c = held.charAt(at);
      if (c >= '0' && c <= '9') {
        return true;
      }
      // "password:" and "key =" name what follows; source code has such signs anywhere.
      boolean last = at + 1 == to || Character.isWhitespace(held.charAt(at + 1));
      if (last && (c == ':' || c == '=' || c == '+' || c == '(')) {
        return true;
      }
      capitals &= c >= 'A' && c <= 'Z' || Character.isWhitespace(c);
    }
    if (capitals) {
      return true; // A group of an account number may be letters alone.
    }
    String word = held.substring(from, to).strip().toLowerCase(Locale.ROOT);
    return word.equals("is")
        || word.equals("api")
        || word.equals("access")
        || word.startsWith("-----")
        || word.endsWith("key")
        || word.endsWith("token")
        || word.endsWith("secret")
        || word.startsWith("pass")
        || word.equals("pwd")
        || word.equals("bearer");
  }
}
