package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Given;
import dev.forefront.token.jinja.Expression.Named;
import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Token.Kind;
import dev.forefront.token.jinja.Values.None;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads expressions; the order of the methods is that of precedence, loosest first. */
final class Expressions {
  private static final Map<String, Operator> COMPARING =
      Map.of(
          "==", Operator.EQUAL,
          "!=", Operator.UNEQUAL,
          "<", Operator.LESS,
          "<=", Operator.LESS_OR_EQUAL,
          ">", Operator.GREATER,
          ">=", Operator.GREATER_OR_EQUAL);
  private static final Map<String, Operator> ADDING =
      Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
  private static final Map<String, Operator> MULTIPLYING =
      Map.of(
          "*", Operator.MULTIPLY,
          "/", Operator.DIVIDE,
          "//", Operator.FLOOR_DIVIDE,
          "%", Operator.REMAINDER);
  private static final Set<Kind> ENDS = Set.of(Kind.PRINT_END, Kind.BLOCK_END, Kind.END);
  private static final Set<Kind> BEGIN_ARGUMENT =
      Set.of(Kind.NAME, Kind.TEXT, Kind.INTEGER, Kind.FLOAT);

  private final Tokens tokens;
  private Set<String> names = new HashSet<>();

  Expressions(Tokens tokens) {
    this.tokens = tokens;
  }

  /** The names read since: macros want to know. */
  Set<String> watch(Set<String> watching) {
    Set<String> before = names;
    names = watching;
    return before;
  }

  Expression expression() {
    tokens.enter();
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression test = or();
      value = new Expression.Choice(test, value, tokens.skipName("else") ? expression() : null);
    }
    tokens.leave();
    return value;
  }

  /** One value, or several with commas between, which are a tuple. */
  Expression tuple() {
    return tuple(this::expression, "");
  }

  /** Likewise, with no {@code if} in it, for one may follow. */
  Expression tupleWithoutChoice(String endsAt) {
    return tuple(this::or, endsAt);
  }

  private Expression tuple(Supplier<Expression> part, String endsAt) {
    List<Expression> entries = new ArrayList<>();
    boolean comma = false;
    while (!ENDS.contains(tokens.current().kind())
        && !tokens.is(")")
        && !(tokens.is(Kind.NAME) && tokens.isName(endsAt))) {
      entries.add(part.get());
      if (!tokens.skip(",")) {
        break;
      }
      comma = true;
    }
    if (entries.isEmpty()) {
      throw tokens.wrong("an expression is expected, not " + tokens.current().shown());
    }
    return comma ? new Expression.TupleOf(entries) : entries.getFirst();
  }

  Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression of = not();
    tokens.leave();
    return new Expression.Not(of);
  }

  private Expression comparison() {
    Expression first = sum();
    List<Operator> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (true) {
      Operator operator = tokens.is(Kind.OPERATOR) ? COMPARING.get(tokens.current().text()) : null;
      if (operator != null) {
        tokens.next();
      } else if (tokens.skipName("in")) {
        operator = Operator.IN;
      } else if (tokens.isName("not") && tokens.following().isName("in")) {
        tokens.next();
        tokens.next();
        operator = Operator.NOT_IN;
      } else {
        break;
      }
      operators.add(operator);
      others.add(sum());
    }
    return operators.isEmpty() ? first : new Expression.Comparison(first, operators, others);
  }

  private Expression sum() {
    Expression left = joined();
    for (Operator operator; (operator = operator(ADDING)) != null; ) {
      left = new Expression.Binary(operator, left, joined());
    }
    return left;
  }

  private Expression joined() {
    Expression first = product();
    if (!tokens.is("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skip("~")) {
      parts.add(product());
    }
    return new Expression.Joined(parts);
  }

  private Expression product() {
    Expression left = power();
    for (Operator operator; (operator = operator(MULTIPLYING)) != null; ) {
      left = new Expression.Binary(operator, left, power());
    }
    return left;
  }

  private @Nullable Operator operator(Map<String, Operator> among) {
    Operator operator = tokens.is(Kind.OPERATOR) ? among.get(tokens.current().text()) : null;
    if (operator != null) {
      tokens.next();
    }
    return operator;
  }

  /** From the left, as Jinja2 does it and Python does not. */
  private Expression power() {
    Expression left = filtered(signed());
    while (tokens.skip("**")) {
      left = new Expression.Binary(Operator.POWER, left, filtered(signed()));
    }
    return left;
  }

  private Expression signed() {
    boolean minus = tokens.is("-");
    if (!minus && !tokens.is("+")) {
      return followed(primary());
    }
    tokens.next();
    tokens.enter();
    Expression of = signed();
    tokens.leave();
    return followed(new Expression.Unary(minus, of));
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
        Expression inside = tuple();
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
      entries.add(expression());
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
      keys.add(expression());
      tokens.expect(":");
      values.add(expression());
    }
    return new Expression.DictOf(keys, values);
  }

  /** Attributes, items and calls. */
  private Expression followed(Expression of) {
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
    @Nullable Expression start = tokens.is(":") ? null : expression();
    if (start != null && tokens.skip("]")) {
      return new Expression.Item(of, start);
    }
    tokens.expect(":");
    @Nullable Expression stop = tokens.is(":") || tokens.is("]") ? null : expression();
    @Nullable Expression step = null;
    if (tokens.skip(":") && !tokens.is("]")) {
      step = expression();
    }
    tokens.expect("]");
    return new Expression.Slice(of, start, stop, step);
  }

  /** Filters and tests, and calls of what they give. */
  private Expression filtered(Expression of) {
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
      given = new Given(List.of(followed(primary())), List.of(), null, null);
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

  Given given() {
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
        moreNamed = expression();
      } else if (tokens.skip("*")) {
        more = expression();
      } else if (tokens.is(Kind.NAME) && tokens.following().is("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.add(new Named(name, expression()));
      } else if (named.isEmpty() && moreNamed == null) {
        positional.add(expression());
      } else {
        throw tokens.wrong("an argument without a name follows one with a name");
      }
    }
    return new Given(positional, named, more, moreNamed);
  }
}
