package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One line of a log, and one of the texts beside it, to the letter. */
class LineTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String BEFORE = "7".repeat(64);
  private static final String HEAD =
      "{\"n\":3,\"time\":\"2026-01-31T12:00:00Z\",\"kind\":\"reply\",\"fields\":{},\"previous\":\"%s\""
          .formatted(BEFORE);

  /** With the hash that it should name. */
  private static byte[] line(String head) {
    byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
    return (head + ",\"hash\":\"" + Sha256.hex(bytes) + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode fields(int length) {
    return JsonMapper.shared().createObjectNode().put("x", "y".repeat(length));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Damage {
    Line.Written written = Line.write(3, NOW, "reply", fields(2), BEFORE);
    Entry read = Line.read(written.bytes(), 3, BEFORE);
    assertThat(read).isEqualTo(written.entry());
    assertThat(read.hash()).isEqualTo(Line.read(line(headOf(written)), 3, BEFORE).hash());
    assertThat(Line.read(line(HEAD), 3, BEFORE).time()).isEqualTo(NOW);
  }

  private static String headOf(Line.Written written) {
    String text = new String(written.bytes(), StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf(",\"hash\":"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":3 | \"n\":4 | here stands entry 4, so entries are missing or swapped",
        "\"n\":3 | \"n\":\"3\" | here stands entry \"3\", so entries are missing or swapped",
        "\"n\":3 | \"n\":3.0 | here stands entry 3.0, so entries are missing or swapped",
        "\"n\":3 | \"m\":3 | here stands entry",
        "\"time\" | \"when\" | the line is no entry",
        "T12: | T32: | the line is no entry",
        "{\"n\" | {n | the line is no entry",
        "\"previous\":\"77 | \"previous\":\"78 | the line does not name the hash of the line before"
            + " it"
      })
  void aLineThatSaysSomethingElseIsDamage(String was, String is, String why) {
    assertThat(HEAD).contains(was);
    assertThatThrownBy(() -> Line.read(line(HEAD.replace(was, is)), 3, BEFORE))
        .isInstanceOfSatisfying(
            Damage.class,
            damage -> {
              assertThat(damage.broken().firstBadEntry()).isEqualTo(3);
              assertThat(damage.broken().reason()).contains(why);
            });
  }

  @Test
  void aLineEndsWithItsHash() {
    String good = new String(line(HEAD), StandardCharsets.UTF_8);
    for (String bad :
        new String[] {
          "",
          "{}",
          good.substring(good.length() - 75),
          "{" + good.substring(good.length() - 75),
          good.replace(",\"hash\":", ",\"hush\":"),
          good.substring(0, good.length() - 1),
          good + " ",
          good.replace("\"}", "\"]")
        }) {
      assertThatThrownBy(() -> Line.read(bad.getBytes(StandardCharsets.UTF_8), 3, BEFORE))
          .as(bad)
          .isInstanceOf(Damage.class)
          .hasMessage("the line does not end as an entry does");
    }
    assertThatThrownBy(() -> Line.read(line(HEAD + " ").clone(), 3, "8".repeat(64)))
        .isInstanceOf(Damage.class);
    String other = good.replace("reply", "raply");
    assertThatThrownBy(() -> Line.read(other.getBytes(StandardCharsets.UTF_8), 3, BEFORE))
        .isInstanceOf(Damage.class)
        .hasMessageContaining("do not have the hash that the line names");
  }

  @Test
  void theLongestLineThatIsWrittenFitsIntoABundle() {
    int spare = Line.LONGEST_WRITTEN - Line.write(3, NOW, "r", fields(0), BEFORE).bytes().length;
    assertThat(Line.write(3, NOW, "r", fields(spare), BEFORE).bytes()).hasSize(65_535);
    assertThatThrownBy(() -> Line.write(3, NOW, "r", fields(spare + 1), BEFORE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this one has 65,536");
  }

  private final KeptText text = KeptText.of(3, NOW, Map.of("caller", "ann"), "prompt", "hello");

  @Test
  void aTextIsReadAgainAndEachHasASaltOfItsOwn() {
    String line = new String(text.line(), StandardCharsets.UTF_8);
    KeptText read = KeptText.read(line.strip());
    assertThat(read).usingRecursiveComparison().isEqualTo(text);
    assertThat(read.commitment()).isEqualTo(text.commitment());
    KeptText again = KeptText.of(3, NOW, Map.of("caller", "ann"), "prompt", "hello");
    assertThat(again.salt()).isNotEqualTo(text.salt());
    assertThat(again.commitment()).isNotEqualTo(text.commitment());
  }

  @Test
  void aTextIsMeantByItsTagOrByItsTime() {
    assertThat(text.isMeantBy(new Erasure.Tagged("caller", "ann"))).isTrue();
    assertThat(text.isMeantBy(new Erasure.Tagged("caller", "ben"))).isFalse();
    assertThat(text.isMeantBy(new Erasure.Tagged("request_id", "ann"))).isFalse();
    assertThat(text.isMeantBy(new Erasure.Before(NOW))).isFalse();
    assertThat(text.isMeantBy(new Erasure.Before(NOW.plusNanos(1)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\":3|\"n\":\"3\"",
        "\"n\":3|\"m\":3",
        "\"text\":\"hello\"|\"text\":5",
        "\"name\":\"prompt\"|\"name\":5",
        "\"salt\":\"|\"salt\":\"AAAA",
        "\"salt\":\"|\"salt\":\"!",
        "\"salt\"|\"sugar\"",
        "2026-01|2026-13",
        "{\"n\"|{n"
      })
  void whatIsNoKeptTextIsRefused(String change) {
    String[] parts = change.split("\\|");
    String line = new String(text.line(), StandardCharsets.UTF_8);
    assertThat(line).contains(parts[0]);
    assertThatThrownBy(() -> KeptText.read(line.replace(parts[0], parts[1])))
        .isInstanceOf(BadInputException.class);
  }
}
