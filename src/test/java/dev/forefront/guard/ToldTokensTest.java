package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.conversation.TokenTold.Likely;
import dev.forefront.guard.GuardedReply.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities leave as the text does: under a verdict, or not at all. */
class ToldTokensTest {
  private static final Conversation HELLO = Conversation.of(Message.user("hello"));
  private static final Sampling TELLING = Sampling.greedy(1_000).withLogprobs(2);

  /** Says a text word by word and tells two tokens of each. */
  private static final class Telling extends ScriptedModel {
    private final String text;
    private final String alternative;

    Telling(String text, String alternative) {
      super(text);
      this.text = text;
      this.alternative = alternative;
    }

    @Override
    public void check(Sampling sampling) {}

    @Override
    public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
      int tokens = 0;
      for (String word : text.split("(?<= )")) {
        int middle = word.length() / 2;
        for (String half : List.of(word.substring(0, middle), word.substring(middle))) {
          tokens++;
          listener.token(
              new TokenTold(half, bytes(half), -1, List.of(likely(half), likely(alternative))));
        }
        if (listener.piece(word, tokens) == Next.STOP) {
          break;
        }
      }
      return new Reply(text, StopReason.END_OF_TURN, 1, tokens, "");
    }

    private static Likely likely(String text) {
      return new Likely(text, bytes(text), -2);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Blocks where one word follows another. */
  private record Pair(String first, String second) implements Stage {
    @Override
    public String name() {
      return "pair";
    }

    @Override
    public Reader open(Side side) {
      List<Signal> seen = new ArrayList<>();
      return new Reader() {
        private String before = "";

        @Override
        public void word(Word word) {
          if (word.text().equals(second) && before.equals(first)) {
            seen.add(new Signal(Hazard.S2, 1, 0.5, "both words were there"));
          }
          before = word.text();
        }

        @Override
        public List<Signal> signals() {
          return seen;
        }
      };
    }
  }

  private static Guard guard(int holdBack, int stride) {
    return Guard.of(List.of(new Pair("very", "wicked")))
        .with(new GuardSettings(holdBack, stride, Duration.ofSeconds(20), 64));
  }

  private record Heard(String text, List<TokenTold> tokens, Outcome outcome) {
    String joined() {
      return String.join("", tokens.stream().map(TokenTold::text).toList());
    }
  }

  private static Heard hear(String text, String alternative, Guard guard) {
    StringBuilder heard = new StringBuilder();
    List<TokenTold> tokens = new ArrayList<>();
    Outcome outcome =
        new GuardedReply(new Telling(text, alternative), guard)
            .write(
                HELLO,
                TELLING,
                new GuardedReply.Sink() {
                  @Override
                  public Next allowed(Verdict.Allow verdict, String piece) {
                    throw new AssertionError("tokens were asked for");
                  }

                  @Override
                  public Next allowed(
                      Verdict.Allow verdict, String piece, List<TokenTold> covered) {
                    heard.append(piece);
                    tokens.addAll(covered);
                    return Next.CONTINUE;
                  }
                });
    return new Heard(heard.toString(), tokens, outcome);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void allTokensLeaveWithTheText(int stride) {
    String text = "Once there was a schön fox who lived near the river";

    Heard heard = hear(text, "hill", guard(4, stride));

    assertThat(heard.text()).isEqualTo(text);
    assertThat(heard.joined()).isEqualTo(text);
    assertThat(heard.tokens()).allMatch(token -> token.likeliest().size() == 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5})
  void noTokenLeavesThatTheTextDoesNot(int holdBack) {
    Heard heard = hear("a tale of something very wicked and its end", "hill", guard(holdBack, 1));

    assertThat(heard.outcome()).isInstanceOf(Outcome.Refused.class);
    assertThat(heard.text()).doesNotContain("wicked");
    assertThat(heard.joined()).isEqualTo(heard.text());
  }

  @Test
  void whatCouldHaveBeenIsReadAsIfItHadBeen() {
    Heard heard = hear("that is very good and not so bad", "wicked ", guard(0, 1));

    assertThat(heard.joined()).isEqualTo("that is very good and not so bad");
    for (TokenTold token : heard.tokens()) {
      boolean afterVery = token.text().equals("go");
      assertThat(token.likeliest()).as(token.text()).hasSize(afterVery ? 1 : 2);
    }
  }

  @Test
  void fromWhereTheTextIsNotTheModelsNoTokenIsTold() {
    String text = "Write to ann.lee@mail.example.org and be well, or do not write at all.";

    Heard heard =
        hear(
            text,
            "hill",
            Guard.builtIn().with(new GuardSettings(0, 1, Duration.ofSeconds(20), 64)));

    assertThat(heard.text()).startsWith("Write to ").endsWith("write at all.");
    assertThat(heard.text()).doesNotContain("ann.lee");
    assertThat("Write to ").startsWith(heard.joined());
  }

  @Test
  void aGuardThatAsksAModelLetsNothingLeaveThatItWasNotAskedAbout(@TempDir Path folder) {
    Guard guard = ScriptedJudge.guard(folder, ScriptedJudge.fearing("zebra"));
    GuardedReply guarded = new GuardedReply(new Telling("Once.", "hill"), guard);

    guarded.check(TELLING.withLogprobs(0));
    assertThatThrownBy(() -> guarded.check(TELLING))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("set top_logprobs to 0");
  }

  @Test
  void aModelThatTellsNoneIsNotAsked() {
    ScriptedModel model = new ScriptedModel("Once there was a fox.");

    assertThatThrownBy(
            () ->
                new GuardedReply(model, Guard.builtIn())
                    .write(HELLO, TELLING, (verdict, text) -> Next.CONTINUE))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tells no log-probabilities");
    assertThat(model.asked).hasValue(0);
  }
}
