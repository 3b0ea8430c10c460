package dev.forefront.data;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Replaces what points to a person: addresses and numbers of mail, telephone, bank account, payment
 * card and network. It finds forms, not people: names and postal addresses stay.
 */
final class Redactor {
  private static final BigInteger NINETY_SEVEN = BigInteger.valueOf(97);

  /** Kinds in the order in which they are looked for: the more certain form first. */
  enum Kind {
    EMAIL(
        "[email]",
        "(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}][\\p{L}\\p{N}._%+-]{0,63}@(?:[\\p{L}\\p{N}-]{1,63}\\.){1,8}\\p{L}{2,24}(?![\\p{L}\\p{N}-])"),
    IBAN(
        "[bank account]",
        "(?<![\\p{L}\\p{N}])[A-Z]{2}\\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![\\p{L}\\p{N}])"),
    CARD("[card number]", "(?<![\\p{N}.-])\\d(?:[ -]?\\d){12,18}(?![\\p{N}])"),
    IP_ADDRESS(
        "[ip address]",
        "(?<![\\p{L}\\p{N}.:])(?:(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\p{N}]|\\.\\p{N})"
            + "|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\\p{N}:])"
            + "|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\\p{N}:]))"),
    PHONE(
        "[phone]",
        "(?<![\\p{L}\\p{N}.,+-])(?<!\\p{N} )(?:\\+\\d{1,3}[ .-]?(?:\\(\\d{1,4}\\)[ .-]?)?\\d{1,4}(?:[ .-]?\\d{2,4}){2,4}"
            + "|\\(\\d{2,5}\\)[ .-]?\\d{3,4}[ .-]?\\d{3,5}"
            + "|\\d{3}[ .-]\\d{3}[ .-]\\d{4}"
            + "|0\\d{2,4}[ /-]\\d{3,4}[ -]?\\d{3,5})(?! ?[\\p{N}-])");

    private final String mark;
    private final Pattern form;

    Kind(String mark, String form) {
      this.mark = mark;
      this.form = Pattern.compile(form);
    }
  }

  private final Map<Kind, Long> found = new EnumMap<>(Kind.class);

  /** The text with marks such as {@code [email]} in the place of what was found. */
  String redact(String text) {
    if (!mayHold(text)) {
      return text;
    }
    String redacted = text;
    for (Kind kind : Kind.values()) {
      redacted = kind.form.matcher(redacted).replaceAll(match -> mark(kind, match));
    }
    return redacted;
  }

  /** How many of each kind were replaced so far. */
  Map<Kind, Long> found() {
    return found;
  }

  /** Most documents have no at sign, few digits and no colons in a row: those need no search. */
  private static boolean mayHold(String text) {
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      digits += c >= '0' && c <= '9' ? 1 : 0;
      if (c == '@'
          || digits >= 4
          || c == ':' && i + 1 < text.length() && text.charAt(i + 1) == ':') {
        return true;
      }
    }
    return false;
  }

  private String mark(Kind kind, MatchResult match) {
    String text = match.group();
    boolean certain =
        switch (kind) {
          case IBAN -> isIban(text);
          case CARD -> isCard(text);
          case PHONE -> digits(text).length() >= 8 && digits(text).length() <= 15;
          case EMAIL, IP_ADDRESS -> true;
        };
    if (!certain) {
      return java.util.regex.Matcher.quoteReplacement(text);
    }
    found.merge(kind, 1L, Long::sum);
    return kind.mark;
  }

  /** ISO 13616: country and check digits go to the end, letters count from 10, remainder is 1. */
  private static boolean isIban(String text) {
    String plain = text.replaceAll("[ -]", "");
    if (plain.length() < 15 || plain.length() > 34) {
      return false;
    }
    StringBuilder number = new StringBuilder();
    (plain.substring(4) + plain.substring(0, 4))
        .chars()
        .forEach(c -> number.append(Character.digit(c, 36)));
    return new BigInteger(number.toString()).mod(NINETY_SEVEN).intValue() == 1;
  }

  /** Luhn's check digit (ISO/IEC 7812-1, annex B). */
  private static boolean isCard(String text) {
    String digits = digits(text);
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : 2 * digit;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0 && digits.chars().distinct().count() > 1;
  }

  private static String digits(String text) {
    return text.replaceAll("\\D", "");
  }
}
