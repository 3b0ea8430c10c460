package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form.State;
import dev.forefront.conversation.Loading;
import dev.forefront.schema.JsonSchema;
import dev.forefront.schema.RandomSchema;
import dev.forefront.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The shortcuts find the tokens that each by itself leads to. */
class TokenTrieTest {
  private static final Path REFERENCE = Path.of(System.getProperty("forefront.reference"));

  private final Tokenizer tokenizer =
      Tokenizer.open(REFERENCE.resolve("scoring/model"), Loading.UNWITNESSED);
  private final TokenTrie trie = new TokenTrie(tokenizer);

  private static @Nullable State after(State from, byte[] bytes) {
    @Nullable State state = from;
    for (int at = 0; at < bytes.length && state != null; at++) {
      state = state.next(bytes[at] & 0xff);
    }
    return state;
  }

  /** By what each token's bytes lead to. */
  private BitSet oneByOne(State from) {
    BitSet found = new BitSet();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      byte[] bytes = tokenizer.bytes(id);
      if (bytes.length > 0 && after(from, bytes) != null) {
        found.set(id);
      }
    }
    return found;
  }

  /** Writes by chance, and compares what may follow at each step; returns how many steps. */
  private int follow(JsonSchema form, Random random, int most) {
    State state = form.begin();
    for (int step = 0; step < most; step++) {
      BitSet found = trie.after(state);
      assertThat(found).isEqualTo(oneByOne(state));
      int[] ids = found.stream().toArray();
      if (ids.length == 0) {
        return step;
      }
      state =
          Objects.requireNonNull(after(state, tokenizer.bytes(ids[random.nextInt(ids.length)])));
    }
    return most;
  }

  @Test
  void findsWhatMayFollowInAnyForm() {
    int steps = 0;
    for (int seed = 0; seed < 40; seed++) {
      JsonSchema form;
      try {
        form = JsonSchema.compile(RandomSchema.of(seed));
      } catch (BadInputException none) {
        continue;
      }
      steps += follow(form, new Random(seed), 30);
    }
    assertThat(steps).isGreaterThan(300);
  }

  @Test
  void namesOfAnObjectsFurtherPropertiesUpToTheirLastByte() {
    JsonSchema any = JsonSchema.compile(JsonMapper.shared().readTree("{\"type\":\"object\"}"));
    JsonSchema beside =
        JsonSchema.compile(
            JsonMapper.shared()
                .readTree(
                    "{\"type\":\"object\",\"properties\":{\"name\":{},\"na\\\"me\":{}},"
                        + "\"additionalProperties\":{\"type\":\"null\"}}"));
    for (JsonSchema form : new JsonSchema[] {any, beside}) {
      @Nullable State state = after(form.begin(), "{\"".getBytes(StandardCharsets.UTF_8));
      byte[] name =
          "name of something that goes on and \u00e4on, past sixty bytes and more..."
              .getBytes(StandardCharsets.UTF_8);
      int read = 0;
      while (state != null) {
        assertThat(trie.after(state)).as("after %d bytes", read).isEqualTo(oneByOne(state));
        state = state.next(name[read++] & 0xff);
      }
      assertThat(read).isEqualTo(65);
    }
  }

  @Test
  void marksFollowWhereTheirSpellingDoes() {
    JsonSchema form = JsonSchema.compile(JsonMapper.shared().readTree("{\"const\":{\"a\":\"b\"}}"));
    int mark = tokenizer.vocabularySize() - 1;
    FormMasks masks =
        new FormMasks(form, trie, Map.of(mark, "{\"a\":"), tokenizer.vocabularySize());
    assertThat(masks.after(masks.begin()).get(mark)).isTrue();
    Following following = new Following(masks);
    following.take(mark);
    State then = Objects.requireNonNull(after(form.begin(), masks.bytes(mark)));
    assertThat(masks.after(then).get(mark)).isFalse();
    assertThat(new String(masks.bytes(mark), StandardCharsets.UTF_8)).isEqualTo("{\"a\":");
  }
}
