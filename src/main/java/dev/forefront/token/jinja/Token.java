package dev.forefront.token.jinja;

/**
 * A piece of a template.
 *
 * @param text as it is written; of DATA and TEXT what it means
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    DATA,
    PRINT_BEGIN,
    PRINT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    TEXT,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  String shown() {
    return switch (kind) {
      case END -> "the end of the template";
      case PRINT_END -> "}}";
      case BLOCK_END -> "%}";
      default -> "'" + text + "'";
    };
  }
}
