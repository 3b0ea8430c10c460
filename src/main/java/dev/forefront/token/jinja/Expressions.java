package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads operators and what they join; the order of the methods is that of precedence, loosest
 * first.
 */
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

  private final Tokens tokens;
  private final Operands operands;

  Expressions(Tokens tokens) {
    this.tokens = tokens;
    operands = new Operands(tokens, this);
  }

  /** What stands between the operators. */
  Operands operands() {
    return operands;
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
    Expression left = operands.filtered(signed());
    while (tokens.skip("**")) {
      left = new Expression.Binary(Operator.POWER, left, operands.filtered(signed()));
    }
    return left;
  }

  private Expression signed() {
    boolean minus = tokens.is("-");
    if (!minus && !tokens.is("+")) {
      return operands.operand();
    }
    tokens.next();
    tokens.enter();
    Expression of = signed();
    tokens.leave();
    return operands.followed(new Expression.Unary(minus, of));
  }
}
