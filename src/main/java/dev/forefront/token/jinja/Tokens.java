package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Token.Kind;
import java.util.List;

/** Tokens under a finger that only moves on. */
final class Tokens {
  private static final int DEEPEST = 100;

  private final List<Token> tokens;
  private int at;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean is(Kind kind) {
    return current().kind() == kind;
  }

  boolean is(String operator) {
    return current().is(operator);
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean skip(String operator) {
    boolean there = is(operator);
    if (there) {
      next();
    }
    return there;
  }

  boolean skipName(String name) {
    boolean there = isName(name);
    if (there) {
      next();
    }
    return there;
  }

  void expect(String operator) {
    if (!skip(operator)) {
      throw wrong("'" + operator + "' is expected, not " + current().shown());
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw wrong("'" + name + "' is expected, not " + current().shown());
    }
  }

  Token expect(Kind kind) {
    if (!is(kind)) {
      String expected =
          switch (kind) {
            case NAME -> "a name";
            case BLOCK_END -> "'%}'";
            case PRINT_END -> "'}}'";
            default -> kind.name();
          };
      throw wrong(expected + " is expected, not " + current().shown());
    }
    return next();
  }

  TemplateException wrong(String message) {
    return TemplateException.brokenAt(current().line(), "%s", message);
  }

  /** Expressions and blocks nest only so deep, for reading them uses the stack. */
  void enter() {
    if (++depth > DEEPEST) {
      throw wrong("it is nested more than " + DEEPEST + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
