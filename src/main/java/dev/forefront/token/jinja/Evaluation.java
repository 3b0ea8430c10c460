package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the values of expressions. */
final class Evaluation {
  private final Rendering rendering;

  Evaluation(Rendering rendering) {
    this.rendering = rendering;
  }

  Object of(Expression expression, Scope scope) {
    Budget budget = rendering.budget();
    budget.step();
    budget.enter();
    Object value = value(expression, scope, budget);
    budget.leave();
    return value;
  }

  private Object value(Expression expression, Scope scope, Budget budget) {
    return switch (expression) {
      case Expression.Constant constant -> constant.value();
      case Expression.Name name -> named(name.name(), scope);
      case Expression.Attribute attribute ->
          Attributes.attribute(of(attribute.of(), scope), attribute.name());
      case Expression.Item item ->
          paid(Attributes.item(of(item.of(), scope), of(item.key(), scope), budget));
      case Expression.Slice slice -> slice(slice, scope);
      case Expression.Call call -> call(call, scope, Map.of());
      case Expression.Filter filter ->
          filter.of() == null ? Text.EMPTY : filtered(filter, of(filter.of(), scope), scope);
      case Expression.Test test ->
          Tests.of(rendering, test.name(), of(test.of(), scope), arguments(test.given(), scope));
      case Expression.Binary(Operator operator, Expression left, Expression right) ->
          paid(Operators.compute(operator, of(left, scope), of(right, scope), budget));
      case Expression.Unary(boolean negates, Expression of) ->
          Operators.signed(negates, of(of, scope));
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.And(Expression left, Expression right) -> {
        Object first = of(left, scope);
        yield Values.isTrue(first) ? of(right, scope) : first;
      }
      case Expression.Or(Expression left, Expression right) -> {
        Object first = of(left, scope);
        yield Values.isTrue(first) ? first : of(right, scope);
      }
      case Expression.Not(Expression of) -> !Values.isTrue(of(of, scope));
      case Expression.Choice choice -> choose(choice, scope);
      case Expression.Joined(List<Expression> parts) -> {
        Writing text = new Writing(budget);
        for (Expression part : parts) {
          text.add(Printing.text(of(part, scope), budget));
        }
        yield text.text();
      }
      case Expression.ListOf(List<Expression> entries) -> new Items(all(entries, scope));
      case Expression.TupleOf(List<Expression> entries) -> Tuple.of(all(entries, scope));
      case Expression.DictOf dict -> dict(dict, scope);
    };
  }

  private static Object named(String name, Scope scope) {
    Object value = scope.get(name);
    if (value != null) {
      return value;
    }
    Object everywhere = Globals.ALL.get(name);
    return everywhere != null ? everywhere : new Undefined("'" + name + "' is undefined");
  }

  private List<Object> all(List<Expression> expressions, Scope scope) {
    rendering.budget().takeEntries(expressions.size());
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression one : expressions) {
      values.add(of(one, scope));
    }
    return values;
  }

  private Object dict(Expression.DictOf dict, Scope scope) {
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < dict.keys().size(); i++) {
      entries.put(Values.key(of(dict.keys().get(i), scope)), of(dict.values().get(i), scope));
    }
    rendering.budget().takeEntries(2L * entries.size());
    return new Dict(entries);
  }

  private Object choose(Expression.Choice choice, Scope scope) {
    if (Values.isTrue(of(choice.test(), scope))) {
      return of(choice.yes(), scope);
    }
    Expression no = choice.no();
    return no == null
        ? new Undefined("the condition is false and there is no 'else'")
        : of(no, scope);
  }

  private Object compare(Expression.Comparison comparison, Scope scope) {
    Object left = of(comparison.first(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object right = of(comparison.others().get(i), scope);
      if (!Operators.compares(comparison.operators().get(i), left, right, rendering.budget())) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Object slice(Expression.Slice slice, Scope scope) {
    Object of = of(slice.of(), scope);
    return paid(
        Attributes.slice(
            of,
            optional(slice.start(), scope),
            optional(slice.stop(), scope),
            optional(slice.step(), scope),
            rendering.budget()));
  }

  private Object optional(@Nullable Expression expression, Scope scope) {
    return expression == null ? None.NONE : of(expression, scope);
  }

  /**
   * @param more named arguments beside those that are written
   */
  Object call(Expression.Call call, Scope scope, Map<String, Object> more) {
    Object callee = of(call.of(), scope);
    Arguments given = arguments(call.given(), scope);
    if (!more.isEmpty()) {
      Map<String, Object> named = new LinkedHashMap<>(given.named());
      named.putAll(more);
      given = new Arguments(given.positional(), named);
    }
    return switch (callee) {
      case Callable callable -> paid(callable.call(rendering, given));
      case Undefined missing -> throw missing.error();
      default ->
          throw TemplateException.broken("'%s' object is not callable", Values.typeName(callee));
    };
  }

  Object filtered(Expression.Filter filter, Object value, Scope scope) {
    return paid(Filters.apply(rendering, filter.name(), value, arguments(filter.given(), scope)));
  }

  private Arguments arguments(Expression.Given given, Scope scope) {
    if (given == Expression.Given.NOTHING) {
      return Arguments.NOTHING;
    }
    List<Object> positional = all(given.positional(), scope);
    Expression rest = given.more();
    if (rest != null) {
      positional.addAll(Values.list(of(rest, scope), rendering.budget()));
    }
    Map<String, Object> named = new LinkedHashMap<>();
    given.named().forEach(one -> named.put(one.name(), of(one.value(), scope)));
    Expression restNamed = given.moreNamed();
    if (restNamed != null) {
      if (!(of(restNamed, scope) instanceof Dict(Map<Object, Object> entries))) {
        throw TemplateException.broken("the argument after ** must be a dict");
      }
      entries.forEach(
          (name, value) -> named.put(Printing.text(name, rendering.budget()).string(), value));
    }
    return new Arguments(positional, named);
  }

  /** Counts what a new value takes. */
  private Object paid(Object value) {
    switch (value) {
      case Text text -> rendering.budget().take(text.length());
      case Items items -> rendering.budget().takeEntries(items.list().size());
      case Tuple tuple -> rendering.budget().takeEntries(tuple.list().size());
      case Values.View view -> rendering.budget().takeEntries(view.list().size());
      case Values.Range range -> rendering.budget().takeEntries(range.list().size());
      case Values.Once once -> rendering.budget().takeEntries(once.size());
      case Dict dict -> rendering.budget().takeEntries(2L * dict.map().size());
      default -> {}
    }
    return value;
  }
}
