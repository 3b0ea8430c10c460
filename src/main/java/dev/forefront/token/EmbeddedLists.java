package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.EmbeddedVocabulary.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The two lists of an embedded vocabulary as JSON. They hold a hundred thousand texts, for which a
 * generator's many little methods would be compiled first, while a user waits.
 */
final class EmbeddedLists {
  private final EmbeddedVocabulary vocabulary;
  private final Map<String, Integer> ids;
  private final String origin;
  private final boolean pieces;

  /**
   * @param ids of all tokens
   * @param origin for messages
   */
  EmbeddedLists(EmbeddedVocabulary vocabulary, Map<String, Integer> ids, String origin) {
    this.vocabulary = vocabulary;
    this.ids = ids;
    this.origin = origin;
    pieces = vocabulary.hasPieces();
  }

  /** An object that gives each token, or its alias, its id. */
  String vocab(Map<String, String> aliases) {
    StringBuilder out = new StringBuilder(1 << 20).append('{');
    int id = 0;
    for (String token : vocabulary.tokens()) {
      quote(separate(out), aliases.getOrDefault(token, token));
      out.append(':').append(id++);
    }
    return out.append('}').toString();
  }

  /**
   * All merges in the order in which they apply, but for those of what has an alias: a control
   * token is never the outcome of merging characters that somebody typed.
   *
   * @throws BadInputException where one is no pair; {@link #checkMerges} asks for more
   */
  String merges(Map<String, String> aliases) {
    StringBuilder out = new StringBuilder(1 << 20).append('[');
    if (pieces) {
      for (Pair pair : pairs()) {
        if (!isOfAlias(pair.left(), pair.right(), aliases)) {
          addPair(out, pair.left(), pair.right());
        }
      }
    } else {
      addMerges(out, aliases);
    }
    return out.append(']').toString();
  }

  private void addMerges(StringBuilder out, Map<String, String> aliases) {
    boolean lines = vocabulary.merges().stream().allMatch(EmbeddedLists::isLine);
    String beginnings =
        aliases.keySet().stream()
            .filter(token -> !token.isEmpty())
            .map(token -> token.substring(0, 1))
            .collect(Collectors.joining());
    for (String merge : vocabulary.merges()) {
      int space = space(merge);
      // Few merges begin as a control token does: the others need not be looked up.
      boolean mayBeOfAlias =
          beginnings.indexOf(merge.charAt(0)) >= 0
              || beginnings.indexOf(merge.charAt(space + 1)) >= 0;
      if (mayBeOfAlias && isOfAlias(left(merge, space), right(merge, space), aliases)) {
        continue;
      }
      if (lines) {
        quote(separate(out), merge);
      } else {
        addPair(out, left(merge, space), right(merge, space));
      }
    }
  }

  private static void addPair(StringBuilder out, String left, String right) {
    quote(separate(out).append('['), left);
    quote(out.append(','), right);
    out.append(']');
  }

  /** All but the first entry of a list follow a comma. */
  private static StringBuilder separate(StringBuilder out) {
    return out.length() == 1 ? out : out.append(',');
  }

  /** Whether the library takes it apart in one way, and for a merge. */
  private static boolean isLine(String merge) {
    return merge.indexOf(' ') == merge.lastIndexOf(' ') && !merge.startsWith("#version");
  }

  private static boolean isOfAlias(String left, String right, Map<String, String> aliases) {
    return aliases.containsKey(left)
        || aliases.containsKey(right)
        || aliases.containsKey(left + right);
  }

  /** What parts the two tokens of a merge, of which none is empty. */
  private int space(String merge) {
    int space = merge.indexOf(' ', 1);
    if (space < 0 || space + 1 == merge.length()) {
      throw noPair(merge);
    }
    return space;
  }

  private static String left(String merge, int space) {
    return merge.substring(0, space);
  }

  private static String right(String merge, int space) {
    return merge.substring(space + 1);
  }

  /**
   * @throws BadInputException where a merge is not one of tokens
   */
  void checkMerges() {
    for (String merge : pieces ? List.<String>of() : vocabulary.merges()) {
      int space = space(merge);
      String left = left(merge, space);
      String right = right(merge, space);
      if (!ids.containsKey(left) || !ids.containsKey(right) || !ids.containsKey(left + right)) {
        throw noPair(merge);
      }
    }
  }

  private BadInputException noPair(String merge) {
    return new BadInputException(
        "%s: tokenizer.ggml.merges holds %s, which is no pair of tokens that make one"
            .formatted(origin, shortened(merge)));
  }

  static String shortened(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }

  private record Pair(String left, String right, float score) {}

  /**
   * All pairs of pieces that make a piece, in the order in which SentencePiece would merge them:
   * the piece with the higher score first.
   */
  private List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      String token = vocabulary.tokens().get(id);
      boolean merges = vocabulary.types().isEmpty() || vocabulary.is(id, Type.NORMAL);
      for (int i = 1; merges && i < token.length(); i++) {
        Integer left = ids.get(token.substring(0, i));
        Integer right = ids.get(token.substring(i));
        if (left != null && right != null && ordinary(left) && ordinary(right)) {
          pairs.add(
              new Pair(token.substring(0, i), token.substring(i), vocabulary.scores().get(id)));
        }
      }
    }
    // Stable: equal scores stay in the order of ids.
    pairs.sort(Comparator.comparingDouble((Pair pair) -> -pair.score()));
    return pairs;
  }

  private boolean ordinary(int id) {
    return vocabulary.types().isEmpty()
        || vocabulary.is(id, Type.NORMAL)
        || vocabulary.is(id, Type.USER_DEFINED);
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      if (mustBeEscaped(text.charAt(i))) {
        escape(out, text);
        out.append('"');
        return;
      }
    }
    out.append(text).append('"');
  }

  private static boolean mustBeEscaped(char c) {
    return c < ' ' || c == '"' || c == '\\';
  }

  private static void escape(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(mustBeEscaped(c) ? "\\" : "").append(c);
      }
    }
  }
}
