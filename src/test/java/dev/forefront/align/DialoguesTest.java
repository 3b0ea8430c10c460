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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DialoguesTest {
  private final Tokenizer tokenizer =
      Tokenizer.open(
          Path.of(System.getProperty("forefront.reference"))
              .resolve("alignment/model/tokenizer.json"));
  private final ChatTemplate template = ChatTemplate.chatMl(tokenizer);

  @Test
  void theReplyAndTheEndOfItsTurnAreLearnt() {
    Conversation conversation =
        Conversation.of(Message.user("Hello"), Message.assistant("Good day."));
    Dialogues dialogues = Dialogues.render(template, List.of(conversation), 128);
    int end = tokenizer.requireSpecialId("<|im_end|>");
    int[] reply = tokenizer.encode("Good day.");
    assertThat(labels(dialogues.sequences().getFirst()))
        .containsExactly(IntStream.concat(Arrays.stream(reply), IntStream.of(end)).toArray());
  }

  @Test
  void aConversationLongerThanTheRowIsCutAfterAReply() {
    Conversation two =
        Conversation.of(
            Message.user("Hello"),
            Message.assistant("Good day."),
            Message.user("And now a question that is rather long for a row as short as this"),
            Message.assistant("Too late."));
    Conversation one = new Conversation(two.messages().subList(0, 2));
    int places = Dialogues.render(template, List.of(one), 1000).sequences().getFirst().places();
    Dialogues dialogues = Dialogues.render(template, List.of(two), places);
    assertThat(dialogues.shortened()).isEqualTo(1);
    assertThat(dialogues.dropped()).isZero();
    assertThat(dialogues.sequences().getFirst().places()).isEqualTo(places);
    assertThat(Dialogues.render(template, List.of(two), places - 1).dropped()).isEqualTo(1);
  }

  @Test
  void whatHasNoReplyIsDroppedAndCounted() {
    Dialogues dialogues =
        Dialogues.render(
            template,
            List.of(Conversation.of(Message.user("Hello")), new Conversation(List.of())),
            128);
    assertThat(dialogues.sequences()).isEmpty();
    assertThat(dialogues.dropped()).isEqualTo(2);
  }

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

  private static int[] labels(Sequence sequence) {
    return IntStream.range(0, sequence.places())
        .map(sequence::label)
        .filter(label -> label >= 0)
        .toArray();
  }
}
