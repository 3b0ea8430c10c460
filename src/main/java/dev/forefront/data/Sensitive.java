package dev.forefront.data;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what points to a person and what opens a door: addresses and numbers of mail, telephone,
 * bank account, payment card, network and tax office; private keys, access tokens and passwords. It
 * finds forms, not people: names and postal addresses stay unseen. Numbers that have a check digit
 * count only where it is right.
 */
public final class Sensitive {
  private static final BigInteger NINETY_SEVEN = BigInteger.valueOf(97);

  private static final Pattern ISSUERS =
      Pattern.compile(
          "4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}"
              + "|3[47]\\d{13}|6(?:011|4[4-9]\\d|5\\d\\d)\\d{12}|35(?:2[89]|[3-8]\\d)\\d{12}|3(?:0[0-5]|[68]\\d)\\d{11}|62\\d{14,17}|(?:5[06-9]|6[37])\\d{11,17}");

  /** Kinds in the order in which they are looked for: the more certain form first. */
  public enum Kind {
    PRIVATE_KEY(
        "private key",
        "-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\\s\\S]{0,8192}?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\\z)"),
    SECRET(
        "secret",
        "(?<![\\p{L}\\p{N}_-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[opsru]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255}|glpat-[A-Za-z0-9_-]{20,64}"
            + "|xox[abeoprs]-[A-Za-z0-9-]{10,255}|sk-[A-Za-z0-9_-]{20,255}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{8,2048}\\.[A-Za-z0-9_-]{8,4096}\\.[A-Za-z0-9_-]{8,1024})(?![\\p{L}\\p{N}_-])"
            + "|(?i:(?<![\\p{L}\\p{N}])(?:api[ _-]?key|access[ _-]?key|key|token|secret|password|passwd|pwd|passphrase|bearer)[\"']?(?: is)?[ :=]{1,3}[\"']?)(?<value>[^\\s\"',;]{6,200})"),
    EMAIL(
        "email",
        "(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}][\\p{L}\\p{N}._%+-]{0,63}@(?:[\\p{L}\\p{N}-]{1,63}\\.){1,8}\\p{L}{2,24}(?![\\p{L}\\p{N}-])"),
    IBAN(
        "bank account",
        "(?<![\\p{L}\\p{N}])[A-Z]{2}\\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![\\p{L}\\p{N}])"),
    NATIONAL_ID(
        "national id",
        "(?<![\\p{L}\\p{N}])(?:[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]|[XYZ]?\\d{7,8}-?[A-Z])(?![\\p{L}\\p{N}])"),
    CARD("card number", "(?<![\\p{N}.-])\\d(?:[ -]?\\d){12,18}(?![\\p{N}])"),
    IP_ADDRESS(
        "ip address",
        "(?<![\\p{L}\\p{N}.:])(?:(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\p{N}]|\\.\\p{N})"
            + "|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\\p{N}:])"
            + "|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\\p{N}:]))"),
    PHONE(
        "phone",
        "(?<![\\p{L}\\p{N}.,+-])(?<!\\p{N} )(?:\\+\\d{1,3}[ .-]?(?:\\(\\d{1,4}\\)[ .-]?)?\\d{1,4}(?:[ .-]?\\d{2,4}){2,4}"
            + "|\\(\\d{2,5}\\)[ .-]?\\d{3,4}[ .-]?\\d{3,5}"
            + "|\\d{3}[ .-]\\d{3}[ .-]\\d{4}"
            + "|0\\d{2,4}[ /-]\\d{3,4}[ -]?\\d{3,5})(?! ?[\\p{N}-])");

    private final String title;
    private final Pattern form;

    Kind(String title, String form) {
      this.title = title;
      this.form = Pattern.compile(form);
    }

    /** What people call it, in lower case. */
    public String title() {
      return title;
    }

    /** Whether it opens a door, where others only point to a person. */
    public boolean isSecret() {
      return this == PRIVATE_KEY || this == SECRET;
    }
  }

  /**
   * Something that was found.
   *
   * @param from index of its first char
   * @param to one past its last
   */
  public record Found(Kind kind, int from, int to) {}

  private Sensitive() {}

  /** What the text holds, in the order of the text; no two overlap. */
  public static List<Found> find(CharSequence text) {
    if (!mayHold(text)) {
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    BitSet taken = new BitSet();
    for (Kind kind : Kind.values()) {
      Matcher matches = kind.form.matcher(text);
      while (matches.find()) {
        int from = matches.start();
        if (kind == Kind.SECRET && matches.start("value") >= 0) {
          from = matches.start("value");
        }
        int to = matches.end();
        int clash = taken.nextSetBit(from);
        if ((clash < 0 || clash >= to)
            && isCertain(kind, text.subSequence(from, to).toString(), from > matches.start())) {
          taken.set(from, to);
          found.add(new Found(kind, from, to));
        }
      }
    }
    found.sort(Comparator.comparingInt(Found::from));
    return found;
  }

  /** Most texts have no at sign, few figures and no colons in a row: those need no search. */
  private static boolean mayHold(CharSequence text) {
    int digits = 0;
    int dashes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      digits += c >= '0' && c <= '9' ? 1 : 0;
      dashes = c == '-' ? dashes + 1 : 0;
      if (c == '@'
          || digits >= 2
          || dashes >= 5
          || c == 'A' && isAccessKey(text, i)
          || c == ':' && i + 1 < text.length() && text.charAt(i + 1) == ':') {
        return true;
      }
    }
    return false;
  }

  /** The one form that may have fewer figures than that. */
  private static boolean isAccessKey(CharSequence text, int at) {
    return at + 4 <= text.length()
        && (text.charAt(at + 1) == 'K' || text.charAt(at + 1) == 'S')
        && text.charAt(at + 2) == 'I'
        && text.charAt(at + 3) == 'A';
  }

  private static boolean isCertain(Kind kind, String text, boolean named) {
    return switch (kind) {
      case IBAN -> isIban(text);
      case CARD -> isCard(text);
      case PHONE -> digits(text).length() >= 8 && digits(text).length() <= 15;
      case NATIONAL_ID -> NationalIds.isCertain(text);
      case SECRET -> !named || isRandom(text);
      case PRIVATE_KEY, EMAIL, IP_ADDRESS -> true;
    };
  }

  /** After a word such as "key": letters and figures, too mixed for a word or a number. */
  private static boolean isRandom(String text) {
    boolean figure = text.chars().anyMatch(c -> c >= '0' && c <= '9');
    boolean letter = text.chars().anyMatch(Character::isLetter);
    return figure && letter && text.chars().distinct().count() >= 5;
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

  /** A known issuer's first digits and length, and Luhn's check digit (ISO/IEC 7812-1, annex B). */
  private static boolean isCard(String text) {
    String digits = digits(text);
    if (!ISSUERS.matcher(digits).matches()) {
      return false;
    }
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
