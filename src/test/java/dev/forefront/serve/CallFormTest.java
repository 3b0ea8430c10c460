package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Form;
import dev.forefront.schema.JsonSchema;
import dev.forefront.serve.Toolbox.Calling;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class CallFormTest {
  private static final Form CALL = schema("{\"const\":{\"name\":\"now\"}}");
  private static final Form ANSWER = schema("{\"const\":{\"no\":1}}");
  private static final String NOW = "{\"name\":\"now\"}";

  private static Form schema(String json) {
    return JsonSchema.compile(JsonMapper.shared().readTree(json));
  }

  private static Form.@Nullable State after(Form form, String text) {
    Form.State state = form.begin();
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      state = state == null ? null : state.next(one & 0xff);
    }
    return state;
  }

  private static boolean isWhole(Form form, String text) {
    Form.State state = after(form, text);
    return state != null && state.isComplete();
  }

  @Test
  void callsStandBetweenTheirMarks() {
    Form form = CallForm.of(CallFormat.HERMES, Calling.MANY, CALL);
    assertThat(isWhole(form, "<tool_call>\n" + NOW + "\n</tool_call>")).isTrue();
    assertThat(isWhole(form, "<tool_call>" + NOW + "</tool_call>")).isTrue();
    assertThat(isWhole(form, "<tool_call>\n" + NOW)).isFalse();
    assertThat(after(form, "<tool_call>\n" + NOW)).isNotNull();
    assertThat(after(form, NOW)).isNull();
    assertThat(after(form, "<tool_call>\n\n\n")).isNull();
    assertThat(after(form, "<tool_call>{\"name\":\"then\"")).isNull();
    assertThat(after(form, "hello")).isNull();
  }

  @Test
  void anotherCallFollowsOnlyWhereManyMay() {
    String call = "<tool_call>" + NOW + "</tool_call>";
    Form many = CallForm.of(CallFormat.HERMES, Calling.MANY, CALL);
    Form one = CallForm.of(CallFormat.HERMES, Calling.ONE, CALL);
    assertThat(isWhole(many, call + "\n" + call + call)).isTrue();
    assertThat(isWhole(one, call)).isTrue();
    assertThat(after(one, call + "\n")).isNull();
    Form.State end = after(one, call);
    assertThat(end != null && end.goesOn()).isFalse();
  }

  @Test
  void theMarkMayBeLeftOutWhereTheFormatSaysSo() {
    Form form = CallForm.of(CallFormat.LLAMA, Calling.ONE, CALL);
    assertThat(isWhole(form, NOW)).isTrue();
    assertThat(isWhole(form, "<|python_tag|>" + NOW)).isTrue();
    assertThat(isWhole(CallForm.of(CallFormat.MISTRAL, Calling.ONE, CALL), NOW)).isFalse();
    assertThat(isWhole(CallForm.of(CallFormat.MISTRAL, Calling.ONE, CALL), "[TOOL_CALLS]" + NOW))
        .isTrue();
  }

  @Test
  void whatIsAskedForMayComeInstead() {
    Form form = new EitherForm(CallForm.of(CallFormat.LLAMA, Calling.ONE, CALL), ANSWER);
    assertThat(isWhole(form, NOW)).isTrue();
    assertThat(isWhole(form, "{\"no\":1}")).isTrue();
    assertThat(after(form, "{\"n")).isNotNull();
    assertThat(after(form, "{\"x")).isNull();
  }

  @Test
  void statesThatAreEqualGoOnAlike() {
    Form form = new EitherForm(CallForm.of(CallFormat.HERMES, Calling.MANY, CALL), ANSWER);
    assertThat(after(form, "<tool"))
        .isEqualTo(after(form, "<tool"))
        .isNotEqualTo(after(form, "<t"));
    assertThat(after(form, "<tool_call>\n{")).isEqualTo(after(form, "<tool_call>\n{"));
    assertThat(form)
        .isEqualTo(new EitherForm(CallForm.of(CallFormat.HERMES, Calling.MANY, CALL), ANSWER));
  }
}
