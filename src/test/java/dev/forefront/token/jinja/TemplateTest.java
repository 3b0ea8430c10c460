package dev.forefront.token.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2025, 3, 9, 14, 5, 7, 0, ZoneOffset.UTC);

  private static Text render(String template, Map<String, ?> variables) {
    return Template.read(template).render(variables, NOW);
  }

  /** What the template wrote itself, and stars for what others wrote. */
  private static String own(String template, Map<String, ?> variables) {
    Text text = render(template, variables);
    StringBuilder own = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      own.append((text.marksAt(i) & Text.GIVEN) == 0 ? text.string().charAt(i) : '*');
    }
    return own.toString();
  }

  @Test
  void knowsOfEveryCharacterWhoWroteIt() {
    Map<String, Object> given = Map.of("x", " words ", "d", Map.of("key", "value"));
    assertThat(own("<{{ x }}>", given)).isEqualTo("<*******>");
    assertThat(own("{{ '<' + x.strip() + '>' }}", given)).isEqualTo("<*****>");
    assertThat(own("{{ ('<' ~ x ~ '>')[2:] }}", given)).isEqualTo("******>");
    assertThat(own("{{ ('<' ~ x ~ '>') | trim('<') }}", given)).isEqualTo("*******>");
    assertThat(own("{{ 'a-b' | replace('-', x) }}", given)).isEqualTo("a*******b");
    assertThat(own("{{ x.replace('word', '<>') }}", given)).isEqualTo("*<>**");
    assertThat(own("{{ ['a', x] | join('-') }}", given)).isEqualTo("a-*******");
    assertThat(own("{{ '%s>' | format(x) }}{{ '{}>'.format(x) }}", given))
        .isEqualTo("*******>*******>");
    assertThat(own("{{ d | tojson }}", given)).isEqualTo("{\"***\": \"*****\"}");
    assertThat(own("{{ [x] }}", given)).isEqualTo("[*********]");
    assertThat(own("{% set y %}<{{ x }}>{% endset %}{{ y }}", given)).isEqualTo("<*******>");
    assertThat(own("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(x) }}", given))
        .isEqualTo("<*******>");
    assertThat(own("{% for c in x if c != ' ' %}{{ c }}|{% endfor %}", given))
        .isEqualTo("*|*|*|*|*|");
    assertThat(own("{{ (x ~ '>').split('o') | last }}", given)).isEqualTo("****>");
  }

  @Test
  void whereNobodyCanSayWhoWroteATextOthersDid() {
    Map<String, Object> given = Map.of("x", "words");
    assertThat(own("{{ ('<' ~ x) | upper }}", given)).isEqualTo("******");
    assertThat(own("{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(a='<') }}", given))
        .isEqualTo("{***: '<'}");
    assertThat(own("{{ (x ~ '{:<>9}').format(1) }}", given)).startsWith("*****");
  }

  @Test
  void tellsWhatTheGenerationBlockWrote() {
    Text text = render("a{% generation %}b{{ x }}{% endgeneration %}c", Map.of("x", "y"));
    assertThat(text.string()).isEqualTo("abyc");
    assertThat(IntStream.range(0, 4).map(text::marksAt))
        .containsExactly(0, Text.GENERATED, Text.GENERATED | Text.GIVEN, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ 'x'.center(1000000000) }}{{ 'x'.ljust(1000000000) }}",
        "{{ 'x' | indent(1000000000, true) }}",
        "{{ '%1000000000d' | format(1) }}{{ 'x'.zfill(1000000000) }}",
        "{% set ns = namespace(x='x') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{%"
            + " endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{%"
            + " endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x]"
            + " %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=(1, 2)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{%"
            + " endfor %}{{ {ns.x: 1} }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{{ m(n) ~ m(n) }}{% endmacro %}{{ m(1) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set a = 'ab' * 4000000 %}{{ a ~ 'c' in a ~ a }}",
        "{{ 2 ** 1000000000 }}{{ 9 ** 99 }}",
        "{{ ('a' * 4000000) | replace('', 'aaaaaaaaaa') }}",
        "{% set x = 'a' * 8000000 %}{{ x | list | length }}{{ x | list | length }}",
        "{{ messages.getClass() }}",
        "{{ messages.__class__.__base__ }}",
        "{{ messages[0].content.__init__.__globals__ }}",
        "{{ ''.format.__self__() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ lipsum() }}",
      })
  void aHostileTemplateIsRefused(String template) {
    Map<String, Object> variables =
        Map.of("messages", List.of(Map.of("role", "user", "content", "Hello")));
    assertThatThrownBy(() -> render(template, variables)).isInstanceOf(TemplateException.class);
  }

  @Test
  void aDeepTemplateIsRefused() {
    for (String template :
        List.of(
            "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
            "{{ " + "[".repeat(100_000),
            "{{ " + "-".repeat(100_000) + "1 }}",
            "{{ " + "not ".repeat(100_000) + "1 }}",
            "{{ 1" + " + 1".repeat(100_000) + " }}",
            "{{ 1" + " or 1 and 0".repeat(50_000) + " }}",
            "{{ x" + ".x".repeat(100_000) + " }}",
            "{{ x" + "|upper".repeat(100_000) + " }}",
            "{{ 1" + " if 1 else 1".repeat(50_000) + " }}",
            "{{ 1_1" + "_1".repeat(100_000) + " }}",
            "{% if 1 %}".repeat(50_000),
            "{% for x in y %}".repeat(50_000) + "{% endfor %}".repeat(50_000))) {
      assertThatThrownBy(() -> render(template, Map.of("x", "x")))
          .as(template.substring(0, 20))
          .isInstanceOf(TemplateException.class);
    }
  }

  @Test
  void aDeepVariableIsRefused() {
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    Map<String, Object> variables = Map.of("x", deep);
    assertThatThrownBy(() -> render("{{ x }}", variables)).isInstanceOf(TemplateException.class);
  }

  @Test
  void noMutatedTemplateDoesMoreThanRenderOrRefuse() {
    List<String> seeds =
        List.of(
            "{% for m in ms %}{{ '<|' + m.role + '|>' ~ m['content'] | trim }}{% endfor %}",
            "{% set ns = namespace(a=1) %}{% if ms[0].role == 'user' %}{% set ns.a = 2 %}{% endif"
                + " %}{{ ns.a }}",
            "{% macro f(x, y=2) -%} {{ x ~ y }} {%- endmacro %}{{ f(1) }}{# note #}{% raw %}{{ {%"
                + " endraw %}",
            "{{ ms | map(attribute='role') | join(', ') }}{{ {'a': [1, 2.5e3]} | tojson(indent=2)"
                + " }}");
    String letters = "{}%#-+ '\"\\\n|()[].,:=~*/<>!abcxyzifnotend0123456789é🙂";
    Map<String, Object> variables = new HashMap<>();
    variables.put("ms", List.of(Map.of("role", "user", "content", " hi ")));
    Random random = new Random(7);
    int rendered = 0;
    for (int i = 0; i < 8_000; i++) {
      StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
      for (int n = random.nextInt(6); n >= 0; n--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
          default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 9)));
        }
      }
      try {
        render(text.toString(), variables);
        rendered++;
      } catch (TemplateException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
    assertThat(rendered).isBetween(500, 7_500);
  }

  @Test
  void anErrorTellsItsLine() {
    assertThatThrownBy(() -> render("a\nb\n{% if x %}\n{{ x.y.z }}\n{% endif %}", Map.of("x", "1")))
        .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.line()).isEqualTo(4));
    assertThatThrownBy(() -> Template.read("a\n{{ 1 +\n * }}"))
        .isInstanceOfSatisfying(TemplateException.class, e -> assertThat(e.line()).isEqualTo(3));
  }

  /** As Jinja2 3.1.6 has it: a template of Hermes looks up a type that is a list. */
  @Test
  void whatCannotBeAKeyIsNoneOfADict() {
    assertThat(render("{{ {'a': 1}[['a']] is defined }}", Map.of()).string()).isEqualTo("False");
    assertThat(render("{{ {'a': 1}[{'a': 1}] is defined }}", Map.of()).string()).isEqualTo("False");
    assertThatThrownBy(() -> render("{{ ['a'] in {'a': 1} }}", Map.of()))
        .isInstanceOf(TemplateException.class);
  }
}
