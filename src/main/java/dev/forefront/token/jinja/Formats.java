package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Tuple;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's formats: with percents, with braces, and of the time. */
final class Formats {
  private static final Pattern PERCENT =
      Pattern.compile(
          "%(?:\\((\\w{1,64})\\))?([-0+ #]{0,5})(\\d{0,4})(?:\\.(\\d{1,3}))?(.)", Pattern.DOTALL);
  private static final Pattern BRACES =
      Pattern.compile(
          "\\{\\{|}}|\\{(\\w{0,64})(?:!([sr]))?(?::(?:(.)?([<>^]))?(0?)(\\d{0,4})(?:\\.(\\d{1,3}))?([sdfx]?))?}");

  private Formats() {}

  /** {@code '%s' % value}. */
  static Text percent(Text format, Object value, Budget budget) {
    List<Object> values = value instanceof Tuple tuple ? tuple.list() : List.of(value);
    Writing out = new Writing(budget);
    Matcher found = PERCENT.matcher(format.string());
    int from = 0;
    int next = 0;
    while (found.find(from)) {
      out.add(format.sub(from, found.start()));
      from = found.end();
      if (found.group(5).equals("%")) {
        out.add("%");
        continue;
      }
      Object one;
      String name = found.group(1);
      if (name != null) {
        one =
            value instanceof Dict dict
                ? Attributes.item(dict, Text.of(name), budget)
                : missing("the format wants a dict");
      } else {
        one =
            next < values.size()
                ? values.get(next)
                : missing("not enough arguments for format string");
        next++;
      }
      out.add(percent(found, one, budget));
    }
    if (next < values.size() && !(value instanceof Dict)) {
      throw TemplateException.broken("not all arguments converted during string formatting");
    }
    return out.add(format.from(from)).text();
  }

  private static Object missing(String message) {
    throw TemplateException.broken("%s", message);
  }

  private static Text percent(Matcher found, Object value, Budget budget) {
    String flags = found.group(2);
    String precision = found.group(4);
    Text text =
        switch (found.group(5)) {
          case "s" -> Printing.text(value, budget);
          case "r" -> Printing.repr(value, budget);
          case "d", "i" -> Text.of(whole(value));
          case "x" -> Text.of(Long.toHexString(Long.parseLong(whole(value))));
          case "f" -> Text.of(fixed(value, precision));
          default ->
              throw TemplateException.broken("unsupported format character '%s'", found.group(5));
        };
    if (flags.contains("+") && value instanceof Number && !text.string().startsWith("-")) {
      text = new Writing(budget).add("+").add(text).text();
    }
    boolean left = flags.contains("-");
    boolean zeros = flags.contains("0") && !left && value instanceof Number;
    return padded(text, left ? '<' : '>', zeros, found.group(3), Text.of(" "), budget);
  }

  private static Text padded(
      Text text, char align, boolean zeros, String width, Text filling, Budget budget) {
    if (width.isEmpty()) {
      return text;
    }
    long wide = Long.parseLong(width);
    if (zeros && text.string().startsWith("-")) {
      Text digits = TextMethods.justified(text.from(1), wide - 1, Text.of("0"), 2, budget);
      return new Writing(budget).add(text.sub(0, 1)).add(digits).text();
    }
    int place =
        switch (align) {
          case '<' -> 0;
          case '^' -> 1;
          default -> 2;
        };
    return TextMethods.justified(text, wide, zeros ? Text.of("0") : filling, place, budget);
  }

  private static String whole(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? "1" : "0";
      case Long number -> number.toString();
      case Double number when Math.abs(number) < 1e18 -> Long.toString(number.longValue());
      default ->
          throw TemplateException.broken(
              "the format wants a number, not a %s", Values.typeName(value));
    };
  }

  private static String fixed(Object value, @Nullable String precision) {
    double number =
        switch (value) {
          case Boolean truth -> truth ? 1 : 0;
          case Number any -> any.doubleValue();
          default ->
              throw TemplateException.broken(
                  "the format wants a number, not a %s", Values.typeName(value));
        };
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Python.number(number);
    }
    int places = precision == null ? 6 : Integer.parseInt(precision);
    return new BigDecimal(number).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** {@code '{}'.format(value)}. */
  static Text braces(Text format, Arguments arguments, Budget budget) {
    Writing out = new Writing(budget);
    Matcher found = BRACES.matcher(format.string());
    int from = 0;
    int next = 0;
    while (found.find(from)) {
      out.add(plain(format.sub(from, found.start())));
      from = found.end();
      String name = found.group(1);
      if (name == null) {
        out.add(format.sub(found.start(), found.start() + 1));
        continue;
      }
      Object value = argument(name.isEmpty() ? Integer.toString(next++) : name, arguments);
      out.add(braced(found, value, format.allMarks(), budget));
    }
    return out.add(plain(format.from(from))).text();
  }

  private static Text plain(Text text) {
    if (text.string().indexOf('{') >= 0 || text.string().indexOf('}') >= 0) {
      throw TemplateException.broken("this format is not understood: %s", text.string());
    }
    return text;
  }

  private static Object argument(String name, Arguments arguments) {
    if (Character.isDigit(name.charAt(0))) {
      int place = name.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(name);
      if (place < arguments.positional().size()) {
        return arguments.positional().get(place);
      }
    }
    Object named = arguments.named().get(name);
    return named != null ? named : missing("the format has no argument '" + name + "'");
  }

  private static Text braced(Matcher found, Object value, int marks, Budget budget) {
    String type = found.group(8) == null ? "" : found.group(8);
    String precision = found.group(7);
    Text text =
        switch (type) {
          case "d" -> Text.of(whole(value));
          case "x" -> Text.of(Long.toHexString(Long.parseLong(whole(value))));
          case "f" -> Text.of(fixed(value, precision));
          default ->
              "r".equals(found.group(2))
                  ? Printing.repr(value, budget)
                  : Printing.text(value, budget);
        };
    String align = found.group(4);
    String filling = found.group(3);
    char side = align == null ? value instanceof Number ? '>' : '<' : align.charAt(0);
    return padded(
        text,
        side,
        "0".equals(found.group(5)),
        found.group(6) == null ? "" : found.group(6),
        Text.of(filling == null ? " " : filling, marks),
        budget);
  }

  /** {@code strftime}; a minus before the letter leaves zeros out, as glibc has it. */
  static String time(String format, ZonedDateTime time) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      boolean bare = letter == '-' && i + 1 < format.length();
      if (bare) {
        letter = format.charAt(++i);
      }
      String field = field(letter, time);
      text.append(bare ? field.replaceFirst("^0+(?=.)", "") : field);
    }
    return text.toString();
  }

  private static String field(char letter, ZonedDateTime time) {
    String pattern =
        switch (letter) {
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'b', 'h' -> "MMM";
          case 'B' -> "MMMM";
          case 'd' -> "dd";
          case 'e' -> "ppd";
          case 'D' -> "MM/dd/yy";
          case 'F' -> "uuuu-MM-dd";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'j' -> "DDD";
          case 'm' -> "MM";
          case 'M' -> "mm";
          case 'p' -> "a";
          case 'S' -> "ss";
          case 'f' -> "SSSSSS";
          case 'T', 'X' -> "HH:mm:ss";
          case 'R' -> "HH:mm";
          case 'y' -> "yy";
          case 'Y' -> "uuuu";
          case 'x' -> "MM/dd/yy";
          case 'c' -> "EEE MMM ppd HH:mm:ss uuuu";
          case 'z' -> "xx";
          case 'Z' -> "zzz";
          case 'u' -> "e";
          case 'n' -> "'\n'";
          case 't' -> "'\t'";
          case '%' -> "'%'";
          default -> throw TemplateException.broken("strftime_now knows no %%%s", letter);
        };
    return letter == 'u'
        ? Integer.toString(time.getDayOfWeek().getValue())
        : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }
}
