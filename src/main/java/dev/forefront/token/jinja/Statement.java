package dev.forefront.token.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done, top to bottom. */
sealed interface Statement {
  /** The template's, from 1. */
  int line();

  record Data(Text text, int line) implements Statement {}

  record Print(Expression of, int line) implements Statement {}

  /**
   * @param target a name, an attribute of a namespace, or a tuple of these
   */
  record Assign(Expression target, Expression value, int line) implements Statement {}

  record AssignBlock(
      Expression target, List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

  record Branch(Expression test, List<Statement> body) {}

  record For(
      Expression target,
      Expression over,
      @Nullable Expression test,
      List<Statement> body,
      List<Statement> otherwise,
      boolean recursive,
      int line)
      implements Statement {}

  record Break(int line) implements Statement {}

  record Continue(int line) implements Statement {}

  record Macro(Body body, int line) implements Statement {}

  /** Calls a macro that calls this body. */
  record CallBlock(Body body, Expression.Call call, int line) implements Statement {}

  /**
   * What can be called.
   *
   * @param defaults of the last parameters
   * @param used which of varargs, kwargs and caller it asks for
   */
  record Body(
      String name,
      List<String> parameters,
      List<Expression> defaults,
      List<String> used,
      List<Statement> statements) {}

  record FilterBlock(List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  record With(List<Expression> targets, List<Expression> values, List<Statement> body, int line)
      implements Statement {}

  /** What the assistant wrote; see the hubs' own addition to the language. */
  record Generation(List<Statement> body, int line) implements Statement {}
}
