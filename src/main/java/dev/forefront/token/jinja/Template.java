package dev.forefront.token.jinja;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/**
 * A template that has been read. It can be rendered by many threads at once.
 *
 * <p>A template comes with a model from anywhere, so it is not trusted: it reaches nothing but its
 * variables and the language's own words, changes nothing that outlives the rendering, and ends
 * within bounds of work, memory and depth.
 */
public final class Template {
  private static final int LONGEST = 1 << 20;

  private final List<Statement> statements;

  private Template(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * @throws TemplateException where it is not of the language
   */
  public static Template read(String text) {
    if (text.length() > LONGEST) {
      throw TemplateException.broken("it is longer than %d characters", LONGEST);
    }
    return new Template(Parser.statements(text));
  }

  /**
   * @param variables of the kinds that JSON knows, as Java has them. A String is {@link
   *     Text#GIVEN}; what the template may take for its own word comes as a {@link Text}
   * @param now what {@code strftime_now} tells
   * @throws TemplateException where the template refuses, is wrong, or asks for too much
   */
  public Text render(Map<String, ?> variables, ZonedDateTime now) {
    return new Rendering(now).render(statements, variables);
  }
}
