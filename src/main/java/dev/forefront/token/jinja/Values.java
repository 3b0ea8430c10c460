package dev.forefront.token.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of value that a template meets, beside {@link Text}, {@link Boolean}, {@link Long},
 * {@link BigInteger} (that only prints) and {@link Double}. Nothing else of Java's gets in.
 */
final class Values {
  private Values() {}

  /** Python's None. */
  enum None {
    NONE
  }

  /** A value that is not there; using it is an error that says why it is not. */
  record Undefined(String why) {
    TemplateException error() {
      return TemplateException.broken("%s", why);
    }
  }

  record Items(List<Object> list) {}

  /** With names for its places, where it has them. */
  record Tuple(List<Object> list, List<String> names) {
    static Tuple of(Object... entries) {
      return new Tuple(List.of(entries), List.of());
    }

    static Tuple of(List<Object> entries) {
      return new Tuple(entries, List.of());
    }
  }

  /** The keys are texts, numbers, booleans or None. */
  record Dict(Map<Object, Object> map) {}

  /** What {@code items()}, {@code keys()} and {@code values()} give. */
  record View(String name, List<Object> list) {}

  record Range(long start, long stop, long step, List<Object> list) {}

  /** What can be gone through once. */
  static final class Once {
    private List<Object> list;

    Once(List<Object> list) {
      this.list = list;
    }

    int size() {
      return list.size();
    }

    List<Object> take() {
      List<Object> all = list;
      list = List.of();
      return all;
    }
  }

  /** The one value that a template can change. */
  record Namespace(Map<String, Object> attributes) {}

  /** Something that can be called. */
  interface Callable {
    Object call(Rendering rendering, Arguments arguments);
  }

  /** A value of the caller's: JSON's kinds as Java has them. Strings are GIVEN. */
  static Object of(@Nullable Object value) {
    return of(value, 0);
  }

  private static Object of(@Nullable Object value, int depth) {
    if (depth > 200) {
      throw TemplateException.broken("a variable is nested more than 200 deep");
    }
    return switch (value) {
      case null -> None.NONE;
      case Text text -> text;
      case String string -> Text.given(string);
      case Boolean truth -> truth;
      case Long number -> number;
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case BigInteger number -> number.bitLength() < 64 ? (Object) number.longValue() : number;
      case Number number -> number.doubleValue();
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        for (Object item : list) {
          items.add(of(item, depth + 1));
        }
        yield new Items(items);
      }
      case Map<?, ?> map -> {
        Map<Object, Object> entries = new LinkedHashMap<>();
        map.forEach((key, entry) -> entries.put(key(of(key, depth)), of(entry, depth + 1)));
        yield new Dict(entries);
      }
      default ->
          throw TemplateException.broken("a variable is a %s", value.getClass().getSimpleName());
    };
  }

  /** Lists and dicts cannot. */
  static boolean canBeKey(Object value) {
    return !(value instanceof Items) && !(value instanceof Dict);
  }

  /** The same for what can be a key of a dict. */
  static Object key(Object value) {
    return switch (value) {
      case Text text -> text;
      case Long number -> number;
      case Boolean truth -> truth;
      case None none -> none;
      case Double number when number == number.longValue() -> number.longValue();
      case Double number -> number;
      case Undefined missing -> throw missing.error();
      default -> throw TemplateException.broken("a %s cannot be a key", typeName(value));
    };
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case None none -> false;
      case Undefined missing -> false;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case Text text -> !text.isEmpty();
      case Items items -> !items.list().isEmpty();
      case Tuple tuple -> !tuple.list().isEmpty();
      case Dict dict -> !dict.map().isEmpty();
      case View view -> !view.list().isEmpty();
      case Range range -> !range.list().isEmpty();
      default -> true;
    };
  }

  /** What a loop over it sees. */
  static List<Object> list(Object value, Budget budget) {
    return switch (value) {
      case Items items -> items.list();
      case Tuple tuple -> tuple.list();
      case View view -> view.list();
      case Range range -> range.list();
      case Dict dict -> List.copyOf(dict.map().keySet());
      case Once once -> once.take();
      case Undefined missing -> List.of();
      case Text text -> characters(text, budget);
      default -> throw TemplateException.broken("'%s' object is not iterable", typeName(value));
    };
  }

  static boolean isIterable(Object value) {
    return switch (value) {
      case Items i -> true;
      case Tuple t -> true;
      case View v -> true;
      case Range r -> true;
      case Dict d -> true;
      case Once o -> true;
      case Undefined u -> true;
      case Text t -> true;
      default -> false;
    };
  }

  /** In code points, as Python counts. */
  static long length(Object value, Budget budget) {
    return switch (value) {
      case Text text -> text.string().codePointCount(0, text.length());
      case Once once -> throw TemplateException.broken("object of type 'generator' has no len()");
      default -> {
        if (!isIterable(value)) {
          throw TemplateException.broken("object of type '%s' has no len()", typeName(value));
        }
        yield list(value, budget).size();
      }
    };
  }

  private static List<Object> characters(Text text, Budget budget) {
    budget.takeEntries(text.length());
    List<Object> characters = new ArrayList<>(text.length());
    for (int i = 0; i < text.length(); ) {
      int end = text.string().offsetByCodePoints(i, 1);
      characters.add(text.sub(i, end));
      i = end;
    }
    return characters;
  }

  /** As Python calls it. */
  static String typeName(Object value) {
    return switch (value) {
      case None none -> "NoneType";
      case Undefined missing -> "Undefined";
      case Boolean truth -> "bool";
      case Long number -> "int";
      case BigInteger number -> "int";
      case Double number -> "float";
      case Text text -> "str";
      case Items items -> "list";
      case Tuple tuple -> "tuple";
      case Dict dict -> "dict";
      case View view -> view.name();
      case Range range -> "range";
      case Once once -> "generator";
      case Namespace namespace -> "Namespace";
      default -> "function";
    };
  }
}
