package dev.forefront.evaluate;

/** HTML under construction. Text is escaped unless the method says otherwise. */
final class Html {

  private final StringBuilder out = new StringBuilder();

  /** Markup of ours, taken as it is. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** Text of anyone, escaped for content and for quoted attributes. */
  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** {@code <tag class="kind">text</tag>}; an empty kind is left out. */
  Html element(String tag, String kind, String text) {
    out.append('<').append(tag);
    if (!kind.isEmpty()) {
      out.append(" class=\"").append(escape(kind)).append('"');
    }
    out.append('>').append(escape(text)).append("</").append(tag).append(">\n");
    return this;
  }

  /** Escapes everything that could end text or an attribute, and characters HTML does not allow. */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  // Direction overrides could make evidence read as something else.
  private static boolean allowed(int c) {
    boolean control = (c < 32 && c != '\n' && c != '\t') || (c >= 127 && c < 160);
    boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    boolean half = c >= 0xD800 && c <= 0xDFFF;
    return !control && !direction && !half;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
