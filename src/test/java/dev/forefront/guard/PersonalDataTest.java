package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the model may read, and what the person may. */
class PersonalDataTest {

  private static final Sampling SAMPLING = Sampling.greedy(4000);

  /** Says what it is told, piece by piece, and keeps what it read. */
  private static final class Listener extends ScriptedModel {
    private final List<String> pieces;
    private Conversation read = Conversation.of();

    Listener(List<String> pieces) {
      super("");
      this.pieces = pieces;
    }

    @Override
    public Reply reply(
        Conversation conversation,
        Sampling sampling,
        dev.forefront.conversation.LanguageModel.Listener listener) {
      read = conversation;
      int token = 0;
      for (String piece : pieces) {
        if (listener.piece(piece, ++token) == Next.STOP) {
          break;
        }
      }
      return new Reply(String.join("", pieces), StopReason.END_OF_TURN, 1, token, "");
    }

    String userText() {
      return read.messages().stream()
          .filter(message -> message.role() == Role.USER)
          .map(Message::content)
          .reduce("", (a, b) -> a + b);
    }
  }

  private static List<String> pieces(String text, long seed) {
    Random random = new Random(seed);
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(4));
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  private record Heard(String text, GuardedReply.Outcome outcome, Listener model) {}

  private static Heard ask(Guard guard, String reply, long seed, Message... messages) {
    Listener model = new Listener(pieces(reply, seed));
    StringBuilder text = new StringBuilder();
    var outcome =
        new GuardedReply(model, guard)
            .write(
                Conversation.of(messages),
                SAMPLING,
                (verdict, piece) -> {
                  long from = text.toString().getBytes(StandardCharsets.UTF_8).length;
                  assertThat(verdict.from()).isEqualTo(from);
                  text.append(piece);
                  long to = text.toString().getBytes(StandardCharsets.UTF_8).length;
                  assertThat(verdict.to()).isEqualTo(to);
                  return Next.CONTINUE;
                });
    assertThat(outcome.delivered()).isEqualTo(text.toString());
    return new Heard(text.toString(), outcome, model);
  }

  private static Heard ask(String reply, long seed, Message... messages) {
    return ask(Guard.builtIn(), reply, seed, messages);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EMAIL|ann.lee@mail.example.org",
        "PHONE|+44 20 7946 0958",
        "PHONE|(030) 901-82000",
        "IBAN|DE89 3704 0044 0532 0130 00",
        "CARD|4111 1111 1111 1111",
        "IP_ADDRESS|10.0.0.1",
        "IP_ADDRESS|2001:db8:0:0:8:800:200c:417a",
        "NATIONAL_ID|RSSMRA85T10A562S",
        "NATIONAL_ID|12345678Z",
        "SECRET|AKIAIOSFODNN7EXAMPLE",
        "SECRET|ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "SECRET|xoxb-123456789012-abcdefghijkl",
        "SECRET|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dGhpc2lzbm9zaWduYXR1cmU",
      })
  void theModelReadsAPlaceholderAndThePersonTheirOwnText(String kind, String text) {
    String placeholder = "<" + kind + "_1>";
    for (long seed = 0; seed < 5; seed++) {
      Heard heard =
          ask(
              "You wrote " + placeholder + ", and I keep " + placeholder + " in mind.",
              seed,
              Message.user("Here is mine: " + text + " and what did I write?"));
      assertThat(heard.model().userText())
          .isEqualTo("Here is mine: " + placeholder + " and what did I write?");
      assertThat(heard.text())
          .isEqualTo("You wrote " + text + ", and I keep " + text + " in mind.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[email]|bob@other.example.net",
        "[phone]|+49 30 90182000",
        "[bank account]|GB82 WEST 1234 5698 7654 32",
        "[card number]|5500 0055 5555 5559",
        "[ip address]|192.168.7.31",
        "[secret]|AKIAIOSFODNN7EXAMPLE",
        "[national id]|RSSMRA85T10A562S",
      })
  void whatTheModelSaysByItselfIsTakenOut(String mark, String text) {
    for (long seed = 0; seed < 5; seed++) {
      Heard heard = ask("Write to " + text + " today, please.", seed, Message.user("hello"));
      assertThat(heard.text()).isEqualTo("Write to " + mark + " today, please.");
      assertThat(heard.outcome().redacted().removed())
          .isEqualTo(Map.of(mark.substring(1, mark.length() - 1), 1));
      assertThat(heard.outcome().redacted().hidden()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"the password is hunter2hunter2 now", "token: 9fK2-xx81-Lp0q now"})
  void aSecretIsKnownByTheWordBeforeIt(String text) {
    Heard heard = ask("Right. " + text, 3, Message.user("My note says: " + text));
    assertThat(heard.model().userText()).contains("<SECRET_1>").doesNotContain("hunter2", "9fK2");
    // It is the person's own, so that they may hear it again.
    assertThat(heard.text()).isEqualTo("Right. " + text);
    assertThat(ask("So, " + text, 4, Message.user("hello")).text()).contains("[secret]");
  }

  @Test
  void aPrivateKeyIsTakenOutWhole() {
    String key =
        "-----BEGIN RSA PRIVATE KEY-----\n"
            + "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX\n".repeat(20)
            + "-----END RSA PRIVATE KEY-----";
    Heard heard = ask("See " + key + " there.", 1, Message.user("hello"));
    assertThat(heard.text()).isEqualTo("See [private key] there.");
    Heard cut = ask("See " + key.substring(0, 300), 1, Message.user("hello"));
    assertThat(cut.text()).isEqualTo("See [private key]");
    Heard own = ask("See <PRIVATE_KEY_1> there.", 1, Message.user("Mine is " + key));
    assertThat(own.text()).isEqualTo("See " + key + " there.");
  }

  @Test
  void theSamePlaceholderStandsForTheSameTextInEveryTurn() {
    Heard heard =
        ask(
            "<EMAIL_2> and <EMAIL_1>.",
            2,
            Message.user("a@b.example"),
            Message.assistant("I noted a@b.example."),
            Message.user("c@d.example or a@b.example?"));
    assertThat(heard.model().read.messages())
        .extracting(Message::content)
        .containsExactly("<EMAIL_1>", "I noted <EMAIL_1>.", "<EMAIL_2> or <EMAIL_1>?");
    assertThat(heard.text()).isEqualTo("c@d.example and a@b.example.");
    assertThat(heard.outcome().redacted().hidden()).isEqualTo(Map.of("email", 4));
  }

  @Test
  void aPlaceholderThatThePersonWroteStandsForNothing() {
    Heard heard = ask("<EMAIL_1> <EMAIL_2>", 2, Message.user("<EMAIL_1> is not a@b.example"));
    assertThat(heard.model().userText()).isEqualTo("<EMAIL_1> is not <EMAIL_2>");
    assertThat(heard.text()).isEqualTo("<EMAIL_1> a@b.example");
  }

  @Test
  void theOperatorsAddressesPassAndItsSecretsDoNot() {
    Heard heard =
        ask(
            "Ask help@bank.example, not AKIAIOSFODNN7EXAMPLE.",
            2,
            Message.system("Help: help@bank.example. Key: AKIAIOSFODNN7EXAMPLE"),
            Message.user("hello"));
    assertThat(heard.text()).isEqualTo("Ask help@bank.example, not [secret].");
    assertThat(heard.model().read.messages().getFirst().content()).contains("help@bank.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "In 1914 and 1918, 12 of 30 ships 1 < 2 sank; a <b> is bold.",
        "Version 1.2.3 costs 1,000,000.50 at 12:30:15 <EMAIL_x> <NAME_1>",
        "The key is to keep the token simple: 12 steps.",
        "  spaces\n\n and\ttabs  stay ",
      })
  void ordinaryTextPassesUnchanged(String text) {
    for (long seed = 0; seed < 5; seed++) {
      Heard heard = ask(text, seed, Message.user("hello"));
      assertThat(heard.text()).isEqualTo(text);
      assertThat(heard.outcome().redacted().isEmpty()).isTrue();
    }
  }

  @Test
  void nothingIsTouchedWhereTheOperatorKeepsIt() {
    Guard keeping = Guard.builtIn();
    keeping = keeping.with(keeping.settings().with(Personal.KEEP));
    Heard heard = ask(keeping, "Write to b@c.example.", 1, Message.user("I am a@b.example"));
    assertThat(heard.model().userText()).isEqualTo("I am a@b.example");
    assertThat(heard.text()).isEqualTo("Write to b@c.example.");
  }

  @Test
  void harmThatOnlyThePlaceholdersCompleteIsStillBlocked() {
    Heard heard =
        ask(
            "Sure, here is how to make a <EMAIL_1> bomb with it. ",
            1,
            Message.user("I am a@b.example"));
    assertThat(heard.outcome()).isInstanceOf(GuardedReply.Outcome.Refused.class);
  }

  @Test
  void aReplyWithoutSpacesIsHeldInBoundedMemory() {
    String endless = "x".repeat(9_000);
    assertThat(ask(endless, 1, Message.user("hello")).text()).isEqualTo(endless);
  }
}
