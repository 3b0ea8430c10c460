package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Strings, numbers and given values. */
final class Scalars {
  private static final int USUAL_PLACES = 6;
  private static final int MOST_PLACES = 17;
  // Digits that all readers of JSON keep.
  private static final long WIDEST_WHOLE = 999_999_999_999_999L;

  private static final String HOURS = "([01][0-9]|2[0-3])";
  private static final String DATE =
      "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
  private static final String TIME =
      HOURS + ":[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]" + HOURS + ":[0-5][0-9])";
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

  // Readers check the last part of an address against lists.
  private static final String DOMAINS =
      "(com|org|net|edu|gov|info|at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|gr|ie|in|it|jp|kr|mx|nl|no|nz|pl|pt|se|uk|us|za)";

  /** What each format is written as; no text of these is not of the format. */
  private static final Map<String, String> FORMATS =
      Map.of(
          "date", "^" + DATE + "$",
          "time", "^" + TIME + "$",
          "date-time", "^" + DATE + "T" + TIME + "$",
          "uuid", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
          "ipv4", "^" + BYTE + "(\\." + BYTE + "){3}$",
          "email",
              "^[a-z0-9]{1,30}([._+-][a-z0-9]{1,15}){0,2}@([a-z0-9]{1,30}\\.){1,3}"
                  + DOMAINS
                  + "$");

  private Scalars() {}

  /** A value that never is. */
  static Item nothing() {
    return new Choice(List.of());
  }

  static Item string(Keywords schema) {
    int least = schema.count("minLength", 0);
    int most = schema.count("maxLength", State.UNBOUNDED);
    boolean bound = schema.has("pattern") || schema.has("format");
    if (!bound) {
      return least > most ? nothing() : Text.of(least, most);
    }
    if (schema.has("minLength")
        || schema.has("maxLength")
        || schema.has("pattern") && schema.has("format")) {
      throw schema.wrong(
          "pattern, format and lengths of a string are not supported together: keep one of them");
    }
    ByteTable table = table(schema);
    return table.isEmpty()
        ? nothing()
        : Series.of(Literal.QUOTE, new Matching(table, 0), Literal.QUOTE);
  }

  private static ByteTable table(Keywords schema) {
    String pattern;
    if (schema.has("pattern")) {
      pattern = schema.text("pattern");
    } else {
      String format = schema.text("format");
      String known = FORMATS.get(format);
      if (known == null) {
        throw schema.wrong(
            "the format %s is not supported: take one of %s, or none"
                .formatted(format, String.join(", ", FORMATS.keySet().stream().sorted().toList())));
      }
      pattern = known;
    }
    try {
      return new ByteTable(new ByteStates(RegexParser.parse(pattern)));
    } catch (BadInputException e) {
      throw schema.wrong(String.valueOf(e.getMessage()));
    }
  }

  static Item integer(Keywords schema) {
    return schema.hasAny(Keywords.OF_NUMBERS)
        ? bounded(schema, 0)
        : Decimal.of(-WIDEST_WHOLE, WIDEST_WHOLE, 0);
  }

  static Item number(Keywords schema) {
    return schema.hasAny(Keywords.OF_NUMBERS) ? bounded(schema, MOST_PLACES) : Numeral.ANY;
  }

  private static Item bounded(Keywords schema, int mostPlaces) {
    Optional<BigDecimal> minimum = schema.number("minimum");
    Optional<BigDecimal> above = schema.number("exclusiveMinimum");
    Optional<BigDecimal> maximum = schema.number("maximum");
    Optional<BigDecimal> below = schema.number("exclusiveMaximum");
    List<BigDecimal> bounds = new ArrayList<>();
    List.of(minimum, above, maximum, below).forEach(bound -> bound.ifPresent(bounds::add));
    int digits = 1;
    int scale = USUAL_PLACES;
    for (BigDecimal bound : bounds) {
      digits = Math.max(digits, bound.precision() - bound.scale());
      scale = Math.max(scale, bound.scale());
    }
    if (digits > MOST_PLACES) {
      throw schema.wrong("bounds of more than %d digits are not supported".formatted(MOST_PLACES));
    }
    int places = Math.min(mostPlaces, Math.min(scale, MOST_PLACES - digits));
    long least = -widest(bounds, places);
    long most = widest(bounds, places);
    if (minimum.isPresent()) {
      least = Math.max(least, units(minimum.get(), places, RoundingMode.CEILING));
    }
    if (above.isPresent()) {
      least = Math.max(least, units(above.get(), places, RoundingMode.FLOOR) + 1);
    }
    if (maximum.isPresent()) {
      most = Math.min(most, units(maximum.get(), places, RoundingMode.FLOOR));
    }
    if (below.isPresent()) {
      most = Math.min(most, units(below.get(), places, RoundingMode.CEILING) - 1);
    }
    return least > most ? nothing() : Decimal.of(least, most, places);
  }

  private static long widest(List<BigDecimal> bounds, int places) {
    long usual = places == 0 ? WIDEST_WHOLE : Decimal.MOST / 10;
    return bounds.stream()
            .allMatch(bound -> Math.abs(units(bound, places, RoundingMode.HALF_UP)) < usual)
        ? usual
        : Decimal.MOST;
  }

  private static long units(BigDecimal bound, int places, RoundingMode rounding) {
    return bound.movePointRight(places).setScale(0, rounding).longValueExact();
  }

  /** {@code enum} and {@code const}, beside which only a type may stand. */
  static Item given(Keywords schema, List<String> types) {
    schema.refuseBeside(schema.has("enum") ? "enum" : "const", "type");
    List<JsonNode> values = schema.has("enum") ? schema.list("enum") : List.of(schema.get("const"));
    List<String> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isNumber() && !Double.isFinite(value.asDouble())) {
        throw schema.wrong("a number has too many digits");
      }
      if (types.isEmpty() || types.stream().anyMatch(type -> is(value, type))) {
        texts.add(value.toString());
      }
    }
    return texts.isEmpty() ? nothing() : Literal.of(texts);
  }

  private static boolean is(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      default -> value.isNumber() && Math.rint(value.asDouble()) == value.asDouble();
    };
  }
}
