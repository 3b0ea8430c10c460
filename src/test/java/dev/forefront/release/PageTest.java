package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text of anyone on a page of ours. */
class PageTest {

  private static String text(String text) {
    return new Page().text(text).toString();
  }

  @Test
  void markupOfOthersIsText() {
    assertThat(text("<a href=\"x\" id='y'>&amp;</a>"))
        .isEqualTo("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
    assertThat(new Page().raw("<b>").text("<i>").raw("</b>").toString())
        .isEqualTo("<b>&lt;i&gt;</b>");
  }

  @Test
  void anElementHasItsKindWhereItHasOne() {
    assertThat(new Page().element("p", "", "a < b").toString()).isEqualTo("<p>a &lt; b</p>\n");
    assertThat(new Page().element("p", "note", "x").toString())
        .isEqualTo("<p class=\"note\">x</p>\n");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {'\n', '\t', ' ', 'a', 0xE9, 0x2029, 0x202F, 0x2065, 0x206A, 0xD7FF, 0xE000, 0x1F98A})
  void whatCanBeReadStays(int c) {
    String text = Character.toString(c);
    assertThat(text(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 7, '\r', 0x1B, 0x7F, 0x85, 0x202A, 0x202C, 0x202E, 0x2066, 0x2068, 0x2069})
  void whatWouldMakeTextReadAsSomethingElseIsReplaced(int c) {
    assertThat(text("a" + Character.toString(c) + "b")).isEqualTo("a\uFFFDb");
  }

  @ParameterizedTest
  @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
  void halfACharacterIsReplaced(int c) {
    assertThat(text("a" + (char) c + " b")).isEqualTo("a\uFFFD b");
  }
}
