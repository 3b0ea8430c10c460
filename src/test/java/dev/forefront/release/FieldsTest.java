package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything wrong with a file is named, each thing once and at its place. */
class FieldsTest {
  private static final String DIGEST = "sha256:" + "0f".repeat(32);

  private final List<String> problems = new ArrayList<>();

  private Fields json(String text) {
    return Fields.ofJson(text.getBytes(StandardCharsets.UTF_8), problems);
  }

  @Test
  void whatIsSoundIsReadWithoutAProblem() {
    Fields root =
        json(
            """
            {"text":"a","one":"b","many":["c","d"],"none":[],"digest":"%s","time":"2026-01-31T12:00:00Z",
             "number":0.5,"whole":3,"yes":true,"no":false,"inner":{"x":"%s"},"list":[{"y":1},{"y":2}],
             "empty":[]}
            """
                .formatted(DIGEST, DIGEST));

    assertThat(root.text("text")).isEqualTo("a");
    assertThat(root.texts("one")).containsExactly("b");
    assertThat(root.texts("many")).containsExactly("c", "d");
    assertThat(root.textsOrEmpty("many")).containsExactly("c", "d");
    assertThat(root.textsOrEmpty("none")).isEmpty();
    assertThat(root.digest("digest")).isEqualTo(DIGEST);
    assertThat(root.time("time")).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
    assertThat(root.number("number")).isEqualTo(0.5);
    assertThat(root.number("whole")).isEqualTo(3);
    assertThat(root.whole("whole", 3)).isEqualTo(3);
    assertThat(root.flag("yes")).isTrue();
    assertThat(root.flag("no")).isFalse();
    assertThat(root.object("inner").text("x")).isEqualTo(DIGEST);
    assertThat(root.digests("inner")).containsOnlyKeys("x").containsValue(DIGEST);
    assertThat(root.list("list")).extracting(one -> one.whole("y", 0)).containsExactly(1L, 2L);
    assertThat(root.listOrEmpty("empty")).isEmpty();
    assertThat(root.has("empty")).isTrue();
    assertThat(root.has("missing")).isFalse();
    assertThat(root.object("inner").allTexts()).containsOnlyKeys("x").containsValue(DIGEST);
    assertThat(root.allTexts().keySet()).containsExactly("text", "one", "digest", "time");
    assertThat(root.object("inner").onlyKeys(Set.of("x", "z")).has("x")).isTrue();
    assertThat(problems).isEmpty();
  }

  @Test
  void yamlIsReadLikeJson() {
    Fields root = Fields.ofYaml(World.utf8("a: b\nlist: [{c: 1}]\n"), problems);
    assertThat(root.text("a")).isEqualTo("b");
    assertThat(root.list("list").getFirst().whole("c", 1)).isEqualTo(1);
    assertThat(problems).isEmpty();
    Fields.ofYaml(World.utf8("a: b\na: c\n"), problems);
    assertThat(problems).singleElement().asString().startsWith("it is not YAML: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "3", "\"text\"", "null"})
  void whatIsNoObjectIsOneProblem(String text) {
    json(text).text("format");
    assertThat(problems).containsExactly("it holds no object of keys and values");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\":1,\"a\":2}", "{\"a\" 1}"})
  void whatIsNoJsonIsOneProblem(String text) {
    json(text).text("format");
    assertThat(problems).singleElement().asString().startsWith("it is not JSON: ");
  }

  @Test
  void whatIsNotUtf8IsOneProblem() {
    Fields.ofJson(new byte[] {'{', '"', (byte) 0xc3, '"', ':', '1', '}'}, problems).text("format");
    assertThat(problems).containsExactly("it is not UTF-8");
  }

  /** What is asked of {"a": VALUE}, and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text | 1 | a must be a text, not 1",
        "text | \" \" | a must be a text, not \" \"",
        "texts | 1 | a must be a text or a list of different texts, not 1",
        "texts | [] | a must be a text or a list of different texts, not []",
        "texts | {\"x\":\"y\"} | a must be a text or a list of different texts, not {\"x\":\"y\"}",
        "texts | [\"x\",\"x\"] | a must be a text or a list of different texts",
        "texts | [\"x\",1] | a must be a text or a list of different texts",
        "texts | [\"x\",\"\"] | a must be a text or a list of different texts",
        "texts | \"\" | a must be a text, not \"\"",
        "digest | \"sha256:00\" | a must be sha256: and 64 hex digits, not sha256:00",
        "digest | 1 | a must be a text, not 1",
        "time | \"now\" | a must be a time such as 2026-01-31T12:00:00Z, not now",
        "time | 1 | a must be a text, not 1",
        "number | \"1\" | a must be a finite number, not \"1\"",
        "number | 1e999 | a must be a finite number, not \"Infinity\"",
        "whole | 2 | a must be a whole number of at least 3, not 2",
        "whole | 3.5 | a must be a whole number of at least 3, not 3.5",
        "whole | 9223372036854775808 | a must be a whole number of at least 3, not"
            + " 9223372036854775808",
        "flag | 1 | a must be true or false, not 1",
        "object | [] | a must hold keys and values",
        "list | [] | a must be a list with at least one entry",
        "list | {\"x\":1} | a must be a list",
        "list | [{},1] | a[2]. must hold keys and values",
        "listOrEmpty | 1 | a must be a list"
      })
  void whatIsNotAsAskedIsNamed(String asked, String value, String problem) {
    ask(json("{\"a\":" + value + "}"), asked);
    assertThat(problems).containsExactly(problem);
  }

  @Test
  void whatIsMissingIsSaidToBe() {
    for (String asked : List.of("text", "texts", "number", "whole", "flag")) {
      problems.clear();
      ask(json("{}"), asked);
      assertThat(problems).as(asked).singleElement().asString().endsWith(", and is missing");
    }
  }

  private static void ask(Fields root, String asked) {
    switch (asked) {
      case "text" -> assertThat(root.text("a")).isEmpty();
      case "texts" -> assertThat(root.texts("a")).allMatch(String::isEmpty);
      case "digest" -> root.digest("a");
      case "time" -> assertThat(root.time("a")).isEqualTo(Instant.EPOCH);
      case "number" -> assertThat(root.number("a")).isZero();
      case "whole" -> assertThat(root.whole("a", 3)).isEqualTo(3);
      case "flag" -> assertThat(root.flag("a")).isFalse();
      // What is missing from something that is not there is no news.
      case "object" -> assertThat(root.object("a").text("b")).isEmpty();
      case "list" -> root.list("a");
      case "listOrEmpty" -> assertThat(root.listOrEmpty("a")).isEmpty();
      default -> throw new AssertionError(asked);
    }
  }

  @Test
  void problemsNameTheirPlace() {
    Fields root = json("{\"in\":{\"list\":[{},{\"x\":1,\"odd\":2}]}}");
    List<Fields> list = root.object("in").list("list");
    list.getFirst().text("x");
    list.getLast().onlyKeys(Set.of("x", "b", "a")).problem("is odd");
    root.problem("all is odd");
    assertThat(problems)
        .containsExactly(
            "in.list[1].x must be a text, and is missing",
            "in.list[2].odd is no key here; known are [a, b, x]",
            "in.list[2]. is odd",
            "all is odd");
  }

  @Test
  void aDigestHasSixtyFourSmallHexDigits() {
    assertThat(Fields.isDigest(DIGEST)).isTrue();
    assertThat(Fields.isDigest(DIGEST + "0")).isFalse();
    assertThat(Fields.isDigest(DIGEST.replace('f', 'F'))).isFalse();
  }
}
