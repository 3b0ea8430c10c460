package dev.forefront.token;

import java.util.Arrays;

/**
 * Decodes one id at a time and hands out whole characters only: bytes of an unfinished one wait for
 * the rest. Not safe for several threads.
 */
public final class Decoder {
  private static final char REPLACEMENT = '\uFFFD';

  /** An unfinished character is done after at most three more bytes; then it is no character. */
  private static final int LONGEST_WAIT = 16;

  private final Tokenizer tokenizer;

  /** Enough ids back that decoders which look at the beginning of a text see none here. */
  private int[] ids = {};

  private String told = "";
  private int toldIds;

  Decoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Takes the next id and returns the text that is now certain; empty while there is none. */
  public String push(int id) {
    if (told.isEmpty() && ids.length > 0) {
      String text = tokenizer.decode(ids);
      if (!unfinished(text)) {
        told = text;
        toldIds = ids.length;
      }
    }
    ids = Arrays.copyOf(ids, ids.length + 1);
    ids[ids.length - 1] = id;
    String text = tokenizer.decode(ids);
    if (text.length() <= told.length()
        || (unfinished(text) && ids.length - toldIds < LONGEST_WAIT)) {
      return "";
    }
    String fresh = text.substring(told.length());
    int seen = ids.length - toldIds;
    ids = Arrays.copyOfRange(ids, toldIds, ids.length);
    told = tokenizer.decode(ids);
    toldIds = seen;
    return fresh;
  }

  /** What is left when no id follows: bytes that never became a character show as U+FFFD. */
  public String finish() {
    String text = tokenizer.decode(ids);
    String rest = text.length() > told.length() ? text.substring(told.length()) : "";
    ids = new int[0];
    told = "";
    toldIds = 0;
    return rest;
  }

  private static boolean unfinished(String text) {
    return !text.isEmpty() && text.charAt(text.length() - 1) == REPLACEMENT;
  }
}
