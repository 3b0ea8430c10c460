package dev.forefront.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** Python's methods of strings, which templates call; Java's of the same name differ. */
final class PythonStrings extends ELResolver {

  @Override
  public @Nullable Object invoke(
      ELContext context,
      @Nullable Object base,
      Object method,
      Class<?> @Nullable [] types,
      Object @Nullable [] given) {
    if (!(base instanceof String text)) {
      return null;
    }
    Object[] arguments = given == null ? new Object[0] : given;
    String first = arguments.length > 0 ? String.valueOf(arguments[0]) : "";
    Object result =
        switch (String.valueOf(method)) {
          case "strip" -> stripEnd(stripStart(text, arguments, first), arguments, first);
          case "lstrip" -> stripStart(text, arguments, first);
          case "rstrip" -> stripEnd(text, arguments, first);
          case "split" -> split(text, arguments, first);
          case "startswith" -> text.startsWith(first);
          case "endswith" -> text.endsWith(first);
          case "upper" -> text.toUpperCase(Locale.ROOT);
          case "lower" -> text.toLowerCase(Locale.ROOT);
          case "find" -> text.indexOf(first);
          case "count" ->
              first.isEmpty() ? text.length() + 1 : text.split(Pattern.quote(first), -1).length - 1;
          case "replace" ->
              text.replace(first, arguments.length > 1 ? String.valueOf(arguments[1]) : "");
          case "removeprefix" -> text.startsWith(first) ? text.substring(first.length()) : text;
          case "removesuffix" ->
              text.endsWith(first) ? text.substring(0, text.length() - first.length()) : text;
          case "title", "capitalize" ->
              text.isEmpty()
                  ? text
                  : text.substring(0, 1).toUpperCase(Locale.ROOT)
                      + text.substring(1).toLowerCase(Locale.ROOT);
          default -> null;
        };
    if (result != null) {
      context.setPropertyResolved(true);
    }
    return result;
  }

  /** Without what Unicode calls white space at both ends. */
  static String strip(String text) {
    return stripEnd(stripStart(text, new Object[0], ""), new Object[0], "");
  }

  private static String stripStart(String text, Object[] arguments, String letters) {
    int begin = 0;
    while (begin < text.length() && strips(text.charAt(begin), arguments, letters)) {
      begin++;
    }
    return text.substring(begin);
  }

  private static String stripEnd(String text, Object[] arguments, String letters) {
    int end = text.length();
    while (end > 0 && strips(text.charAt(end - 1), arguments, letters)) {
      end--;
    }
    return text.substring(0, end);
  }

  /** Without an argument Python strips all that Unicode calls white space, U+0085 and more. */
  private static boolean strips(char c, Object[] arguments, String letters) {
    return arguments.length > 0
        ? letters.indexOf(c) >= 0
        : Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  private static List<String> split(String text, Object[] arguments, String separator) {
    if (arguments.length == 0) {
      return new ArrayList<>(List.of(text.strip().split("\\s+")));
    }
    int limit = arguments.length > 1 && arguments[1] instanceof Number n ? n.intValue() + 1 : -1;
    return new ArrayList<>(List.of(text.split(Pattern.quote(separator), limit)));
  }

  @Override
  public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
    return null;
  }

  @Override
  public @Nullable Class<?> getType(ELContext context, @Nullable Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(
      ELContext context, @Nullable Object base, Object property, @Nullable Object value) {}

  @Override
  public boolean isReadOnly(ELContext context, @Nullable Object base, Object property) {
    return true;
  }

  @Override
  public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
      ELContext context, @Nullable Object base) {
    return null;
  }

  @Override
  public @Nullable Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
    return null;
  }
}
