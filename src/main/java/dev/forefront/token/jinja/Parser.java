package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Statement.Body;
import dev.forefront.token.jinja.Statement.Branch;
import dev.forefront.token.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a template: what is printed, and the blocks. */
final class Parser {
  private static final List<String> ASKED = List.of("varargs", "kwargs", "caller");

  private final Tokens tokens;
  private final Expressions expressions;
  private final Operands operands;

  private Parser(List<Token> tokens) {
    this.tokens = new Tokens(tokens);
    expressions = new Expressions(this.tokens);
    operands = expressions.operands();
  }

  static List<Statement> statements(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    List<Statement> statements = parser.until();
    if (!parser.tokens.is(Kind.END)) {
      throw parser.tokens.wrong("there is no block to which the tag " + parser.tag() + " belongs");
    }
    return statements;
  }

  private String tag() {
    return tokens.following().shown();
  }

  /** Up to a block of one of these names, which is not taken; or to the end. */
  private List<Statement> until(String... ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (!tokens.is(Kind.END)) {
      if (tokens.is(Kind.BLOCK_BEGIN)) {
        if (isOneOf(tokens.following(), ends)) {
          break;
        }
        statements.add(block());
      } else if (tokens.is(Kind.PRINT_BEGIN)) {
        int line = tokens.next().line();
        statements.add(new Statement.Print(expressions.tuple(), line));
        tokens.expect(Kind.PRINT_END);
      } else {
        Token data = tokens.expect(Kind.DATA);
        statements.add(new Statement.Data(Text.of(data.text()), data.line()));
      }
    }
    tokens.leave();
    return statements;
  }

  private static boolean isOneOf(Token token, String... names) {
    for (String name : names) {
      if (token.isName(name)) {
        return true;
      }
    }
    return false;
  }

  /** A body, and the block that ends it, whose name is left to be read. */
  private List<Statement> body(int line, String of, String... ends) {
    tokens.expect(Kind.BLOCK_END);
    List<Statement> body = until(ends);
    if (tokens.is(Kind.END)) {
      throw TemplateException.brokenAt(
          line, "the block '%s' has no '%s'", of, ends[ends.length - 1]);
    }
    tokens.next();
    return body;
  }

  /** A body whose end is taken whole. */
  private List<Statement> whole(int line, String of) {
    List<Statement> body = body(line, of, "end" + of);
    end();
    return body;
  }

  private void end() {
    tokens.next();
    tokens.expect(Kind.BLOCK_END);
  }

  private Statement block() {
    int line = tokens.next().line();
    Token name = tokens.expect(Kind.NAME);
    return switch (name.text()) {
      case "if" -> condition(line);
      case "for" -> loop(line);
      case "set" -> assignment(line);
      case "macro" -> macro(line);
      case "call" -> call(line);
      case "filter" -> filter(line);
      case "with" -> with(line);
      case "generation" -> new Statement.Generation(whole(line, "generation"), line);
      case "print" -> {
        Expression of = expressions.tuple();
        tokens.expect(Kind.BLOCK_END);
        yield new Statement.Print(of, line);
      }
      case "break" -> {
        tokens.expect(Kind.BLOCK_END);
        yield new Statement.Break(line);
      }
      case "continue" -> {
        tokens.expect(Kind.BLOCK_END);
        yield new Statement.Continue(line);
      }
      default -> throw TemplateException.brokenAt(line, "there is no tag '%s' here", name.text());
    };
  }

  private Statement condition(int line) {
    List<Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    while (true) {
      Expression test = expressions.tupleWithoutChoice("");
      branches.add(new Branch(test, body(line, "if", "elif", "else", "endif")));
      Token next = tokens.next();
      if (next.isName("elif")) {
        continue;
      }
      if (next.isName("else")) {
        otherwise = body(line, "if", "endif");
        tokens.next();
      }
      tokens.expect(Kind.BLOCK_END);
      return new Statement.If(branches, otherwise, line);
    }
  }

  private Statement loop(int line) {
    Expression target = target("in");
    tokens.expectName("in");
    Expression over = expressions.tupleWithoutChoice("recursive");
    @Nullable Expression test = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    List<Statement> body = body(line, "for", "else", "endfor");
    List<Statement> otherwise = List.of();
    if (tokens.next().isName("else")) {
      otherwise = body(line, "for", "endfor");
      tokens.next();
    }
    tokens.expect(Kind.BLOCK_END);
    return new Statement.For(target, over, test, body, otherwise, recursive, line);
  }

  private Statement assignment(int line) {
    Expression target = target("");
    if (tokens.skip("=")) {
      Expression value = expressions.tuple();
      tokens.expect(Kind.BLOCK_END);
      return new Statement.Assign(target, value, line);
    }
    List<Expression.Filter> filters = operands.filters();
    return new Statement.AssignBlock(target, filters, whole(line, "set"), line);
  }

  /** Names, or attributes of namespaces, with commas between. */
  private Expression target(String endsAt) {
    List<Expression> names = new ArrayList<>();
    boolean comma = false;
    boolean bracket = tokens.skip("(");
    do {
      if (!tokens.is(Kind.NAME) || !endsAt.isEmpty() && tokens.isName(endsAt)) {
        break;
      }
      String name = tokens.next().text();
      names.add(
          tokens.skip(".")
              ? new Expression.Attribute(new Expression.Name(name), tokens.expect(Kind.NAME).text())
              : new Expression.Name(name));
    } while (tokens.skip(",") && (comma = true));
    if (bracket) {
      tokens.expect(")");
    }
    if (names.isEmpty()) {
      throw tokens.wrong("a name is expected, not " + tokens.current().shown());
    }
    return comma ? new Expression.TupleOf(names) : names.getFirst();
  }

  private Statement macro(int line) {
    String name = tokens.expect(Kind.NAME).text();
    return new Statement.Macro(callable(line, name, "macro"), line);
  }

  private Statement call(int line) {
    // The body's parameters come before the call, so they are read first.
    Set<String> watched = new HashSet<>();
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    if (tokens.is("(")) {
      parameters(parameters, defaults);
    }
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw TemplateException.brokenAt(line, "the tag 'call' wants a call");
    }
    Set<String> outer = operands.watch(watched);
    List<Statement> body = whole(line, "call");
    restore(outer, watched);
    return new Statement.CallBlock(
        new Body("caller", parameters, defaults, used(watched), body), call, line);
  }

  private Body callable(int line, String name, String tag) {
    Set<String> watched = new HashSet<>();
    Set<String> outer = operands.watch(watched);
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    parameters(parameters, defaults);
    List<Statement> body = whole(line, tag);
    restore(outer, watched);
    return new Body(name, parameters, defaults, used(watched), body);
  }

  private void restore(Set<String> outer, Set<String> inner) {
    outer.addAll(inner);
    operands.watch(outer);
  }

  private static List<String> used(Set<String> names) {
    return ASKED.stream().filter(names::contains).toList();
  }

  private void parameters(List<String> parameters, List<Expression> defaults) {
    tokens.expect("(");
    while (!tokens.skip(")")) {
      if (!parameters.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip(")")) {
          break;
        }
      }
      parameters.add(tokens.expect(Kind.NAME).text());
      if (tokens.skip("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.wrong("a parameter without a default follows one with a default");
      }
    }
  }

  private Statement filter(int line) {
    List<Expression.Filter> filters = new ArrayList<>();
    filters.add(operands.filterNamed(null));
    filters.addAll(operands.filters());
    return new Statement.FilterBlock(filters, whole(line, "filter"), line);
  }

  private Statement with(int line) {
    List<Expression> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.is(Kind.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expect(",");
      }
      targets.add(new Expression.Name(tokens.expect(Kind.NAME).text()));
      tokens.expect("=");
      values.add(expressions.expression());
    }
    return new Statement.With(targets, values, whole(line, "with"), line);
  }
}
