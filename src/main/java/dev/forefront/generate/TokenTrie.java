package dev.forefront.generate;

import dev.forefront.conversation.Form.State;
import dev.forefront.token.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vocabulary's tokens by their bytes, so that all that may follow a state of a form are found in
 * one walk. Tokens of plain characters only, which are most, are told by their number of characters
 * or bytes instead wherever any such character may follow. Immutable.
 */
final class TokenTrie {
  // Tokens of more characters are walked like those that are not plain.
  private static final int MOST_PLAIN = 32;
  private static final int MOST_BYTES = 64;

  private record Token(int id, byte[] bytes) {}

  /** Nodes in the order of a walk: each before those below it. */
  private static final class Nodes {
    private final byte[] label;
    private final short[] depth;
    // One past the last node below.
    private final int[] end;
    // Bytes of the longest token that ends there or below.
    private final short[] longest;
    // Tokens that end at a node: those from its first to the next one's.
    private final int[] firstToken;
    private final int[] tokens;
    private final int deepest;

    /**
     * @param sorted by their bytes
     */
    Nodes(List<Token> sorted) {
      int most = sorted.stream().mapToInt(token -> token.bytes().length).sum();
      byte[] labels = new byte[most];
      short[] depths = new short[most];
      int[] ends = new int[most];
      int[] first = new int[most + 1];
      tokens = new int[sorted.size()];
      int count = 0;
      int told = 0;
      int longestOfAll = 0;
      int[] path = new int[Short.MAX_VALUE];
      byte[] before = {};
      for (Token token : sorted) {
        byte[] bytes = token.bytes();
        int same = Arrays.mismatch(before, bytes);
        int shared = same < 0 ? bytes.length : same;
        for (int at = shared; at < before.length; at++) {
          ends[path[at]] = count;
        }
        for (int at = shared; at < bytes.length; at++) {
          labels[count] = bytes[at];
          depths[count] = (short) at;
          first[count] = told;
          path[at] = count++;
        }
        tokens[told++] = token.id();
        longestOfAll = Math.max(longestOfAll, bytes.length);
        before = bytes;
      }
      for (int at = 0; at < before.length; at++) {
        ends[path[at]] = count;
      }
      first[count] = told;
      label = Arrays.copyOf(labels, count);
      depth = Arrays.copyOf(depths, count);
      end = Arrays.copyOf(ends, count);
      firstToken = Arrays.copyOf(first, count + 1);
      longest = new short[count];
      for (int node = count - 1; node >= 0; node--) {
        int own = firstToken[node] < firstToken[node + 1] ? depth[node] + 1 : 0;
        for (int below = node + 1; below < end[node]; below = end[below]) {
          own = Math.max(own, longest[below]);
        }
        longest[node] = (short) own;
      }
      deepest = longestOfAll;
    }

    /**
     * @param known tokens of at most so many bytes are found already
     */
    void walk(State from, int known, BitSet found) {
      @Nullable State[] states = new State[deepest];
      for (int node = 0; node < label.length; ) {
        if (longest[node] <= known) {
          node = end[node];
          continue;
        }
        int at = depth[node];
        State before = at == 0 ? from : states[at - 1];
        State after = before == null ? null : before.next(label[node] & 0xff);
        if (after == null) {
          node = end[node];
          continue;
        }
        states[at] = after;
        for (int token = firstToken[node]; token < firstToken[node + 1]; token++) {
          found.set(tokens[token]);
        }
        node++;
      }
    }
  }

  private final Tokenizer tokenizer;
  private final Nodes plain;
  private final Nodes others;
  // Plain tokens of at most so many characters.
  private final List<BitSet> plainUpTo = new ArrayList<>();
  private final List<BitSet> plainOfBytes = new ArrayList<>();

  TokenTrie(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    List<Token> few = new ArrayList<>();
    List<Token> rest = new ArrayList<>();
    for (int characters = 0; characters <= MOST_PLAIN; characters++) {
      plainUpTo.add(new BitSet());
    }
    for (int bytes = 0; bytes <= MOST_BYTES; bytes++) {
      plainOfBytes.add(new BitSet());
    }
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      byte[] bytes = tokenizer.bytes(id);
      if (bytes.length == 0 || bytes.length >= Short.MAX_VALUE) {
        continue;
      }
      int characters = plainCharacters(bytes);
      if (characters < 1 || characters > MOST_PLAIN) {
        rest.add(new Token(id, bytes));
        continue;
      }
      few.add(new Token(id, bytes));
      for (int atLeast = characters; atLeast <= MOST_PLAIN; atLeast++) {
        plainUpTo.get(atLeast).set(id);
      }
      for (int atLeast = bytes.length; atLeast <= MOST_BYTES; atLeast++) {
        plainOfBytes.get(atLeast).set(id);
      }
    }
    plain = nodes(few);
    others = nodes(rest);
  }

  private static Nodes nodes(List<Token> tokens) {
    tokens.sort(Comparator.comparing(Token::bytes, Arrays::compareUnsigned));
    return new Nodes(tokens);
  }

  /** How many whole characters a token has, without a quote, backslash or control; else 0. */
  private static int plainCharacters(byte[] bytes) {
    for (byte b : bytes) {
      if (b >= 0 && b < ' ' || b == '"' || b == '\\') {
        return 0;
      }
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return Character.codePointCount(text, 0, text.length());
    } catch (CharacterCodingException parts) {
      return 0;
    }
  }

  byte[] bytes(int id) {
    return tokenizer.bytes(id);
  }

  /** All tokens that may follow. */
  BitSet after(State state) {
    int characters = state.plainCharacters();
    BitSet found = new BitSet(tokenizer.vocabularySize());
    if (characters > 0) {
      found.or(plainUpTo.get(Math.min(characters, MOST_PLAIN)));
    } else {
      int bytes = Math.min(state.plainBytes(), MOST_BYTES);
      found.or(plainOfBytes.get(bytes));
      plain.walk(state, bytes, found);
    }
    others.walk(state, 0, found);
    return found;
  }
}
