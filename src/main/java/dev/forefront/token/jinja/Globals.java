package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Namespace;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every template can name: Jinja2's own, and what the hubs add. */
final class Globals {
  /** As Jinja2's sandbox. */
  private static final int LONGEST_RANGE = 100_000;

  static final Map<String, Object> ALL =
      Map.of(
          "range", (Callable) Globals::range,
          "dict", (Callable) (rendering, arguments) -> new Dict(entries(rendering, arguments)),
          "namespace", (Callable) Globals::namespace,
          "cycler", (Callable) (rendering, arguments) -> new Cycler(arguments.positional()),
          "joiner", (Callable) Globals::joiner,
          "lipsum", (Callable) Globals::lipsum,
          "self", new Namespace(Map.of()),
          "raise_exception", (Callable) Globals::raise,
          "strftime_now", (Callable) Globals::now);

  private Globals() {}

  private static Object raise(Rendering rendering, Arguments arguments) {
    Object message = arguments.bind("raise_exception", List.of("message")).need("message");
    throw TemplateException.raised(Printing.text(message, rendering.budget()).string());
  }

  private static Object now(Rendering rendering, Arguments arguments) {
    Text format = arguments.bind("strftime_now", List.of("format")).text("format");
    return format.become(Formats.time(format.string(), rendering.now()));
  }

  /** Jinja2 has it, chat templates only ask whether it is there. */
  private static Object lipsum(Rendering rendering, Arguments arguments) {
    throw TemplateException.broken("lipsum writes random words, which no prompt should hold");
  }

  private static Object range(Rendering rendering, Arguments arguments) {
    List<Object> given = arguments.positional();
    Arguments.Bound bound =
        given.size() < 2
            ? arguments.bind("range", List.of("stop"))
            : arguments.bind("range", List.of("start", "stop", "step"));
    long start = bound.integer("start", 0);
    long stop = bound.integer("stop");
    long step = bound.integer("step", 1);
    if (step == 0) {
      throw TemplateException.broken("the step of a range cannot be zero");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (numbers.size() == LONGEST_RANGE) {
        throw TemplateException.broken("a range holds at most %d numbers", LONGEST_RANGE);
      }
      rendering.budget().step();
      numbers.add(i);
      if (step > 0 ? i > Long.MAX_VALUE - step : i < Long.MIN_VALUE - step) {
        break;
      }
    }
    return new Range(start, stop, step, numbers);
  }

  private static Map<Object, Object> entries(Rendering rendering, Arguments arguments) {
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (Object given : arguments.positional()) {
      if (given instanceof Dict(Map<Object, Object> more)) {
        entries.putAll(more);
        continue;
      }
      for (Object pair : Values.list(given, rendering.budget())) {
        List<Object> two = Values.list(pair, rendering.budget());
        if (two.size() != 2) {
          throw TemplateException.broken("a dict is made of pairs, not of %d", two.size());
        }
        entries.put(Values.key(two.getFirst()), two.getLast());
      }
    }
    arguments.named().forEach((name, value) -> entries.put(Text.given(name), value));
    return entries;
  }

  private static Object namespace(Rendering rendering, Arguments arguments) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    entries(rendering, arguments)
        .forEach(
            (name, value) ->
                attributes.put(Printing.text(name, rendering.budget()).string(), value));
    return new Namespace(attributes);
  }

  /** Nothing at its first call, then what stands between. */
  private static Object joiner(Rendering rendering, Arguments arguments) {
    Text between = arguments.bind("joiner", List.of("sep")).text("sep", ", ");
    boolean[] used = {false};
    return (Callable)
        (inner, nothing) -> {
          Text now = used[0] ? between : Text.EMPTY;
          used[0] = true;
          return now;
        };
  }

  /** Goes round. */
  static final class Cycler {
    private final List<Object> items;
    private int place;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw TemplateException.broken("cycler wants at least one item");
      }
      this.items = items;
    }

    @Nullable Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(place);
        case "next" ->
            (Callable)
                (rendering, arguments) -> {
                  Object current = items.get(place);
                  place = (place + 1) % items.size();
                  return current;
                };
        case "reset" ->
            (Callable)
                (rendering, arguments) -> {
                  place = 0;
                  return None.NONE;
                };
        default -> null;
      };
    }
  }
}
