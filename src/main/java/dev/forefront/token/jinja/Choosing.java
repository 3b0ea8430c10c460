package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Filters.Filter;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Once;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Filters that apply a filter or a test to every entry. */
final class Choosing {
  private Choosing() {}

  static void add(Map<String, Filter> all) {
    all.put("map", Choosing::map);
    all.put("select", (rendering, value, given) -> select(rendering, value, given, true, false));
    all.put("reject", (rendering, value, given) -> select(rendering, value, given, false, false));
    all.put("selectattr", (rendering, value, given) -> select(rendering, value, given, true, true));
    all.put(
        "rejectattr", (rendering, value, given) -> select(rendering, value, given, false, true));
  }

  private static Object map(Rendering rendering, Object value, Arguments given) {
    List<Object> mapped = new ArrayList<>();
    Budget budget = rendering.budget();
    Object attribute = given.named().get("attribute");
    if (attribute != null) {
      Object otherwise = given.named().getOrDefault("default", None.NONE);
      Function<Object, Object> path = ListFilters.path(attribute, otherwise, budget);
      Values.list(value, budget).forEach(entry -> mapped.add(path.apply(entry)));
      return new Once(mapped);
    }
    String name = name("map", given, 0);
    for (Object entry : Values.list(value, budget)) {
      mapped.add(Filters.apply(rendering, name, entry, given.without(1)));
    }
    return new Once(mapped);
  }

  private static String name(String filter, Arguments given, int place) {
    if (place < given.positional().size() && given.positional().get(place) instanceof Text text) {
      return text.string();
    }
    throw TemplateException.broken("the filter '%s' wants a name", filter);
  }

  private static Object select(
      Rendering rendering, Object value, Arguments given, boolean wanted, boolean byAttribute) {
    Budget budget = rendering.budget();
    int first = byAttribute ? 1 : 0;
    if (byAttribute && given.positional().isEmpty()) {
      throw TemplateException.broken("selecting by attribute wants an attribute");
    }
    Function<Object, Object> path =
        byAttribute
            ? ListFilters.path(given.positional().getFirst(), None.NONE, budget)
            : Function.identity();
    boolean tests = given.positional().size() > first;
    String test = tests ? name("select", given, first) : "";
    Arguments rest = tests ? given.without(first + 1) : Arguments.NOTHING;
    List<Object> chosen = new ArrayList<>();
    for (Object entry : Values.list(value, budget)) {
      budget.step();
      Object tested = path.apply(entry);
      boolean holds = tests ? Tests.of(rendering, test, tested, rest) : Values.isTrue(tested);
      if (holds == wanted) {
        chosen.add(entry);
      }
    }
    return new Once(chosen);
  }
}
