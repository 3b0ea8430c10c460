package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  static YamlNode parse(String yaml, String source, Problems problems) {
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

  /**
   * This tree with the value at a path replaced or added.
   *
   * @param path keys from the root; a number chooses from a list
   * @throws BadInputException where the path leads nowhere
   */
  default YamlNode with(List<String> path, YamlNode value) {
    if (path.isEmpty()) {
      return value;
    }
    String key = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    return switch (this) {
      case Mapping mapping -> {
        Map<String, YamlNode> entries = new LinkedHashMap<>(mapping.entries());
        entries.put(key, entries.getOrDefault(key, new Nothing(value.line())).with(rest, value));
        yield new Mapping(mapping.line(), entries);
      }
      case Nothing _ ->
          new Mapping(value.line(), Map.of(key, new Nothing(value.line()).with(rest, value)));
      case Sequence sequence -> {
        int index = key.matches("\\d{1,6}") ? Integer.parseInt(key) : -1;
        if (index < 0 || index >= sequence.items().size()) {
          throw new BadInputException(
              "[%s] is not in the list, which has %d items"
                  .formatted(key, sequence.items().size()));
        }
        List<YamlNode> items = new ArrayList<>(sequence.items());
        items.set(index, items.get(index).with(rest, value));
        yield new Sequence(sequence.line(), items);
      }
      case Scalar scalar ->
          throw new BadInputException(
              "%s is a single value and holds no key %s".formatted(scalar.text(), key));
    };
  }

  /** This tree without the value at a path, where that stood in a file. */
  default YamlNode withoutFileOnes(List<String> path) {
    if (!(this instanceof Mapping mapping) || !mapping.entries().containsKey(path.getFirst())) {
      return this;
    }
    Map<String, YamlNode> entries = new LinkedHashMap<>(mapping.entries());
    YamlNode child = Objects.requireNonNull(entries.get(path.getFirst()));
    if (path.size() > 1) {
      entries.put(path.getFirst(), child.withoutFileOnes(path.subList(1, path.size())));
    } else if (child.line() > 0) {
      entries.remove(path.getFirst());
    }
    return new Mapping(mapping.line(), entries);
  }

  /** The same with every line replaced by one. */
  default YamlNode at(int line) {
    return switch (this) {
      case Mapping mapping -> {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, node) -> entries.put(key, node.at(line)));
        yield new Mapping(line, entries);
      }
      case Sequence sequence ->
          new Sequence(line, sequence.items().stream().map(item -> item.at(line)).toList());
      case Scalar scalar -> new Scalar(line, scalar.text());
      case Nothing _ -> new Nothing(line);
    };
  }

  private static YamlNode node(JsonParser parser, Problems problems) {
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

  private static Mapping mapping(JsonParser parser, int line, Problems problems) {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = line(parser);
      parser.nextToken();
      @Nullable YamlNode before = entries.put(key, node(parser, problems));
      if (before != null) {
        problems.add(keyLine, key + " is given twice");
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
