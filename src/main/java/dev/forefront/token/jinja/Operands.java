package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Given;
import dev.forefront.token.jinja.Expression.Named;
import dev.forefront.token.jinja.Token.Kind;
import dev.forefront.token.jinja.Values.None;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what operators join: literals, names and brackets, with the attributes, items, calls,
 * filters and tests that follow them.
 */
final class Operands {
  private static final Set<Kind> BEGIN_ARGUMENT =
      Set.of(Kind.NAME, Kind.TEXT, Kind.INTEGER, Kind.FLOAT);

  private final Tokens tokens;
  private final Expressions expressions;
  private Set<String> names = new HashSet<>();

  /**
   * @param expressions that stand in brackets
   */
  Operands(Tokens tokens, Expressions expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** The names read since: macros want to know. */
  Set<String> watch(Set<String> watching) {
    Set<String> before = names;
    names = watching;
    return before;
  }

  /** Without a sign before it, or a filter or test after it. */
  Expression operand() {
    return followed(primary());
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case TEXT -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.is(Kind.TEXT)) {
          text.append(tokens.next().text());
        }
        yield new Expression.Constant(Text.of(text.toString()));
      }
      case INTEGER, FLOAT -> new Expression.Constant(number(token));
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  private Expression bracketed(Token token) {
    return switch (token.text()) {
      case "(" -> {
        if (tokens.skip(")")) {
          yield new Expression.TupleOf(List.of());
        }
        Expression inside = expressions.tuple();
        tokens.expect(")");
        yield inside;
      }
      case "[" -> new Expression.ListOf(entries("]"));
      case "{" -> dict();
      default -> throw unexpected(token);
    };
  }

  private static TemplateException unexpected(Token token) {
    return TemplateException.brokenAt(token.line(), "unexpected %s", token.shown());
  }

  private Expression name(String name) {
    return switch (name) {
      case "true", "True" -> new Expression.Constant(true);
      case "false", "False" -> new Expression.Constant(false);
      case "none", "None" -> new Expression.Constant(None.NONE);
      default -> {
        names.add(name);
        yield new Expression.Name(name);
      }
    };
  }

  private Object number(Token token) {
    String digits = token.text().replace("_", "");
    try {
      if (token.kind() == Kind.FLOAT) {
        return Double.parseDouble(digits);
      }
      char base = digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ';
      return switch (base) {
        case 'x' -> Long.parseLong(digits.substring(2), 16);
        case 'o' -> Long.parseLong(digits.substring(2), 8);
        case 'b' -> Long.parseLong(digits.substring(2), 2);
        default -> Long.parseLong(digits);
      };
    } catch (NumberFormatException e) {
      throw TemplateException.brokenAt(token.line(), "the number %s is too large", token.text());
    }
  }

  private List<Expression> entries(String end) {
    List<Expression> entries = new ArrayList<>();
    while (!tokens.skip(end)) {
      if (!entries.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip(end)) {
          break;
        }
      }
      entries.add(expressions.expression());
    }
    return entries;
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.skip("}")) {
      if (!keys.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip("}")) {
          break;
        }
      }
      keys.add(expressions.expression());
      tokens.expect(":");
      values.add(expressions.expression());
    }
    return new Expression.DictOf(keys, values);
  }

  /** Attributes, items and calls. */
  Expression followed(Expression of) {
    Expression value = of;
    while (true) {
      if (tokens.skip(".")) {
        Token name = tokens.next();
        value =
            switch (name.kind()) {
              case NAME -> new Expression.Attribute(value, name.text());
              case INTEGER -> new Expression.Item(value, new Expression.Constant(number(name)));
              default -> throw unexpected(name);
            };
      } else if (tokens.skip("[")) {
        value = item(value);
      } else if (tokens.is("(")) {
        value = new Expression.Call(value, given());
      } else {
        return value;
      }
    }
  }

  private Expression item(Expression of) {
    @Nullable Expression start = tokens.is(":") ? null : expressions.expression();
    if (start != null && tokens.skip("]")) {
      return new Expression.Item(of, start);
    }
    tokens.expect(":");
    @Nullable Expression stop = tokens.is(":") || tokens.is("]") ? null : expressions.expression();
    @Nullable Expression step = null;
    if (tokens.skip(":") && !tokens.is("]")) {
      step = expressions.expression();
    }
    tokens.expect("]");
    return new Expression.Slice(of, start, stop, step);
  }

  /** Filters and tests, and calls of what they give. */
  Expression filtered(Expression of) {
    Expression value = of;
    while (true) {
      if (tokens.is("|")) {
        value = filter(value);
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (tokens.is("(")) {
        value = new Expression.Call(value, given());
      } else {
        return value;
      }
    }
  }

  private Expression.Filter filter(@Nullable Expression of) {
    tokens.expect("|");
    return filterNamed(of);
  }

  /** Filters one after another, without what they filter. */
  List<Expression.Filter> filters() {
    List<Expression.Filter> filters = new ArrayList<>();
    while (tokens.is("|")) {
      filters.add(filter(null));
    }
    return filters;
  }

  Expression.Filter filterNamed(@Nullable Expression of) {
    String name = tokens.expect(Kind.NAME).text();
    return new Expression.Filter(of, name, tokens.is("(") ? given() : Given.NOTHING);
  }

  private Expression test(Expression of) {
    boolean negated = tokens.skipName("not");
    String name = tokens.expect(Kind.NAME).text();
    Given given = Given.NOTHING;
    if (tokens.is("(")) {
      given = given();
    } else if (beginsArgument()) {
      tokens.enter();
      given = new Given(List.of(operand()), List.of(), null, null);
      tokens.leave();
    }
    Expression test = new Expression.Test(of, name, given);
    return negated ? new Expression.Not(test) : test;
  }

  private boolean beginsArgument() {
    if (tokens.isName("is")) {
      throw tokens.wrong("a test cannot follow a test");
    }
    return (BEGIN_ARGUMENT.contains(tokens.current().kind())
            && !tokens.isName("else")
            && !tokens.isName("or")
            && !tokens.isName("and"))
        || tokens.is("[")
        || tokens.is("{");
  }

  private Given given() {
    tokens.expect("(");
    List<Expression> positional = new ArrayList<>();
    List<Named> named = new ArrayList<>();
    @Nullable Expression more = null;
    @Nullable Expression moreNamed = null;
    for (boolean first = true; !tokens.skip(")"); first = false) {
      if (!first) {
        tokens.expect(",");
        if (tokens.skip(")")) {
          break;
        }
      }
      if (tokens.skip("**")) {
        moreNamed = expressions.expression();
      } else if (tokens.skip("*")) {
        more = expressions.expression();
      } else if (tokens.is(Kind.NAME) && tokens.following().is("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.add(new Named(name, expressions.expression()));
      } else if (named.isEmpty() && moreNamed == null) {
        positional.add(expressions.expression());
      } else {
        throw tokens.wrong("an argument without a name follows one with a name");
      }
    }
    return new Given(positional, named, more, moreNamed);
  }
}
