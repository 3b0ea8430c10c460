package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.align.JudgedReplies.Reply;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Judged;
import dev.forefront.data.Judged.Label;
import dev.forefront.data.Preference;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.PreferenceSettings.Loss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgedRepliesTest {
  private final Tokenizer tokenizer =
      Tokenizer.open(
          Path.of(System.getProperty("forefront.reference"))
              .resolve("alignment/model/tokenizer.json"));
  private final ChatTemplate template = ChatTemplate.chatMl(tokenizer);

  /** Two replies to one prompt stand beside each other where pairs are taken apart (TRL). */
  @Test
  void noPromptIsMismatchedWithAReplyOfItsOwn() {
    List<Judged> judged = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      judged.addAll(Judged.of(new Preference("" + i, question(i), "good " + i, "bad " + i)));
    }
    JudgedReplies replies = render(judged, 64).mismatched(64, 3);
    assertThat(replies.replies()).hasSize(14);
    for (int i = 0; i < 14; i++) {
      Sequence own = replies.replies().get(i).own();
      Sequence mixed = replies.replies().get(i).sequences().get(1);
      assertThat(mixed.prompt()).isEqualTo(own.prompt());
      String reply = reply(mixed);
      assertThat(reply).matches("(good|bad) \\d").doesNotEndWith("" + i / 2);
      assertThat(mixed.label(mixed.places() - 1)).as("the turn's end").isEqualTo(end());
    }
    assertThat(render(judged, 64).mismatched(64, 3).replies().stream().map(this::shown))
        .as("the same seed, the same partners")
        .isEqualTo(replies.replies().stream().map(this::shown).toList());
  }

  @Test
  void aMismatchedReplyThatIsTooLongIsCut() {
    List<Judged> judged =
        List.of(
            judged("a", "Tell me " + "very ".repeat(10) + "much", "No.", Label.DESIRABLE),
            judged("b", "Hello", "word ".repeat(20).strip(), Label.UNDESIRABLE));
    int length =
        render(judged, 128).replies().stream().mapToInt(r -> r.own().places()).max().orElse(0);
    JudgedReplies replies = render(judged, length).mismatched(length, 1);
    assertThat(replies.dropped()).isZero();
    Sequence mixed = replies.replies().getFirst().sequences().get(1);
    assertThat(mixed.places()).isEqualTo(length);
    assertThat(mixed.labels()).isEqualTo(length + 1 - mixed.prompt().length);
    assertThat(reply(mixed)).startsWith("word word");
  }

  @Test
  void onePromptAloneCannotBeMismatched() {
    List<Judged> judged =
        List.of(
            judged("a", "Hello", "Hi.", Label.DESIRABLE),
            judged("b", "Hello", "Go.", Label.UNDESIRABLE));
    assertThatThrownBy(() -> render(judged, 64).mismatched(64, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("choose apo_zero_unpaired");
  }

  @Test
  void whatIsTooLongIsDroppedAndCounted() {
    List<Judged> judged =
        List.of(
            judged("a", "Hello", "Hi.", Label.DESIRABLE),
            judged("b", "Hello", "a ".repeat(99), Label.DESIRABLE));
    assertThat(render(judged, 64).dropped()).isEqualTo(1);
    assertThat(render(judged, 64).replies()).hasSize(1);
  }

  @Test
  void unbalancedWeightsAreSaidTogetherWithTheCure() {
    JudgedReplies one = replies(1, 4);
    assertThat(KtoTuning.balance(one, settings(1, 1)).orElseThrow())
        .contains("weigh 0.25 times", "set preference.desirable_weight to 4");
    assertThat(KtoTuning.balance(one, settings(4, 1))).isEmpty();
    assertThat(KtoTuning.balance(one, settings(5.3, 1))).as("4:3 at most").isEmpty();
    assertThat(KtoTuning.balance(one, settings(6, 1)).orElseThrow())
        .contains("weigh 1.50 times", "set preference.undesirable_weight to 1.5");
    assertThat(KtoTuning.balance(replies(3, 0), settings(1, 1)).orElseThrow())
        .contains("all replies are desirable");
  }

  private static PreferenceSettings settings(double desirable, double undesirable) {
    return new PreferenceSettings(Loss.KTO, 0.1, 0, 0, 0, desirable, undesirable, 0);
  }

  private JudgedReplies replies(int desirable, int undesirable) {
    List<Judged> judged = new ArrayList<>();
    for (int i = 0; i < desirable + undesirable; i++) {
      Label label = i < desirable ? Label.DESIRABLE : Label.UNDESIRABLE;
      judged.add(judged("" + i, "Question " + i, "Yes.", label));
    }
    return render(judged, 64);
  }

  private JudgedReplies render(List<Judged> judged, int length) {
    return JudgedReplies.render(template, judged, length);
  }

  private static Conversation question(int number) {
    return Conversation.of(Message.user("Question " + number));
  }

  private static Judged judged(String id, String prompt, String reply, Label label) {
    return new Judged(id, Conversation.of(Message.user(prompt)), reply, label);
  }

  private String shown(Reply reply) {
    return Arrays.toString(reply.sequences().get(1).ids());
  }

  /** What counts, without the turn's end. */
  private String reply(Sequence sequence) {
    int from = sequence.prompt().length;
    int[] ids = Arrays.copyOfRange(sequence.ids(), from, sequence.places() + 1);
    int last = ids[ids.length - 1] == end() ? ids.length - 1 : ids.length;
    return tokenizer.decode(Arrays.copyOf(ids, last));
  }

  private int end() {
    return tokenizer.requireSpecialId("<|im_end|>");
  }
}
