package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is guessed of a text that repeats itself, and of one that does not. */
class DraftsTest {
  private static final int MANY = 1_000;

  private static Drafts after(History history, int... written) {
    Drafts drafts = new Drafts(history);
    for (int id : written) {
      history.add(id);
      drafts.take(id);
    }
    return drafts;
  }

  @Test
  void guessesHowThePromptWentOn() {
    History history = new History(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    assertThat(after(history, 1, 2, 3, 4, 5).guess(MANY)).containsExactly(6, 7);
  }

  @Test
  void guessesMoreTheLongerItComesTrue() {
    History history = new History(new Random(1).ints(40, 0, 1_000_000).toArray());
    Drafts drafts = new Drafts(history);
    int longest = 0;
    for (int at = 0; at < 30; at++) {
      history.add(history.id(at));
      drafts.take(history.id(at));
      int[] guess = drafts.guess(MANY);
      assertThat(guess.length).isGreaterThanOrEqualTo(longest);
      longest = guess.length;
      for (int i = 0; i < guess.length; i++) {
        assertThat(guess[i]).isEqualTo(history.id(at + 1 + i));
      }
    }
    assertThat(longest).isEqualTo(Drafts.LONG);
    assertThat(drafts.guess(3)).hasSize(3);
    assertThat(drafts.guess(0)).isEmpty();
  }

  @Test
  void aLoopGoesOnAsALoop() {
    History history = new History(new int[] {9});
    Drafts drafts = after(history, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2);
    assertThat(drafts.guess(MANY)).containsExactly(1, 2, 1, 2, 1, 2, 1);
  }

  @Test
  void guessesNothingWhereNothingIsRepeated() {
    History history = new History(new int[] {1, 2, 3, 4, 5, 6});
    Drafts drafts = new Drafts(history);
    for (int id : new int[] {1, 2, 9, 3, 4, 9, 5, 6, 9, 1, 2, 3}) {
      assertThat(drafts.guess(MANY)).isEmpty();
      history.add(id);
      drafts.take(id);
    }
  }

  @Test
  void whoseGuessesFailSoonGuessesSeldomAndWhoseComeTrueAgainGuessesAsBefore() {
    Random random = new Random(2);
    int[] prompt = random.ints(64, 0, 1_000_000).toArray();
    History history = new History(prompt);
    Drafts drafts = new Drafts(history);
    int failed = 0;
    // Five tokens of the prompt and then something new, over and over.
    for (int i = 0; i < 1_000; i++) {
      int from = random.nextInt(prompt.length - 6);
      for (int at = from; at < from + 5; at++) {
        history.add(prompt[at]);
        drafts.take(prompt[at]);
      }
      int[] guess = drafts.guess(MANY);
      if (guess.length > 0) {
        drafts.judge(guess.length, 0);
        failed++;
      }
      history.add(1_000_000 + i);
      drafts.take(1_000_000 + i);
    }
    assertThat(failed).isBetween(1, 8);

    int guessed = 0;
    for (int round = 0; round < 4; round++) {
      for (int id : prompt) {
        int[] guess = drafts.guess(MANY);
        if (guess.length > 0) {
          drafts.judge(guess.length, guess.length);
          guessed++;
        }
        history.add(id);
        drafts.take(id);
      }
    }
    assertThat(guessed).isGreaterThan(prompt.length);
  }
}
