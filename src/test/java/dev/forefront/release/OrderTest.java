package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes that a member signs to order something. */
class OrderTest {
  private static final String DIGEST = "sha256:" + "7".repeat(64);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Order order(Order.Kind kind, String release, String reason) {
    Order order = new Order(kind, release, reason, 3, DIGEST, NOW, 2, DIGEST, null);
    return switch (kind) {
      case STOP, RESUME, REVOKE -> order;
      case ADOPT ->
          order.saying(
              new Order.Adoption(4, World.policyText(), new TreeMap<>(Map.of("good", DIGEST))));
      case WAIVE -> order.saying(new Waiver(DIGEST, DIGEST, "ends/rate low_at_least", NOW));
      case WITHDRAW -> order.saying(new Order.Withdrawal("ends/rate low_at_least"));
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgain(Order.Kind kind) {
    for (String release : new String[] {"", "good"}) {
      Order order = order(kind, release, "a test");
      assertThat(Order.parse(order.json(), "o")).isEqualTo(order);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"order\" : \"stop\" | \"order\" : \"halt\" | order must be stop, resume, revoke",
        "\"sequence\" : 3 | \"sequence\" : 0 | sequence must be a whole number of at least 1",
        "\"board_version\" : 2 | \"board_version\" : 0 | board_version must be a whole number",
        "\"sequence\" : 3 | \"sequence\" : 3, \"until\" : 1 | bytes are not written as an order is",
        "\"sequence\" : 3 | \"sequence\" : 3, \"mine\" : 1 | mine is no key here",
        "\"sequence\" : 3 | \"sequence\" :  3 | bytes are not written as an order is",
        "order:1 | board:1 | it is no statement of the type urn:forefront:order:1",
        "Statement/v1 | Statement/v2 | it is no statement of the type urn:forefront:order:1",
        "a test | a\\ttest | a reason is one line of at most 500 characters",
        "a test | \\u001b[2J | a reason is one line of at most 500 characters",
        "a test | '' | reason must be a text"
      })
  void whatIsNotWrittenAsAnOrderIsNone(String was, String is, String why) {
    String json =
        new String(order(Order.Kind.STOP, "good", "a test").json(), StandardCharsets.UTF_8);
    assertThat(json).contains(was);
    assertThatThrownBy(() -> Order.parse(World.utf8(json.replace(was, is)), "o"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("o is no order of a board: ")
        .hasMessageContaining(why);
  }

  @Test
  void aReasonByHandIsNoLongerThanOthers() {
    Order longest = order(Order.Kind.STOP, "", "x".repeat(500));
    assertThat(Order.parse(longest.json(), "o").reason()).hasSize(500);
    Order longer = order(Order.Kind.STOP, "", "x".repeat(501));
    assertThatThrownBy(() -> Order.parse(longer.json(), "o"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("at most 500 characters");
  }

  @Test
  void peopleReadWhatItIsAbout() {
    assertThat(order(Order.Kind.STOP, "", "a").subject()).isEqualTo("everything");
    assertThat(order(Order.Kind.REVOKE, "good", "a").subject()).isEqualTo("good");
    assertThat(order(Order.Kind.ADOPT, "", "a").subject()).isEqualTo("policy \"test\" version 4");
    assertThat(order(Order.Kind.WAIVE, "good", "a").subject())
        .isEqualTo(
            "ends/rate low_at_least for good until 2026-01-01T00:00:00Z (candidate %s)"
                .formatted(DIGEST));
    assertThat(order(Order.Kind.WITHDRAW, "good", "a").subject())
        .isEqualTo("the waivers of ends/rate low_at_least for good");
  }
}
