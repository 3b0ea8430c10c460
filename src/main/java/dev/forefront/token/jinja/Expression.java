package dev.forefront.token.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has a value. */
sealed interface Expression {
  record Constant(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record Attribute(Expression of, String name) implements Expression {}

  record Item(Expression of, Expression key) implements Expression {}

  record Slice(
      Expression of,
      @Nullable Expression start,
      @Nullable Expression stop,
      @Nullable Expression step)
      implements Expression {}

  record Call(Expression of, Given given) implements Expression {}

  /**
   * @param of null in a filter block, whose body it is applied to
   */
  record Filter(@Nullable Expression of, String name, Given given) implements Expression {}

  record Test(Expression of, String name, Given given) implements Expression {}

  record Binary(Operator operator, Expression left, Expression right) implements Expression {}

  record Unary(boolean negates, Expression of) implements Expression {}

  /** {@code a < b < c}. */
  record Comparison(Expression first, List<Operator> operators, List<Expression> others)
      implements Expression {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  record Not(Expression of) implements Expression {}

  record Choice(Expression test, Expression yes, @Nullable Expression no) implements Expression {}

  record Joined(List<Expression> parts) implements Expression {}

  record ListOf(List<Expression> entries) implements Expression {}

  record TupleOf(List<Expression> entries) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /** The arguments of a call as they are written. */
  record Given(
      List<Expression> positional,
      List<Named> named,
      @Nullable Expression more,
      @Nullable Expression moreNamed) {
    static final Given NOTHING = new Given(List.of(), List.of(), null, null);
  }

  record Named(String name, Expression value) {}

  enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    REMAINDER("%"),
    POWER("**"),
    EQUAL("=="),
    UNEQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in"),
    NOT_IN("not in");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }
  }
}
