package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Preference;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
  private final Tokenizer tokenizer =
      Tokenizer.open(
          Path.of(System.getProperty("forefront.reference"))
              .resolve("alignment/model/tokenizer.json"));
  private final ChatTemplate template = ChatTemplate.chatMl(tokenizer);

  @Test
  void bothRepliesOfAPairFollowTheSamePrompt() {
    Conversation prompt =
        Conversation.of(
            Message.user("Hello"), Message.assistant("Good day."), Message.user("Who are you?"));
    Pairs pairs =
        Pairs.render(
            template, List.of(new Preference("p", prompt, "A friend.", " Nobody at all.")), 128);
    int[] expected = template.render(prompt, AddGenerationPrompt.YES).ids();
    for (Sequence sequence :
        List.of(pairs.pairs().getFirst().chosen(), pairs.pairs().getFirst().rejected())) {
      int before = 0;
      while (!sequence.counted()[before]) {
        before++;
      }
      assertThat(Arrays.copyOf(sequence.ids(), before)).isEqualTo(expected);
    }
  }

  @Test
  void theEndOfTheTurnIsPartOfTheReply() {
    Preference pair =
        new Preference("p", Conversation.of(Message.user("Hello")), "Good day.", "Go away.");
    Sequence chosen = Pairs.render(template, List.of(pair), 64).pairs().getFirst().chosen();
    assertThat(chosen.label(chosen.places() - 1))
        .isEqualTo(tokenizer.requireSpecialId("<|im_end|>"));
    assertThat(chosen.labels()).isEqualTo(tokenizer.encode("Good day.").length + 1);
  }

  @Test
  void pairsTooLongForARowAreDroppedAndCounted() {
    Conversation prompt = Conversation.of(Message.user("Hello"));
    Preference pair = new Preference("p", prompt, "a", "a ".repeat(99));
    assertThat(Pairs.render(template, List.of(pair), 64).dropped()).isEqualTo(1);
  }

  @Test
  void aPromptThatEndsWithAReplyIsRefused() {
    Conversation prompt = Conversation.of(Message.user("Hello"), Message.assistant("Well"));
    assertThatThrownBy(
            () -> Pairs.render(template, List.of(new Preference("p7", prompt, "a", "b")), 64))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("p7");
  }
}
