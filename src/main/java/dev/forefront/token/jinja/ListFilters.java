package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Filters.Filter;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Once;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Filters that go through what has entries. */
final class ListFilters {
  private ListFilters() {}

  static void add(Map<String, Filter> all) {
    Filters.put(all, "list", (value, given, budget) -> new Items(Values.list(value, budget)));
    Filters.put(all, "first", (value, given, budget) -> first(Values.list(value, budget)));
    Filters.put(all, "last", ListFilters::last);
    Filters.put(all, "join", ListFilters::joined, "d", "attribute");
    Filters.put(all, "reverse", ListFilters::reversed);
    Filters.put(all, "items", ListFilters::items);
    Filters.put(all, "sort", ListFilters::sorted, "reverse", "case_sensitive", "attribute");
    Filters.put(all, "dictsort", ListFilters::sortedDict, "case_sensitive", "by", "reverse");
    Filters.put(all, "unique", ListFilters::unique, "case_sensitive", "attribute");
    Filters.put(
        all,
        "min",
        (value, given, budget) -> most(value, given, budget, 1),
        "case_sensitive",
        "attribute");
    Filters.put(
        all,
        "max",
        (value, given, budget) -> most(value, given, budget, -1),
        "case_sensitive",
        "attribute");
    Filters.put(all, "sum", ListFilters::sum, "attribute", "start");
    Filters.put(all, "groupby", ListFilters::grouped, "attribute", "default", "case_sensitive");
    Filters.put(all, "batch", ListFilters::batches, "linecount", "fill_with");
    Filters.put(all, "slice", ListFilters::slices, "slices", "fill_with");
  }

  /**
   * What a path such as {@code function.name} leads to, from each entry.
   *
   * @param otherwise stands where it leads nowhere
   */
  static Function<Object, Object> path(Object attribute, Object otherwise, Budget budget) {
    String path = Printing.text(attribute, budget).string();
    return entry -> {
      Object value = entry;
      for (String part : path.split("\\.", -1)) {
        boolean number =
            !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
        value =
            Attributes.item(value, number ? (Object) Long.parseLong(part) : Text.of(part), budget);
        if (value instanceof Undefined && otherwise != None.NONE) {
          return otherwise;
        }
      }
      return value;
    };
  }

  private static Function<Object, Object> key(Bound given, Budget budget) {
    Function<Object, Object> path =
        given.has("attribute")
            ? path(given.need("attribute"), given.get("default", None.NONE), budget)
            : Function.identity();
    return given.flag("case_sensitive") ? path : path.andThen(ListFilters::small);
  }

  private static Object small(Object value) {
    return value instanceof Text text ? text.become(text.string().toLowerCase(Locale.ROOT)) : value;
  }

  private static Object first(List<Object> list) {
    return list.isEmpty() ? new Undefined("No first item, sequence was empty.") : list.getFirst();
  }

  private static Object last(Object value, Bound given, Budget budget) {
    if (value instanceof Once) {
      throw TemplateException.broken("'generator' object is not reversible");
    }
    List<Object> list = Values.list(value, budget);
    return list.isEmpty() ? new Undefined("No last item, sequence was empty.") : list.getLast();
  }

  private static Object joined(Object value, Bound given, Budget budget) {
    Text between = Printing.text(given.get("d", Text.EMPTY), budget);
    Function<Object, Object> path =
        given.has("attribute")
            ? path(given.need("attribute"), None.NONE, budget)
            : Function.identity();
    Writing out = new Writing(budget);
    boolean begun = false;
    for (Object entry : Values.list(value, budget)) {
      out.add(begun ? between : Text.EMPTY).add(Printing.text(path.apply(entry), budget));
      begun = true;
    }
    return out.text();
  }

  private static Object reversed(Object value, Bound given, Budget budget) {
    List<Object> list = new ArrayList<>(Values.list(value, budget));
    Collections.reverse(list);
    if (value instanceof Text) {
      Writing out = new Writing(budget);
      list.forEach(one -> out.add((Text) one));
      return out.text();
    }
    return new Once(list);
  }

  private static Object items(Object value, Bound given, Budget budget) {
    return switch (value) {
      case Dict(Map<Object, Object> entries) -> new Once(Attributes.items(entries).list());
      case Undefined missing -> new Once(List.of());
      default ->
          throw TemplateException.broken("items wants a dict, not a %s", Values.typeName(value));
    };
  }

  private static List<Object> sorted(
      List<Object> list, Function<Object, Object> key, boolean reverse, Budget budget) {
    record Keyed(Object key, Object entry) {}

    List<Keyed> keyed = new ArrayList<>();
    list.forEach(entry -> keyed.add(new Keyed(key.apply(entry), entry)));
    Comparator<Keyed> order = (a, b) -> Operators.compare(a.key(), b.key(), budget);
    keyed.sort(reverse ? order.reversed() : order);
    List<Object> sorted = new ArrayList<>();
    keyed.forEach(one -> sorted.add(one.entry()));
    return sorted;
  }

  private static Object sorted(Object value, Bound given, Budget budget) {
    List<Object> list = Values.list(value, budget);
    Function<Object, Object> key = key(given, budget);
    if (given.get("attribute") instanceof Text several && several.string().indexOf(',') >= 0) {
      key = severalKeys(several, given.flag("case_sensitive"), budget);
    }
    return new Items(sorted(list, key, given.flag("reverse"), budget));
  }

  private static Function<Object, Object> severalKeys(
      Text attributes, boolean exact, Budget budget) {
    List<Function<Object, Object>> paths = new ArrayList<>();
    for (String one : attributes.string().split(",", -1)) {
      paths.add(path(Text.of(one.strip()), None.NONE, budget));
    }
    return entry -> {
      List<Object> keys = new ArrayList<>();
      for (Function<Object, Object> path : paths) {
        Object key = path.apply(entry);
        keys.add(exact ? key : small(key));
      }
      return Tuple.of(keys);
    };
  }

  private static Object sortedDict(Object value, Bound given, Budget budget) {
    if (!(value instanceof Dict(Map<Object, Object> entries))) {
      throw TemplateException.broken("dictsort wants a dict, not a %s", Values.typeName(value));
    }
    String by = given.text("by", "key").string();
    int place =
        switch (by) {
          case "key" -> 0;
          case "value" -> 1;
          default -> throw TemplateException.broken("dictsort goes by key or value, not %s", by);
        };
    Function<Object, Object> key = pair -> ((Tuple) pair).list().get(place);
    return new Items(
        sorted(
            Attributes.items(entries).list(),
            given.flag("case_sensitive") ? key : key.andThen(ListFilters::small),
            given.flag("reverse"),
            budget));
  }

  private static Object unique(Object value, Bound given, Budget budget) {
    Function<Object, Object> key = key(given, budget);
    Set<Object> seen = new HashSet<>();
    List<Object> unique = new ArrayList<>();
    for (Object entry : Values.list(value, budget)) {
      if (seen.add(Values.key(key.apply(entry)))) {
        unique.add(entry);
      }
    }
    return new Once(unique);
  }

  private static Object most(Object value, Bound given, Budget budget, int sign) {
    List<Object> list = Values.list(value, budget);
    if (list.isEmpty()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Function<Object, Object> key = key(given, budget);
    Object most = list.getFirst();
    for (Object entry : list) {
      if (sign * Operators.compare(key.apply(entry), key.apply(most), budget) < 0) {
        most = entry;
      }
    }
    return most;
  }

  private static Object sum(Object value, Bound given, Budget budget) {
    Object sum = given.get("start", 0L);
    Function<Object, Object> path =
        given.has("attribute")
            ? path(given.need("attribute"), None.NONE, budget)
            : Function.identity();
    for (Object entry : Values.list(value, budget)) {
      sum = Operators.compute(Operator.ADD, sum, path.apply(entry), budget);
    }
    return sum;
  }

  private static Object grouped(Object value, Bound given, Budget budget) {
    Function<Object, Object> path =
        path(given.need("attribute"), given.get("default", None.NONE), budget);
    Function<Object, Object> key =
        given.flag("case_sensitive") ? path : path.andThen(ListFilters::small);
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    Object before = None.NONE;
    for (Object entry : sorted(Values.list(value, budget), key, false, budget)) {
      Object now = key.apply(entry);
      if (group.isEmpty() || !Operators.equal(before, now, budget)) {
        group = new ArrayList<>();
        groups.add(
            new Tuple(List.of(path.apply(entry), new Items(group)), List.of("grouper", "list")));
      }
      group.add(entry);
      before = now;
    }
    return new Items(groups);
  }

  private static Object batches(Object value, Bound given, Budget budget) {
    long size = given.integer("linecount");
    if (size < 1) {
      throw TemplateException.broken("a batch holds at least one");
    }
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object entry : Values.list(value, budget)) {
      if (batch.size() == size) {
        batches.add(new Items(batch));
        batch = new ArrayList<>();
      }
      batch.add(entry);
    }
    if (!batch.isEmpty()) {
      fill(batch, size, given, budget);
      batches.add(new Items(batch));
    }
    return new Once(batches);
  }

  private static void fill(List<Object> list, long size, Bound given, Budget budget) {
    if (given.has("fill_with")) {
      budget.takeEntries(size - list.size());
      while (list.size() < size) {
        list.add(given.need("fill_with"));
      }
    }
  }

  private static Object slices(Object value, Bound given, Budget budget) {
    List<Object> list = Values.list(value, budget);
    long count = given.integer("slices");
    if (count < 1) {
      throw TemplateException.broken("there is at least one slice");
    }
    budget.takeEntries(count);
    int size = (int) (list.size() / count);
    int larger = (int) (list.size() % count);
    List<Object> slices = new ArrayList<>();
    int from = 0;
    for (long i = 0; i < count; i++) {
      int to = from + size + (i < larger ? 1 : 0);
      List<Object> slice = new ArrayList<>(list.subList(from, to));
      if (i >= larger) {
        fill(slice, size + 1L, given, budget);
      }
      slices.add(new Items(slice));
      from = to;
    }
    return new Once(slices);
  }
}
