package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Namespace;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rendering of a template: does what its statements say. */
final class Rendering {
  private static final int SIZE_OF_MACRO = 16;

  private final Budget budget = new Budget();
  private final Evaluation evaluation = new Evaluation(this);
  private final ZonedDateTime now;

  Rendering(ZonedDateTime now) {
    this.now = now;
  }

  /** How a body ended. */
  private enum Ended {
    WHOLE,
    BREAK,
    CONTINUE
  }

  Budget budget() {
    return budget;
  }

  ZonedDateTime now() {
    return now;
  }

  Text render(List<Statement> statements, Map<String, ?> variables) {
    Scope scope = new Scope(null);
    variables.forEach((name, value) -> scope.set(name, Values.of(value)));
    Writing out = new Writing(budget);
    run(statements, scope, out);
    return out.text();
  }

  private Ended run(List<Statement> statements, Scope scope, Writing out) {
    for (Statement statement : statements) {
      Ended ended;
      budget.enter();
      try {
        ended = run(statement, scope, out);
      } catch (TemplateException e) {
        throw e.at(statement.line());
      }
      budget.leave();
      if (ended != Ended.WHOLE) {
        return ended;
      }
    }
    return Ended.WHOLE;
  }

  private Ended run(Statement statement, Scope scope, Writing out) {
    budget.step();
    switch (statement) {
      case Statement.Data data -> out.add(data.text());
      case Statement.Print print ->
          out.add(Printing.text(evaluation.of(print.of(), scope), budget));
      case Statement.Assign assign ->
          assign(assign.target(), evaluation.of(assign.value(), scope), scope);
      case Statement.AssignBlock block ->
          assign(block.target(), filtered(block.filters(), block.body(), scope), scope);
      case Statement.If choice -> {
        return choose(choice, scope, out);
      }
      case Statement.For loop -> loop(loop, scope, out);
      case Statement.Break stop -> {
        return Ended.BREAK;
      }
      case Statement.Continue next -> {
        return Ended.CONTINUE;
      }
      case Statement.Macro macro -> scope.set(macro.body().name(), macro(macro.body(), scope));
      case Statement.CallBlock block ->
          out.add(
              Printing.text(
                  evaluation.call(
                      block.call(), scope, Map.of("caller", macro(block.body(), scope))),
                  budget));
      case Statement.FilterBlock block ->
          out.add(Printing.text(filtered(block.filters(), block.body(), scope), budget));
      case Statement.With with -> {
        Scope inner = new Scope(scope);
        for (int i = 0; i < with.targets().size(); i++) {
          assign(with.targets().get(i), evaluation.of(with.values().get(i), scope), inner);
        }
        return run(with.body(), inner, out);
      }
      case Statement.Generation generation ->
          out.add(body(generation.body(), new Scope(scope)).marked(Text.GENERATED));
    }
    return Ended.WHOLE;
  }

  private Text body(List<Statement> statements, Scope scope) {
    Writing out = new Writing(budget);
    run(statements, scope, out);
    return out.text();
  }

  private Object filtered(
      List<Expression.Filter> filters, List<Statement> statements, Scope scope) {
    Object value = body(statements, new Scope(scope));
    for (Expression.Filter filter : filters) {
      value = evaluation.filtered(filter, value, scope);
    }
    return value;
  }

  private Ended choose(Statement.If choice, Scope scope, Writing out) {
    for (Statement.Branch branch : choice.branches()) {
      if (Values.isTrue(evaluation.of(branch.test(), scope))) {
        return run(branch.body(), scope, out);
      }
    }
    return run(choice.otherwise(), scope, out);
  }

  private void loop(Statement.For loop, Scope scope, Writing out) {
    loop(loop, evaluation.of(loop.over(), scope), 0, scope, out);
  }

  private void loop(Statement.For loop, Object over, int depth, Scope scope, Writing out) {
    List<Object> items = chosen(loop, Values.list(over, budget), scope);
    @Nullable Callable again =
        loop.recursive()
            ? (rendering, arguments) -> {
              Writing inner = new Writing(budget);
              Object what = arguments.bind("loop", List.of("iterable")).need("iterable");
              loop(loop, what, depth + 1, scope, inner);
              return inner.text();
            }
            : null;
    Loop state = new Loop(items, depth, again);
    for (int i = 0; i < items.size(); i++) {
      budget.step();
      state.moveTo(i);
      Scope inner = new Scope(scope);
      inner.set("loop", state);
      assign(loop.target(), items.get(i), inner);
      if (run(loop.body(), inner, out) == Ended.BREAK) {
        break;
      }
    }
    if (items.isEmpty()) {
      run(loop.otherwise(), new Scope(scope), out);
    }
  }

  private List<Object> chosen(Statement.For loop, List<Object> items, Scope scope) {
    Expression test = loop.test();
    if (test == null) {
      return items;
    }
    List<Object> chosen = new ArrayList<>();
    for (Object item : items) {
      Scope inner = new Scope(scope);
      assign(loop.target(), item, inner);
      if (Values.isTrue(evaluation.of(test, inner))) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  private void assign(Expression target, Object value, Scope scope) {
    switch (target) {
      case Expression.Name name -> scope.set(name.name(), value);
      case Expression.Attribute attribute -> {
        if (!(evaluation.of(attribute.of(), scope) instanceof Namespace namespace)) {
          throw TemplateException.broken(
              "an attribute can be set on a namespace only: '%s' is set on something else",
              attribute.name());
        }
        namespace.attributes().put(attribute.name(), value);
      }
      case Expression.TupleOf(List<Expression> targets) -> {
        List<Object> values = Values.list(value, budget);
        if (values.size() != targets.size()) {
          throw TemplateException.broken(
              "%d values cannot be put into %d names", values.size(), targets.size());
        }
        for (int i = 0; i < values.size(); i++) {
          assign(targets.get(i), values.get(i), scope);
        }
      }
      default -> throw TemplateException.broken("this cannot be assigned to");
    }
  }

  private Callable macro(Statement.Body body, Scope around) {
    budget.takeEntries(SIZE_OF_MACRO);
    return (rendering, arguments) -> {
      Scope scope = new Scope(around);
      List<String> parameters = body.parameters();
      List<Object> positional = arguments.positional();
      Map<String, Object> named = new LinkedHashMap<>(arguments.named());
      int withoutDefault = parameters.size() - body.defaults().size();
      for (int i = 0; i < parameters.size(); i++) {
        String parameter = parameters.get(i);
        Object value = i < positional.size() ? positional.get(i) : named.remove(parameter);
        if (value == null) {
          value =
              i >= withoutDefault
                  ? evaluation.of(body.defaults().get(i - withoutDefault), scope)
                  : new Undefined("parameter '" + parameter + "' was not provided");
        }
        scope.set(parameter, value);
      }
      rest(body, positional, named, scope);
      return body(body.statements(), scope);
    };
  }

  /** What no parameter takes: the macro asks for it, or it is too much. */
  private static void rest(
      Statement.Body body, List<Object> positional, Map<String, Object> named, Scope scope) {
    int taken = Math.min(positional.size(), body.parameters().size());
    List<Object> more = positional.subList(taken, positional.size());
    Object caller = named.remove("caller");
    if (body.used().contains("caller")) {
      scope.set("caller", caller == null ? new Undefined("no caller defined") : caller);
    } else if (caller != null) {
      throw TemplateException.broken("the macro '%s' takes no caller", body.name());
    }
    if (!more.isEmpty() && !body.used().contains("varargs")) {
      throw TemplateException.broken(
          "the macro '%s' takes not more than %d arguments", body.name(), body.parameters().size());
    }
    if (!named.isEmpty() && !body.used().contains("kwargs")) {
      throw TemplateException.broken(
          "the macro '%s' takes no argument '%s'", body.name(), named.keySet().iterator().next());
    }
    scope.set("varargs", Tuple.of(more));
    Map<Object, Object> entries = new LinkedHashMap<>();
    named.forEach((name, value) -> entries.put(Text.given(name), value));
    scope.set("kwargs", new Dict(entries));
  }
}
