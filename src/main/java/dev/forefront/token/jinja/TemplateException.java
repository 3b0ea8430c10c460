package dev.forefront.token.jinja;

/** A template that cannot be read or rendered, or that refuses what it was given. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Cause cause;
  private int line;

  private TemplateException(String message, Cause cause, int line) {
    super(message);
    this.cause = cause;
    this.line = line;
  }

  /** Why a template gave up. */
  public enum Cause {
    /** It called {@code raise_exception}: the message is its author's. */
    RAISED,
    /** It, or what it does with its variables, is wrong. */
    BROKEN
  }

  static TemplateException broken(String message, Object... parts) {
    return new TemplateException(
        parts.length == 0 ? message : message.formatted(parts), Cause.BROKEN, 0);
  }

  static TemplateException brokenAt(int line, String message, Object... parts) {
    return broken(message, parts).at(line);
  }

  static TemplateException raised(String message) {
    return new TemplateException(message, Cause.RAISED, 0);
  }

  /** The first place that is told counts: it is the innermost. */
  TemplateException at(int place) {
    if (line == 0) {
      line = place;
    }
    return this;
  }

  public Cause why() {
    return cause;
  }

  /** The template's line, from 1; 0 where unknown. */
  public int line() {
    return line;
  }
}
