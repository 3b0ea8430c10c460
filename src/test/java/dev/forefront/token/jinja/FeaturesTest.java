package dev.forefront.token.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Single features of the language, against what Jinja2 itself recorded. */
class FeaturesTest {
  private static final ZonedDateTime RECORDED =
      ZonedDateTime.of(2025, 3, 9, 14, 5, 7, 0, ZoneOffset.UTC);

  private static Path file(String name) {
    return Path.of(System.getProperty("forefront.reference", "src/test/resources/reference"))
        .resolve("chat-templates")
        .resolve(name);
  }

  @Test
  void everyFeatureComesOutAsRecorded() throws IOException {
    Map<String, Object> variables =
        JsonMapper.shared()
            .readValue(Files.readString(file("features-context.json")), new TypeReference<>() {});
    SoftAssertions all = new SoftAssertions();
    List<String> lines =
        Files.readString(file("features.jsonl")).lines().filter(line -> !line.isBlank()).toList();
    for (String line : lines) {
      JsonNode feature = JsonMapper.shared().readTree(line);
      check(feature, variables, all);
    }
    all.assertAll();
    assertThat(lines).hasSize(104);
  }

  private static void check(JsonNode feature, Map<String, Object> variables, SoftAssertions all) {
    String template = feature.path("template").asString();
    if (!feature.has("error")) {
      all.assertThatCode(
              () ->
                  all.assertThat(Template.read(template).render(variables, RECORDED).string())
                      .as(template)
                      .isEqualTo(feature.path("output").asString()))
          .as(template)
          .doesNotThrowAnyException();
      return;
    }
    JsonNode error = feature.path("error");
    boolean raised = error.path("type").asString().equals("TemplateError");
    all.assertThatThrownBy(() -> Template.read(template).render(variables, RECORDED))
        .as(template)
        .isInstanceOfSatisfying(
            TemplateException.class,
            thrown -> {
              all.assertThat(thrown.line()).as(template).isPositive();
              if (raised) {
                all.assertThat(thrown).hasMessage(error.path("message").asString());
                all.assertThat(thrown.why()).isEqualTo(TemplateException.Cause.RAISED);
              }
            });
  }
}
