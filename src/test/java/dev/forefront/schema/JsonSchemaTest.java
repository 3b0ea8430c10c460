package dev.forefront.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which texts a schema lets a reply be. */
class JsonSchemaTest {
  private static final int LONG = 400;

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Form form(String schema) {
    return JsonSchema.compile(json(schema));
  }

  private static boolean has(String schema, String text) {
    Form.State state = form(schema).begin();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      state = state.next(b & 0xff);
      if (state == null) {
        return false;
      }
    }
    return state.isComplete();
  }

  /** Writes a text by chance, and hurries to its end once it is long. */
  private static String write(Form form, Random random) {
    Form.State state = form.begin();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (!state.isComplete() || state.goesOn() && random.nextInt(3) > 0 && text.size() < LONG) {
      int b = oneOf(state, random);
      assertThat(b).as("a way on after " + text.toString(StandardCharsets.UTF_8)).isNotNegative();
      if (text.size() > LONG || random.nextInt(4) == 0) {
        Form.State now = state;
        String enders = now.next('x') != null || now.next('Z') != null ? "\"" : "}]\"";
        b = enders.chars().filter(c -> now.next(c) != null).findFirst().orElse(b);
      }
      text.write(b);
      state = Objects.requireNonNull(state.next(b), "a byte that may follow");
    }
    assertThat(text.size()).isLessThan(100_000);
    return text.toString(StandardCharsets.UTF_8);
  }

  /** One of the bytes that may follow, or -1. */
  private static int oneOf(Form.State state, Random random) {
    int from = random.nextInt(256);
    for (int i = 0; i < 256; i++) {
      int b = (from + 101 * i) % 256;
      if (state.next(b) != null) {
        return b;
      }
    }
    return -1;
  }

  @Test
  void whateverIsWrittenIsValid() {
    SoftAssertions all = new SoftAssertions();
    int compiled = 0;
    for (int seed = 0; seed < 300; seed++) {
      JsonNode schema = RandomSchema.of(seed);
      Form form;
      try {
        form = JsonSchema.compile(schema);
      } catch (BadInputException none) {
        assertThat(none)
            .hasMessageMatching("(?s).*(no value|may have values in common|leads back).*");
        continue;
      }
      compiled++;
      for (int i = 0; i < 3; i++) {
        String text = write(form, new Random(31L * seed + i));
        all.assertThat(SchemaLibrary.complaints(schema, text))
            .as("seed %d: %s of %s", seed, text, schema)
            .isEmpty();
      }
    }
    all.assertAll();
    assertThat(compiled).isGreaterThan(150);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'boolean'}},'required':['b']}"
            + " | {'b': true}",
        "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'boolean'}},'required':['b']}"
            + " | {'a':-12,'b':false}",
        "{'type':'object','additionalProperties':{'type':'null'}} | {'x':null, 'y':null}",
        "{'type':'object'} | {'x':[1,{'deep':[true,null,-0.5e3]}]}",
        "{'type':'array','items':{'enum':['red','green']},'minItems':2,'maxItems':2} | ['red',"
            + " 'green']",
        "{'type':'string','minLength':2,'maxLength':2} | 'é😀'",
        "{'type':'string'} | 'a\\u00e9\\n'",
        "{'type':'integer','minimum':10,'maximum':20} | 17",
        "{'type':'number','exclusiveMinimum':0,'maximum':1} | 0.25",
        "{'anyOf':[{'type':'integer'},{'type':'null'}]} | null",
        "{'$ref':'#/$defs/t','$defs':{'t':{'type':'object','properties':{'of':{'type':'array','items':{'$ref':'#/$defs/t'}}}}}}"
            + " | {'of':[{'of':[]},{}]}",
        "{'type':'string','pattern':'^[A-Z]{3}-\\\\d+$'} | 'ABC-12'",
        "{'type':'string','format':'date'} | '2024-02-28'",
        "{'const':{'a':[1,'x']}} | {'a':[1,'x']}",
        "{'type':['string','null']} | null",
      })
  void holds(String schema, String text) {
    assertThat(has(schema.replace('\'', '"'), text.replace('\'', '"'))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'object','properties':{'a':{'type':'integer'}},'required':['a']} | {}",
        "{'type':'object','properties':{'a':{'type':'integer'}}} | {'a':1,'a':2}",
        "{'type':'object','properties':{'a':{'type':'integer'}},'additionalProperties':false} |"
            + " {'b':1}",
        "{'type':'object'} | {'x':1,'x':2}",
        "{'type':'object'} | {} ",
        "{'type':'integer','minimum':10,'maximum':20} | 21",
        "{'type':'integer'} | 01",
        "{'type':'integer'} | -0",
        "{'type':'number','exclusiveMinimum':0} | 0",
        "{'type':'string','maxLength':2} | 'abc'",
        "{'type':'string','minLength':2} | 'é'",
        "{'type':'string'} | 'a\\x'",
        "{'type':'array','minItems':1} | []",
        "{'enum':['a','b']} | 'c'",
        "{'type':'string','pattern':'^a$'} | 'b'",
        "{'type':'object','properties':{'a':true}} | {   'a':1}",
      })
  void leavesOut(String schema, String text) {
    // Space at the end matters, and the source of the values takes it away.
    String whole = schema.equals("{'type':'object'}") && text.equals("{}") ? "{} " : text;
    assertThat(has(schema.replace('\'', '"'), whole.replace('\'', '"'))).isFalse();
  }

  @Test
  void mayBeWrittenAsPeopleDo() {
    String schema = "{\"type\":\"object\",\"properties\":{\"a\":true}}";
    assertThat(has(schema, "{\n  \"a\": [\n    1,\n    2\n  ]\n}")).isTrue();
    assertThat(has(schema, "{\"a\":[1,2]}")).isTrue();
  }

  @Test
  void brokenCharactersAreNoText() {
    for (int[] bytes :
        new int[][] {{0xc3, '"'}, {0xff}, {0xed, 0xa0}, {0xf4, 0x90}, {0xe0, 0x80}}) {
      Form.State state = form("{\"type\":\"string\"}").begin().next('"');
      for (int b : bytes) {
        state = state == null ? null : state.next(b);
      }
      assertThat(state).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'minProperties':1} | minProperties is not supported",
        "{'type':'object','properties':{'a':{'not':{}}}} | at #/properties/a: the keyword not",
        "{'properties':{'a/b':{'if':true}}} | at #/properties/a~1b: the keyword if",
        "{'type':'array','uniqueItems':true} | uniqueItems",
        "{'multipleOf':2} | multipleOf",
        "{'patternProperties':{}} | patternProperties",
        "{'type':'strnig'} | type must be one of",
        "{'type':'array','minItems':-1} | minItems must be a whole number",
        "{'type':'number','minimum':'1'} | minimum must be a number",
        "{'type':'number','minimum':1e300} | too many digits",
        "{'properties':[]} | properties must be an object",
        "{'required':'a'} | required must be a list",
        "{'enum':[]} | enum must be a list that is not empty",
        "{'enum':[1],'minimum':3} | minimum beside enum",
        "{'anyOf':[true],'type':'object'} | type beside anyOf",
        "{'allOf':[true,true]} | allOf of more than one",
        "{'oneOf':[{'type':'integer'},{'type':'number'}]} | may have values in common",
        "{'$ref':'http://example.org/x'} | leads nowhere",
        "{'$ref':'#/$defs/x'} | leads nowhere",
        "{'$ref':'#'} | leads back to itself",
        "{'anyOf':[{'$ref':'#'},{'type':'null'}]} | leads back to itself",
        "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} | no value",
        "{'type':'object','required':['a'],'additionalProperties':false} | no value",
        "{'type':'integer','minimum':3,'maximum':2} | no value",
        "{'type':'string','minLength':3,'maxLength':2} | no value",
        "{'type':'string','pattern':'(?=a)'} | looking ahead",
        "{'type':'string','pattern':'(a'} | ) is missing",
        "{'type':'string','pattern':'a(^b)'} | at its ends alone",
        "{'type':'string','pattern':'(a{1000}){1000}'} | repeats too much",
        "{'type':'string','pattern':'[ab]*a[ab]{20}'} | too many ways",
        "{'type':'string','pattern':'\\\\1'} | not supported",
        "{'type':'string','format':'iri'} | the format iri is not supported",
        "{'type':'string','pattern':'a','maxLength':3} | not supported together",
        "false | no value",
        "3 | must be an object, true or false",
      })
  void saysWhatIsWrong(String schema, String sentence) {
    assertThatThrownBy(() -> form(schema.replace('\'', '"')))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 3_000_000})
  void tooMuchOfASchemaIsASentence(int properties) {
    StringBuilder wide = new StringBuilder("{\"type\":\"object\",\"properties\":{");
    for (int i = 0; i < properties / 20; i++) {
      wide.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":true");
    }
    assertThatThrownBy(() -> form(wide.append("}}").toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("make it smaller");
  }

  @Test
  void manyWaysThroughFewReferencesStayFew() {
    StringBuilder schema = new StringBuilder("{\"$ref\":\"#/$defs/s0\",\"$defs\":{");
    for (int i = 0; i < 60; i++) {
      String next = "{\"$ref\":\"#/$defs/s%d\"}".formatted(i + 1);
      schema.append("\"s%d\":{\"anyOf\":[%s,%s,%s]},".formatted(i, next, next, next));
    }
    schema.append("\"s60\":{\"type\":\"boolean\"}}}");

    assertThat(has(schema.toString(), "true")).isTrue();
  }

  @Test
  void nestingEndsInTime() {
    String schema = "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"},\"minItems\":0}";
    Form.State state = form(schema).begin();
    int deep = 0;
    while (state != null) {
      state = state.next('[');
      deep++;
    }
    assertThat(deep).isEqualTo(Item.DEEPEST + 1);
    assertThat(write(form(schema), new Random(1))).startsWith("[").endsWith("]");
  }
}
