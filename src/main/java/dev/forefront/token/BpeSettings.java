package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import java.util.List;

/**
 * What a vocabulary is trained with.
 *
 * @param vocabularySize most entries, control tokens and bytes included
 * @param minFrequency a pair seen less often is not merged
 * @param specials control tokens, which get the first ids
 * @param alphabet which bytes have an entry of their own
 * @param split cuts text into words; no merge crosses their bounds. A word ends where a letter, a
 *     space and a letter follow each other, so that long texts can be counted in pieces
 */
public record BpeSettings(
    int vocabularySize, int minFrequency, List<String> specials, Alphabet alphabet, Split split) {

  /** End of text, begin of a turn, end of a turn: ids 0, 1, 2. */
  public static final List<String> CHAT_SPECIALS =
      List.of("<|endoftext|>", ChatMl.START, ChatMl.END);

  public BpeSettings {
    specials = List.copyOf(specials);
    int smallest = specials.size() + (alphabet == Alphabet.ALL_BYTES ? 256 : 1);
    if (vocabularySize < smallest || vocabularySize > 1_000_000) {
      throw new BadInputException(
          "a vocabulary of %,d tokens cannot be: it needs %,d for bytes and control tokens, and at most 1,000,000"
              .formatted(vocabularySize, smallest));
    }
    if (minFrequency < 1) {
      throw new BadInputException("min-frequency must be at least 1, not " + minFrequency);
    }
  }

  /** The house's own: chat specials, all bytes, words and digits. */
  public static BpeSettings chat(int vocabularySize) {
    return chat(vocabularySize, Split.FOREFRONT);
  }

  /** Likewise, with another way to cut text. */
  public static BpeSettings chat(int vocabularySize, Split split) {
    return new BpeSettings(vocabularySize, 2, CHAT_SPECIALS, Alphabet.ALL_BYTES, split);
  }

  /** Which bytes have an entry of their own. */
  public enum Alphabet {
    /** All 256: every text can be written. */
    ALL_BYTES,
    /** Those of the training text. */
    SEEN_BYTES
  }
}
