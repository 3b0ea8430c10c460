package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.None;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call hands over. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NOTHING = new Arguments(List.of(), Map.of());

  static Arguments of(Object... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  Arguments without(int first) {
    return new Arguments(positional.subList(first, positional.size()), named);
  }

  /** By the names that the callee gives them. */
  Bound bind(String callee, List<String> parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (positional.size() > parameters.size()) {
      throw TemplateException.broken(
          "%s takes %d arguments, not %d", callee, parameters.size(), positional.size());
    }
    for (int i = 0; i < positional.size(); i++) {
      values.put(parameters.get(i), positional.get(i));
    }
    named.forEach(
        (name, value) -> {
          if (!parameters.contains(name)) {
            throw TemplateException.broken("%s knows no argument '%s'", callee, name);
          }
          if (values.put(name, value) != null) {
            throw TemplateException.broken("%s gets the argument '%s' twice", callee, name);
          }
        });
    return new Bound(callee, values);
  }

  /** Arguments by name. */
  record Bound(String callee, Map<String, Object> values) {
    @Nullable Object get(String name) {
      return values.get(name);
    }

    boolean has(String name) {
      Object value = values.get(name);
      return value != null && value != None.NONE;
    }

    Object get(String name, Object otherwise) {
      return values.getOrDefault(name, otherwise);
    }

    Object need(String name) {
      Object value = values.get(name);
      if (value == null) {
        throw TemplateException.broken("%s needs the argument '%s'", callee, name);
      }
      return value;
    }

    boolean flag(String name) {
      return Values.isTrue(get(name, false));
    }

    Text text(String name) {
      return asText(name, need(name));
    }

    Text text(String name, String otherwise) {
      return has(name) ? text(name) : Text.of(otherwise);
    }

    private Text asText(String name, Object value) {
      if (value instanceof Text text) {
        return text;
      }
      throw TemplateException.broken(
          "%s wants a text for '%s', not a %s", callee, name, Values.typeName(value));
    }

    long integer(String name, long otherwise) {
      return has(name) ? integer(name) : otherwise;
    }

    long integer(String name) {
      return switch (need(name)) {
        case Long number -> number;
        case Boolean truth -> truth ? 1 : 0;
        case Object other ->
            throw TemplateException.broken(
                "%s wants a whole number for '%s', not a %s", callee, name, Values.typeName(other));
      };
    }
  }
}
