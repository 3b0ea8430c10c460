package dev.forefront.guard;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes texts in disguise, with nothing borrowed from the code that reads them. */
final class Encoders {

  private static final String[] MORSE =
      ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
          .split(" ");
  private static final String[] RADIO =
      "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
          .split(" ");
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String BASE85 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  private static final String LATIN = "abcdefghijklmnopqrstuvwxyz";
  private static final String TURNED = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz";
  private static final String SMALL = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ";
  private static final String RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ";
  private static final String DOTS = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵";

  private Encoders() {}

  static Map<String, UnaryOperator<String>> all() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    all.put("base16", text -> HexFormat.of().withUpperCase().formatHex(bytes(text)));
    all.put("base32", Encoders::base32);
    all.put("base64", text -> Base64.getEncoder().encodeToString(bytes(text)));
    all.put(
        "base64url", text -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text)));
    all.put(
        "base64 in lines",
        text -> Base64.getMimeEncoder(44, new byte[] {'\n'}).encodeToString(bytes(text)));
    all.put("ascii85", text -> base85(text, value -> (char) ('!' + value)));
    all.put("base85", text -> base85(text, BASE85::charAt));
    all.put("uuencode", Encoders::uuencode);
    all.put("hex pairs", text -> HexFormat.ofDelimiter(" ").formatHex(bytes(text)));
    all.put("0x", text -> "0x" + HexFormat.ofDelimiter(", 0x").formatHex(bytes(text)));
    all.put("\\x", text -> "\\x" + HexFormat.ofDelimiter("\\x").formatHex(bytes(text)));
    all.put("\\u", text -> each(text, "", c -> "\\u%04x".formatted(c)));
    all.put("binary", text -> each(text, " ", c -> Integer.toBinaryString(256 | c).substring(1)));
    all.put(
        "binary in one", text -> each(text, "", c -> Integer.toBinaryString(256 | c).substring(1)));
    all.put("decimal", text -> each(text, " ", Integer::toString));
    all.put("octal", text -> each(text, " ", Integer::toOctalString));
    all.put(
        "percent", text -> "%" + HexFormat.ofDelimiter("%").withUpperCase().formatHex(bytes(text)));
    all.put(
        "form",
        text ->
            URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("o", "%6F")
                .replace("i", "%69"));
    all.put("html", text -> each(text, "", c -> "&#" + c + ";"));
    all.put("html hex", text -> each(text, "", c -> "&#x%x;".formatted(c)));
    all.put("quoted-printable", text -> each(text, "", c -> "=%02X".formatted(c)));
    all.put(
        "encoded word",
        text -> "=?utf-8?B?" + Base64.getEncoder().encodeToString(bytes(text)) + "?=");
    all.put("rot13", text -> moved(text, 13));
    all.put("caesar 3", text -> moved(text, 3));
    all.put("caesar 20", text -> moved(text, 20));
    all.put("atbash", text -> letters(text, c -> (char) ('z' - (c - 'a'))));
    all.put("rot47", Encoders::rot47);
    all.put("backwards", Encoders::backwards);
    all.put("right to left", text -> "\u202e" + backwards(text) + "\u202c");
    all.put("words backwards", text -> words(text, Encoders::backwards));
    all.put("upside down", text -> backwards(mapped(text, TURNED)));
    all.put("morse", Encoders::morse);
    all.put("radio alphabet", text -> eachWord(text, " / ", " ", c -> RADIO[c - 'a']));
    all.put("a1z26", text -> eachWord(text, " ", "-", c -> Integer.toString(c - 'a' + 1)));
    all.put("braille", text -> mapped(text, DOTS));
    all.put("pig latin", text -> words(text, Encoders::pigLatin));
    all.put("leetspeak", text -> translated(text, "aeiost", "431057"));
    all.put(
        "full width", text -> each(text, "", c -> c == ' ' ? " " : Character.toString(c + 0xFEE0)));
    all.put(
        "mathematical",
        text ->
            letters(text, c -> c)
                .codePoints()
                .mapToObj(
                    c ->
                        c >= 'a' && c <= 'z'
                            ? Character.toString(0x1D5EE + c - 'a')
                            : Character.toString(c))
                .collect(Collectors.joining()));
    all.put("circled", text -> letters(text, c -> (char) (0x24D0 + c - 'a')));
    all.put("small capitals", text -> mapped(text, SMALL));
    all.put("superscript", text -> mapped(text, RAISED));
    all.put("cyrillic", text -> translated(text, "aceopxyijs", "асеорхуіјѕ"));
    all.put("greek", text -> translated(text, "aeiopuvxk", "αειορυνχκ"));
    all.put("cherokee", text -> translated(text, "abcdeghijklmprstvwz", "ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ"));
    all.put("zalgo", text -> each(text, "", c -> Character.toString(c) + "\u0335\u0301\u0323"));
    all.put("zero width", text -> each(text, "\u200b", Character::toString));
    all.put("tags", text -> "hello" + each(text, "", c -> Character.toString(0xE0000 + c)));
    all.put(
        "variation selectors",
        text -> "\u263A" + each(text, "", c -> Character.toString(0xE0100 + c - 16)));
    all.put("invisible bits", text -> "hello" + each(text, "", Encoders::invisibleBits));
    all.put("spaced", text -> eachWord(text, "   ", " ", Character::toString));
    all.put("dotted", text -> eachWord(text, " ", ".", Character::toString));
    all.put(
        "hyphens in words",
        text ->
            words(
                text,
                word -> word.length() < 4 ? word : word.substring(0, 2) + "-" + word.substring(2)));
    all.put(
        "spliced",
        text ->
            "a=\""
                + text.substring(0, text.length() / 2)
                + "\"; b=\""
                + text.substring(text.length() / 2)
                + "\"; print(a+b)");
    return all;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String each(String text, String between, IntFunction<String> to) {
    return text.codePoints().mapToObj(to).collect(Collectors.joining(between));
  }

  private static String words(String text, UnaryOperator<String> to) {
    return Pattern.compile("[A-Za-z]+").matcher(text).replaceAll(match -> to.apply(match.group()));
  }

  /** Letters alone, with something between letters and something else between words. */
  private static String eachWord(
      String text, String words, String letters, IntFunction<String> to) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+"))
        .map(word -> each(word, letters, to))
        .collect(Collectors.joining(words));
  }

  private interface Letter {
    char of(char lowerCase);
  }

  private static String letters(String text, Letter to) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
      out.append(c >= 'a' && c <= 'z' ? to.of(c) : c);
    }
    return out.toString();
  }

  private static String mapped(String text, String alphabet) {
    return letters(text, c -> alphabet.charAt(c - 'a'));
  }

  private static String translated(String text, String from, String to) {
    return letters(text, c -> from.indexOf(c) < 0 ? c : to.charAt(from.indexOf(c)));
  }

  private static String moved(String text, int by) {
    return letters(text, c -> LATIN.charAt((c - 'a' + by) % 26));
  }

  private static String backwards(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  private static String rot47(String text) {
    return each(text, "", c -> c == ' ' ? " " : Character.toString(33 + (c - 33 + 47) % 94));
  }

  private static String morse(String text) {
    return eachWord(text, " / ", " ", c -> MORSE[c - 'a']);
  }

  private static String pigLatin(String word) {
    int vowel = 0;
    while (vowel < word.length()
        && "aeiou".indexOf(Character.toLowerCase(word.charAt(vowel))) < 0) {
      vowel++;
    }
    String moved = word.substring(vowel) + word.substring(0, vowel);
    return (vowel == 0 ? word + "way" : moved + "ay").toLowerCase(Locale.ROOT);
  }

  private static String invisibleBits(int c) {
    StringBuilder bits = new StringBuilder();
    for (int bit = 7; bit >= 0; bit--) {
      bits.append((c >> bit & 1) == 1 ? '\u2064' : '\u2062');
    }
    return bits.toString();
  }

  private static String base32(String text) {
    StringBuilder bits = new StringBuilder();
    for (byte b : bytes(text)) {
      bits.append(Integer.toBinaryString(256 | b & 255).substring(1));
    }
    while (bits.length() % 5 != 0) {
      bits.append('0');
    }
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < bits.length(); at += 5) {
      out.append(BASE32.charAt(Integer.parseInt(bits.substring(at, at + 5), 2)));
    }
    return out.append("=".repeat((8 - out.length() % 8) % 8)).toString();
  }

  private static String base85(String text, IntFunction<Character> digit) {
    byte[] bytes = bytes(text);
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < bytes.length; at += 4) {
      long group = 0;
      for (int i = 0; i < 4; i++) {
        group = group << 8 | (at + i < bytes.length ? bytes[at + i] & 255 : 0);
      }
      char[] figures = new char[5];
      for (int i = 4; i >= 0; i--) {
        figures[i] = digit.apply((int) (group % 85));
        group /= 85;
      }
      out.append(figures, 0, Math.min(4, bytes.length - at) + 1);
    }
    return out.toString();
  }

  private static String uuencode(String text) {
    StringBuilder out = new StringBuilder("begin 644 file\n");
    byte[] bytes = bytes(text);
    for (int from = 0; from < bytes.length; from += 45) {
      int length = Math.min(45, bytes.length - from);
      out.append((char) (32 + length));
      for (int at = 0; at < length; at += 3) {
        int group = 0;
        for (int i = 0; i < 3; i++) {
          group = group << 8 | (at + i < length ? bytes[from + at + i] & 255 : 0);
        }
        for (int shift = 18; shift >= 0; shift -= 6) {
          int value = group >> shift & 63;
          out.append(value == 0 ? '`' : (char) (32 + value));
        }
      }
      out.append('\n');
    }
    return out.append("`\nend").toString();
  }
}
