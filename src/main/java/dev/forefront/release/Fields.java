package dev.forefront.release;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** An object read from JSON or YAML that collects everything wrong with it instead of the first. */
final class Fields {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private final String where;
  private final JsonNode node;
  private final List<String> problems;

  private Fields(String where, JsonNode node, List<String> problems) {
    this.where = where;
    this.node = node;
    this.problems = problems;
  }

  static Fields ofJson(byte[] bytes, List<String> problems) {
    return read(JSON, "JSON", bytes, problems);
  }

  static Fields ofYaml(byte[] bytes, List<String> problems) {
    return read(YAML, "YAML", bytes, problems);
  }

  private static Fields read(
      ObjectMapper mapper, String language, byte[] bytes, List<String> problems) {
    JsonNode root = mapper.createObjectNode();
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        problems.add("it is not UTF-8");
        return new Fields("", root, new ArrayList<>());
      }
      JsonNode read = mapper.readTree(text);
      if (read != null && read.isObject()) {
        return new Fields("", read, problems);
      }
      problems.add("it holds no object of keys and values");
    } catch (JacksonException e) {
      problems.add("it is not %s: %s".formatted(language, e.getOriginalMessage()));
    }
    // What is missing from something unreadable is no news.
    return new Fields("", root, new ArrayList<>());
  }

  /** Names every key that is none of these. */
  Fields onlyKeys(Set<String> known) {
    for (String key : node.propertyNames()) {
      if (!known.contains(key)) {
        problems.add("%s%s is no key here; known are %s".formatted(where, key, sorted(known)));
      }
    }
    return this;
  }

  /** Digests by name. */
  SortedMap<String, String> digests(String key) {
    Fields inner = object(key);
    SortedMap<String, String> digests = new TreeMap<>();
    inner.node.propertyNames().forEach(name -> digests.put(name, inner.digest(name)));
    return digests;
  }

  boolean has(String key) {
    return node.has(key);
  }

  String text(String key) {
    JsonNode value = node.path(key);
    if (!value.isString() || value.asString().isBlank()) {
      problems.add(where + key + " must be a text" + found(value));
      return "";
    }
    return value.asString();
  }

  /** Every key that holds a text, with it. */
  Map<String, String> allTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    node.properties().stream()
        .filter(entry -> entry.getValue().isString())
        .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
    return texts;
  }

  /** A text, or a list of different texts with at least one. */
  List<String> texts(String key) {
    JsonNode value = node.path(key);
    if (value.isString()) {
      return List.of(text(key));
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value) {
      if (!one.isString() || one.asString().isBlank() || texts.contains(one.asString())) {
        problems.add(where + key + " must be a text or a list of different texts");
        return List.of();
      }
      texts.add(one.asString());
    }
    if (texts.isEmpty() || !value.isArray()) {
      problems.add(where + key + " must be a text or a list of different texts" + found(value));
      return List.of();
    }
    return texts;
  }

  /** A list of texts, which may be empty. */
  List<String> textsOrEmpty(String key) {
    return node.path(key).isArray() && node.path(key).isEmpty() ? List.of() : texts(key);
  }

  static boolean isDigest(String text) {
    return DIGEST.matcher(text).matches();
  }

  String digest(String key) {
    String value = text(key);
    if (!value.isEmpty() && !isDigest(value)) {
      problems.add(where + key + " must be sha256: and 64 hex digits, not " + value);
    }
    return value;
  }

  Instant time(String key) {
    String value = text(key);
    try {
      return value.isEmpty() ? Instant.EPOCH : Instant.parse(value);
    } catch (DateTimeException e) {
      problems.add(where + key + " must be a time such as 2026-01-31T12:00:00Z, not " + value);
      return Instant.EPOCH;
    }
  }

  double number(String key) {
    JsonNode value = node.path(key);
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      problems.add(where + key + " must be a finite number" + found(value));
      return 0;
    }
    return value.asDouble();
  }

  long whole(String key, long least) {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least) {
      problems.add(
          "%s%s must be a whole number of at least %d%s"
              .formatted(where, key, least, found(value)));
      return least;
    }
    return value.asLong();
  }

  boolean flag(String key) {
    JsonNode value = node.path(key);
    if (!value.isBoolean()) {
      problems.add(where + key + " must be true or false" + found(value));
      return false;
    }
    return value.asBoolean();
  }

  Fields object(String key) {
    JsonNode value = node.path(key);
    if (!value.isObject()) {
      problems.add(where + key + " must hold keys and values");
      return new Fields(where + key + ".", JSON.createObjectNode(), new ArrayList<>());
    }
    return new Fields(where + key + ".", value, problems);
  }

  /** The objects of a list that has at least one. */
  List<Fields> list(String key) {
    if (node.path(key).isEmpty()) {
      problems.add(where + key + " must be a list with at least one entry");
      return List.of();
    }
    return listOrEmpty(key);
  }

  List<Fields> listOrEmpty(String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      problems.add(where + key + " must be a list");
      return List.of();
    }
    List<Fields> entries = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      String at = "%s%s[%d].".formatted(where, key, i + 1);
      if (value.get(i).isObject()) {
        entries.add(new Fields(at, value.get(i), problems));
      } else {
        problems.add(at + " must hold keys and values");
      }
    }
    return entries;
  }

  void problem(String text) {
    problems.add(where.isEmpty() ? text : where + " " + text);
  }

  private static String found(JsonNode value) {
    return value.isMissingNode() ? ", and is missing" : ", not " + value;
  }

  private static List<String> sorted(Set<String> known) {
    return known.stream().sorted().toList();
  }
}
