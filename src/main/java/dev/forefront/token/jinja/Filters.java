package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What stands after a bar. */
final class Filters {
  private static final Map<String, Filter> ALL = all();

  private Filters() {}

  /** A filter that takes what it is given as it comes. */
  @FunctionalInterface
  interface Filter {
    Object of(Rendering rendering, Object value, Arguments arguments);
  }

  /** A filter whose arguments have names. */
  @FunctionalInterface
  interface Named {
    Object of(Object value, Bound given, Budget budget);
  }

  static Object apply(Rendering rendering, String name, Object value, Arguments arguments) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw TemplateException.broken("No filter named '%s'.", name);
    }
    return filter.of(rendering, value, arguments);
  }

  static boolean knows(String name) {
    return ALL.containsKey(name);
  }

  private static Map<String, Filter> all() {
    Map<String, Filter> all = new HashMap<>();
    TextFilters.add(all);
    NumberFilters.add(all);
    ListFilters.add(all);
    Choosing.add(all);
    return Map.copyOf(all);
  }

  static void put(Map<String, Filter> all, String name, Named filter, String... parameters) {
    List<String> names = List.of(parameters);
    String callee = "the filter '" + name + "'";
    all.put(
        name,
        (rendering, value, arguments) ->
            filter.of(value, arguments.bind(callee, names), rendering.budget()));
  }
}
