package dev.forefront.release;

/** HTML under construction. Text is escaped unless the method says otherwise. */
final class Page {
  private final StringBuilder out = new StringBuilder();

  /** Markup of ours, taken as it is. */
  Page raw(String markup) {
    out.append(markup);
    return this;
  }

  /** Text of anyone, escaped for content and for quoted attributes. */
  Page text(String text) {
    text.codePoints().forEach(this::escaped);
    return this;
  }

  Page element(String tag, String kind, String text) {
    raw("<" + tag).raw(kind.isEmpty() ? "" : " class=\"" + kind + "\"").raw(">");
    return text(text).raw("</" + tag + ">\n");
  }

  private void escaped(int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
    }
  }

  // Direction overrides could make evidence read as something else.
  private static boolean isAllowed(int c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
    boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !direction && !(c >= 0xD800 && c <= 0xDFFF);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
