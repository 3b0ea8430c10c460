package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Undefined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a template knows as {@code loop}. */
final class Loop implements Callable {
  private final List<Object> items;
  private final int depth;
  private final @Nullable Callable again;
  private int index;
  private @Nullable List<Object> seen;

  /**
   * @param again renders the loop over something else, where the loop is recursive
   */
  Loop(List<Object> items, int depth, @Nullable Callable again) {
    this.items = items;
    this.depth = depth;
    this.again = again;
  }

  void moveTo(int place) {
    index = place;
  }

  @Override
  public Object call(Rendering rendering, Arguments arguments) {
    if (again == null) {
      throw TemplateException.broken("the loop is called but not recursive");
    }
    return again.call(rendering, arguments);
  }

  @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> items.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> (Callable) (rendering, arguments) -> cycle(arguments.positional());
      case "changed" -> (Callable) this::changed;
      default -> null;
    };
  }

  private Object cycle(List<Object> among) {
    if (among.isEmpty()) {
      throw TemplateException.broken("no items for cycling given");
    }
    return among.get(index % among.size());
  }

  private Object changed(Rendering rendering, Arguments arguments) {
    List<Object> now = arguments.positional();
    boolean changed =
        seen == null
            || !Operators.equal(Values.Tuple.of(seen), Values.Tuple.of(now), rendering.budget());
    seen = now;
    return changed;
  }
}
