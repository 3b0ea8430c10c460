package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.Namespace;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Range;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import dev.forefront.token.jinja.Values.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is reached by a dot or by brackets: values' own, and nothing of Java's. */
final class Attributes {
  /** Methods that would change a value: the hubs render in a sandbox that refuses them. */
  private static final Map<String, Set<String>> CHANGING =
      Map.of(
          "list",
          Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),
          "dict",
          Set.of("clear", "pop", "popitem", "setdefault", "update"));

  private Attributes() {}

  /** {@code of.name}: an attribute, else an item of that name. */
  static Object attribute(Object of, String name) {
    Object own = own(of, name);
    if (own != null) {
      return own;
    }
    if (of instanceof Dict(Map<Object, Object> entries)) {
      Object entry = entries.get(Text.of(name));
      if (entry != null) {
        return entry;
      }
    }
    return missing(of, name);
  }

  /** {@code of[key]}: an item, else an attribute of that name. */
  static Object item(Object of, Object key, Budget budget) {
    if (of instanceof Undefined missing) {
      throw missing.error();
    }
    if (of instanceof Dict(Map<Object, Object> entries)) {
      // What cannot be a key is none of this dict's, as Jinja2 has it.
      Object entry = Values.canBeKey(key) ? entries.get(Values.key(key)) : null;
      if (entry != null) {
        return entry;
      }
    } else if (whole(key) instanceof Long index) {
      return at(of, index, budget);
    }
    if (key instanceof Text name) {
      Object own = own(of, name.string());
      return own != null ? own : missing(of, name.string());
    }
    return new Undefined(
        "%s object has no element %s".formatted(Values.typeName(of), Printing.repr(key, budget)));
  }

  /** Only what Python itself calls an attribute. */
  static @Nullable Object own(Object of, String name) {
    if (of instanceof Undefined missing) {
      throw missing.error();
    }
    String type = Values.typeName(of);
    if (name.startsWith("_") || CHANGING.getOrDefault(type, Set.of()).contains(name)) {
      return new Undefined(
          "access to attribute '%s' of '%s' object is unsafe.".formatted(name, type));
    }
    return switch (of) {
      case Text text -> TextMethods.of(text, name);
      case Dict(Map<Object, Object> entries) -> dict(entries, name);
      case Namespace namespace -> namespace.attributes().get(name);
      case Loop loop -> loop.attribute(name);
      case Globals.Cycler cycler -> cycler.attribute(name);
      case Tuple tuple when tuple.names().contains(name) ->
          tuple.list().get(tuple.names().indexOf(name));
      case Tuple tuple -> sequence(tuple.list(), name);
      case Items items -> sequence(items.list(), name);
      case Long number -> number(number, 0L, name);
      case Double number ->
          name.equals("is_integer")
              ? (Callable) (rendering, arguments) -> number == Math.rint(number)
              : number(number, 0.0, name);
      default -> null;
    };
  }

  private static @Nullable Object number(Object number, Object none, String name) {
    return switch (name) {
      case "real" -> number;
      case "imag" -> none;
      default -> null;
    };
  }

  private static @Nullable Object sequence(List<Object> list, String name) {
    return switch (name) {
      case "count" ->
          (Callable)
              (rendering, arguments) -> {
                Object one = arguments.bind(name, List.of("value")).need("value");
                return list.stream()
                    .filter(entry -> Operators.equal(entry, one, rendering.budget()))
                    .count();
              };
      case "index" ->
          (Callable)
              (rendering, arguments) -> {
                Object one = arguments.bind(name, List.of("value")).need("value");
                for (int i = 0; i < list.size(); i++) {
                  if (Operators.equal(list.get(i), one, rendering.budget())) {
                    return (long) i;
                  }
                }
                throw TemplateException.broken("index finds nothing in the list");
              };
      case "copy" -> (Callable) (rendering, arguments) -> new Items(list);
      default -> null;
    };
  }

  private static @Nullable Object dict(Map<Object, Object> entries, String name) {
    return switch (name) {
      case "items" -> (Callable) (rendering, arguments) -> items(entries);
      case "keys" ->
          (Callable) (rendering, arguments) -> new View("dict_keys", List.copyOf(entries.keySet()));
      case "values" ->
          (Callable)
              (rendering, arguments) -> new View("dict_values", List.copyOf(entries.values()));
      case "get" ->
          (Callable)
              (rendering, arguments) -> {
                Arguments.Bound bound = arguments.bind(name, List.of("key", "default"));
                Object entry = entries.get(Values.key(bound.need("key")));
                return entry != null ? entry : bound.get("default", None.NONE);
              };
      case "copy" -> (Callable) (rendering, arguments) -> new Dict(new LinkedHashMap<>(entries));
      default -> null;
    };
  }

  static View items(Map<Object, Object> entries) {
    List<Object> pairs = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
    return new View("dict_items", pairs);
  }

  private static Undefined missing(Object of, String name) {
    return new Undefined(
        of == None.NONE
            ? "'None' has no attribute '" + name + "'"
            : "'%s object' has no attribute '%s'".formatted(Values.typeName(of), name));
  }

  private static Object whole(Object key) {
    return key instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : key;
  }

  private static Object at(Object of, long index, Budget budget) {
    if (of instanceof Text text) {
      long length = Values.length(text, budget);
      budget.steps(text.length() / 64);
      long place = index < 0 ? index + length : index;
      if (place >= 0 && place < length) {
        int begin = text.string().offsetByCodePoints(0, (int) place);
        return text.sub(begin, text.string().offsetByCodePoints(begin, 1));
      }
    } else if (of instanceof Items || of instanceof Tuple || of instanceof Range) {
      List<Object> list = Values.list(of, budget);
      long place = index < 0 ? index + list.size() : index;
      if (place >= 0 && place < list.size()) {
        return list.get((int) place);
      }
    }
    return new Undefined("%s object has no element %d".formatted(Values.typeName(of), index));
  }

  static Object slice(Object of, Object start, Object stop, Object step, Budget budget) {
    if (of instanceof Undefined missing) {
      throw missing.error();
    }
    if (!Operators.isSequence(of) || of instanceof Dict) {
      throw TemplateException.broken("a '%s' object has no slices", Values.typeName(of));
    }
    long by = place(step, 1);
    if (by == 0) {
      throw TemplateException.broken("the step of a slice cannot be zero");
    }
    boolean simple = of instanceof Text && by == 1;
    long length = Values.length(of, budget);
    long from = bounded(place(start, by > 0 ? 0 : length - 1), length, by, start == None.NONE);
    long to = bounded(place(stop, by > 0 ? length : -1), length, by, stop == None.NONE);
    if (simple && of instanceof Text text) {
      int begin = text.string().offsetByCodePoints(0, (int) from);
      int end = to <= from ? begin : text.string().offsetByCodePoints(begin, (int) (to - from));
      return text.sub(begin, end);
    }
    List<Object> all = Values.list(of, budget);
    List<Object> chosen = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      chosen.add(all.get((int) i));
    }
    return switch (of) {
      case Text text -> {
        Writing joined = new Writing(budget);
        chosen.forEach(one -> joined.add((Text) one));
        yield joined.text();
      }
      case Tuple tuple -> Tuple.of(chosen);
      default -> new Items(chosen);
    };
  }

  private static long place(Object value, long otherwise) {
    return switch (whole(value)) {
      case None none -> otherwise;
      case Long number -> Math.clamp(number, -(1L << 40), 1L << 40);
      case Undefined missing -> throw missing.error();
      default ->
          throw TemplateException.broken(
              "slice indices must be whole numbers, not '%s'", Values.typeName(value));
    };
  }

  private static long bounded(long place, long length, long by, boolean given) {
    long counted = place < 0 && !given ? place + length : place;
    return by > 0 ? Math.clamp(counted, 0, length) : Math.clamp(counted, -1, length - 1);
  }
}
