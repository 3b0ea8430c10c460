package dev.forefront.token;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import dev.forefront.conversation.BadInputException;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;
import org.jspecify.annotations.Nullable;

/**
 * The template language of the model hubs, in the library's sandbox: no class of ours or of the JDK
 * can be reached, loops and output are bounded. Built where it is first used, for it takes a
 * moment.
 */
final class Jinja {
  /** Begin and end of what a {@code generation} block wrote. */
  static final char GENERATED = '\uF8FE';

  static final char GENERATED_END = '\uF8FF';

  private static final long LONGEST_OUTPUT = 64L << 20;
  private static final int LONGEST_RANGE = 100_000;
  private static final int DEEPEST = 64;

  private final Jinjava jinjava;
  private final Clock clock;

  Jinja(Clock clock) {
    this.clock = clock;
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new PythonStrings());
    resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    jinjava =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withElResolver(resolver)
                .withMaxOutputSize(LONGEST_OUTPUT)
                .withMaxRenderDepth(DEEPEST)
                .withRangeLimit(LONGEST_RANGE)
                .withLegacyOverrides(
                    LegacyOverrides.Builder.from(LegacyOverrides.ALL)
                        .withWhitespaceRequiredWithinTokens(false)
                        .build())
                .build());
    jinjava.registerFunction(
        new ELFunctionDefinition(
            "", "raise_exception", JinjaFunctions.class, "raiseException", String.class));
    jinjava.registerFunction(
        new ELFunctionDefinition(
            "", "strftime_now", JinjaFunctions.class, "strftimeNow", String.class));
    jinjava.registerTag(new GenerationTag());
    jinjava.registerFilter(new TrimFilter());
  }

  /**
   * @throws BadInputException where the template raises an exception or cannot be rendered
   */
  String render(String template, Map<String, Object> variables) {
    Map<String, Object> bindings = new HashMap<>(variables);
    bindings.put(JinjaFunctions.NOW, ZonedDateTime.now(clock));
    RenderResult result = jinjava.renderForResult(withoutLastLineEnd(template), bindings);
    for (TemplateError error : result.getErrors()) {
      throw new BadInputException(message(error), error.getException());
    }
    return result.getOutput();
  }

  private static String withoutLastLineEnd(String template) {
    return template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
  }

  private static String message(TemplateError error) {
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof JinjaFunctions.TemplateError raised) {
        return "the chat template refuses this conversation: " + raised.getMessage();
      }
    }
    return "the chat template cannot be rendered (line %d): %s"
        .formatted(error.getLineno(), error.getMessage());
  }

  /** Trims what Python trims. */
  private static final class TrimFilter implements Filter {
    @Override
    public String getName() {
      return "trim";
    }

    @Override
    public Object filter(
        @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
      return value == null ? "" : PythonStrings.strip(value.toString());
    }
  }

  /** Marks what the assistant wrote, for the loss. */
  private static final class GenerationTag implements Tag {
    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
      return "generation";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
      StringBuilder inside = new StringBuilder().append(GENERATED);
      for (Node child : node.getChildren()) {
        inside.append(child.render(interpreter).getValue());
      }
      return inside.append(GENERATED_END).toString();
    }
  }
}
