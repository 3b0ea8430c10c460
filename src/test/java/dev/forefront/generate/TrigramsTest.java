package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the last three tokens stood before, found without walking through all that was before. */
class TrigramsTest {

  /** The latest place, by looking at each. */
  private static int walked(History history) {
    int end = history.length();
    for (int at = end - 1; at >= 3; at--) {
      if (history.id(at - 1) == history.id(end - 1)
          && history.id(at - 2) == history.id(end - 2)
          && history.id(at - 3) == history.id(end - 3)) {
        return at;
      }
    }
    return Trigrams.NOWHERE;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 12, 100, 200_000})
  void findsTheLatestPlaceInAnyText(int vocabulary) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      History history = new History(random.ints(random.nextInt(40), 0, vocabulary).toArray(), 0);
      Trigrams trigrams = new Trigrams(history);
      for (int i = 0; i < 600; i++) {
        // Not asked after each token, as where guesses come true.
        if (random.nextInt(4) > 0) {
          assertThat(trigrams.before()).isEqualTo(walked(history));
        }
        boolean again = history.length() > 9 && random.nextInt(3) > 0;
        history.add(again ? history.id(history.length() - 1 - i % 8) : random.nextInt(vocabulary));
      }
    }
  }

  /** Thousands of them share the slots of a table that has grown many times. */
  @Test
  void findsTheLatestPlaceInALongText() {
    Random random = new Random(1);
    History history = new History(random.ints(40_000, 0, 30).toArray());
    Trigrams trigrams = new Trigrams(history);
    int somewhere = 0;
    for (int i = 0; i < 2_000; i++) {
      int place = trigrams.before();
      assertThat(place).isEqualTo(walked(history));
      somewhere += place == Trigrams.NOWHERE ? 0 : 1;
      history.add(random.nextInt(30));
    }
    assertThat(somewhere).isBetween(1, 1_999);
  }
}
