package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** YAML that remembers its lines, so that a complaint can name one. */
sealed interface YamlNode {

  int line();

  record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {}

  record Sequence(int line, List<YamlNode> items) implements YamlNode {}

  /** Any single value, as it was written, without quotes. */
  record Scalar(int line, String text) implements YamlNode {}

  /** A key without a value. */
  record Nothing(int line) implements YamlNode {}

  /**
   * @param problems hears of keys that are given twice
   * @throws BadInputException where the text is no YAML
   */
  static YamlNode parse(String yaml, String source, List<String> problems) {
    try (JsonParser parser = new YAMLMapper().createParser(yaml)) {
      JsonToken first = parser.nextToken();
      return first == null ? new Nothing(1) : node(parser, problems);
    } catch (JacksonException e) {
      TokenStreamLocation place = e.getLocation();
      throw new BadInputException(
          "%s%s is no YAML: %s"
              .formatted(
                  source,
                  place == null ? "" : " line " + place.getLineNr(),
                  firstLine(e.getOriginalMessage())),
          e);
    }
  }

  private static YamlNode node(JsonParser parser, List<String> problems) {
    int line = line(parser);
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(parser, line, problems);
      case START_ARRAY -> {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(node(parser, problems));
        }
        yield new Sequence(line, items);
      }
      case VALUE_NULL -> new Nothing(line);
      default -> new Scalar(line, parser.getString());
    };
  }

  private static Mapping mapping(JsonParser parser, int line, List<String> problems) {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = line(parser);
      parser.nextToken();
      @Nullable YamlNode before = entries.put(key, node(parser, problems));
      if (before != null) {
        problems.add("line %d: %s is given twice".formatted(keyLine, key));
      }
    }
    return new Mapping(line, entries);
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable").strip();
  }
}
