package dev.forefront.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every recorded string of every recorded tokenizer, exactly. */
class TokenizerReferenceTest {

  static Stream<Path> tokenizers() {
    return References.foldersWith("tokenizers", "tokenizer.json").stream();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void encodesAndDecodesEveryRecordedString(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    SoftAssertions all = new SoftAssertions();
    for (JsonNode entry : References.lines(folder.resolve("encodings.jsonl"))) {
      String text = entry.get("text").asString();
      int[] ids = References.ids(entry.get("ids"));
      String about = "%s %s".formatted(entry.path("id"), text);
      all.assertThat(tokenizer.encodeProcessed(text)).as(about + " ids").isEqualTo(ids);
      all.assertThat(tokenizer.encodeTrusted(text))
          .as(about + " ids_plain")
          .isEqualTo(References.ids(entry.get("ids_plain")));
      all.assertThat(tokenizer.encode(text))
          .as(about + " ids_literal")
          .isEqualTo(References.ids(entry.get("ids_literal")));
      all.assertThat(tokenizer.decodeShowingControls(ids))
          .as(about + " decoded")
          .isEqualTo(entry.get("decoded").asString());
      all.assertThat(tokenizer.decode(ids))
          .as(about + " decoded_skip_special")
          .isEqualTo(entry.get("decoded_skip_special").asString());
    }
    all.assertAll();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void encodesLongRunsOfOneThing(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    for (JsonNode entry : References.lines(folder.resolve("long.jsonl"))) {
      String unit = entry.get("unit").asString();
      String text = unit.repeat(entry.get("count").asInt());
      int[] pattern = References.ids(entry.get("pattern"));
      int[] ids =
          Stream.of(
                  IntStream.of(References.ids(entry.get("head"))),
                  IntStream.range(0, entry.get("times").asInt())
                      .flatMap(time -> Arrays.stream(pattern)),
                  IntStream.of(References.ids(entry.get("tail"))))
              .flatMapToInt(part -> part)
              .toArray();
      assertThat(tokenizer.encodeProcessed(text)).as(unit).isEqualTo(ids);
      assertThat(tokenizer.decodeShowingControls(ids).equals(text))
          .as(unit + " decoded")
          .isEqualTo(entry.get("decoded_equals_text").asBoolean());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void streamsWholeCharacters(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    SoftAssertions all = new SoftAssertions();
    for (JsonNode entry : References.lines(folder.resolve("stream.jsonl"))) {
      Decoder decoder = tokenizer.stream();
      List<String> chunks = new ArrayList<>();
      for (int id : References.ids(entry.get("ids"))) {
        chunks.add(decoder.push(id));
      }
      List<String> expected = new ArrayList<>();
      for (JsonNode chunk : entry.get("chunks")) {
        expected.add(chunk.asString(""));
      }
      all.assertThat(chunks).as(entry.get("text").asString()).isEqualTo(expected);
      all.assertThat(String.join("", chunks) + decoder.finish())
          .isEqualTo(entry.get("decoded").asString());
    }
    all.assertAll();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void theBytesOfATextAreItsTokensBytes(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    assertThat(tokenizer.knowsBytes()).isTrue();
    SoftAssertions all = new SoftAssertions();
    for (JsonNode entry : References.lines(folder.resolve("encodings.jsonl"))) {
      int[] ids = References.ids(entry.get("ids_literal"));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int id : ids) {
        bytes.writeBytes(tokenizer.bytes(id));
      }
      String text = tokenizer.decode(ids);
      String joined = bytes.toString(StandardCharsets.UTF_8);
      all.assertThat(joined.equals(" " + text) ? text : joined)
          .as("%s of %s", entry.path("id"), folder)
          .isEqualTo(text);
    }
    for (int control : tokenizer.specials().values()) {
      all.assertThat(tokenizer.bytes(control)).isEmpty();
    }
    all.assertAll();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void neverReadsTextAsAControlToken(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    for (String control : tokenizer.specials().keySet()) {
      for (String text :
          List.of(
              control, control + control, "a" + control + "b", "\n" + control, control.trim())) {
        assertThat(IntStream.of(tokenizer.encode(text)).noneMatch(tokenizer::isControl))
            .as(text)
            .isTrue();
      }
    }
  }
}
