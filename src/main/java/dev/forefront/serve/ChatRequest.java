package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sampling;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What {@code POST /v1/chat/completions} asks for. Fields that nobody here knows are passed over;
 * those that ask for what cannot be done are refused.
 */
record ChatRequest(Asked reply, Delivery delivery) {

  /** How the answer comes. */
  enum Delivery {
    WHOLE,
    STREAM,
    STREAM_WITH_USAGE
  }

  /**
   * @throws ApiException naming the field that is wrong
   */
  static ChatRequest read(JsonNode body, Bounds bounds) {
    Fields fields = Fields.of(body);
    fields.text("model");
    refuseWhatCannotBeDone(fields);
    Toolbox tools = ChatTools.read(fields, bounds.calls());
    List<Message> messages = messages(fields, bounds);
    int contextLength = bounds.contextLength();
    long most = fields.whole("max_tokens", 1, Integer.MAX_VALUE).orElse(contextLength);
    most = fields.whole("max_completion_tokens", 1, Integer.MAX_VALUE).orElse(most);
    int maxTokens = (int) Math.min(most, contextLength);
    Form form = tools.form(form(fields, bounds.forms()), bounds.forms());
    List<String> stops = stops(fields);
    SamplingFields.requireAlone(form, stops, "stop", new Conversation(messages));
    Sampling sampling =
        new Sampling(
            SamplingFields.temperature(fields),
            SamplingFields.cutoffs(fields),
            SamplingFields.penalties(fields),
            SamplingFields.biases(fields),
            SamplingFields.minTokens(fields, maxTokens),
            maxTokens,
            stops,
            SamplingFields.seed(fields),
            SamplingFields.logprobs(fields),
            form);
    return new ChatRequest(
        new Asked(tools.with(messages), sampling, tools.calls()), delivery(fields));
  }

  private static List<Message> messages(Fields fields, Bounds bounds) {
    Dialogue dialogue = new Dialogue();
    List<Fields.Element> told = Dialogue.messages(fields);
    for (Fields.Element one : told) {
      message(one, dialogue);
    }
    return dialogue.end(bounds);
  }

  private static void refuseWhatCannotBeDone(Fields fields) {
    fields.refuse("functions", "are not supported by this server: call them tools");
    fields.whole("n", 1, 1);
  }

  private static Form form(Fields fields, SchemaForms forms) {
    if (!fields.has("response_format")) {
      return Form.FREE;
    }
    Fields format = Fields.of(fields.any("response_format"), "response_format");
    return switch (format.text("type")) {
      case "text" -> Form.FREE;
      case "json_object" -> forms.object();
      case "json_schema" -> {
        if (!format.has("json_schema")) {
          throw ApiException.invalid(format.place("json_schema"), "is missing");
        }
        Fields named = Fields.of(format.any("json_schema"), format.place("json_schema"));
        named.text("name");
        named.textIfAny("description");
        named.flag("strict");
        if (!named.has("schema")) {
          throw ApiException.invalid(named.place("schema"), "is missing");
        }
        yield forms.of(named.any("schema"), named.place("schema"));
      }
      default ->
          throw ApiException.invalid(
              format.place("type"), "must be one of text, json_object, json_schema");
    };
  }

  private static Delivery delivery(Fields fields) {
    boolean usage =
        fields.has("stream_options")
            && Fields.of(fields.any("stream_options"), "stream_options").flag("include_usage");
    if (!fields.flag("stream")) {
      return Delivery.WHOLE;
    }
    return usage ? Delivery.STREAM_WITH_USAGE : Delivery.STREAM;
  }

  private static List<String> stops(Fields fields) {
    return fields.any("stop").isString()
        ? SamplingFields.stops(List.of(new Fields.Element(fields.any("stop"), "stop")))
        : SamplingFields.stops(fields.list("stop"));
  }

  private static void message(Fields.Element one, Dialogue dialogue) {
    Fields message = one.fields();
    switch (message.text("role")) {
      case "system", "developer" -> dialogue.words(Role.SYSTEM, content(message), one.place());
      case "user" -> dialogue.words(Role.USER, content(message), one.place());
      case "assistant" -> assistant(message, one.place(), dialogue);
      case "tool" ->
          dialogue.result(
              message.text("tool_call_id"), content(message), one.place(), "tool_call_id");
      default ->
          throw ApiException.invalid(
              message.place("role"), "must be one of system, developer, user, assistant, tool");
    }
  }

  private static void assistant(Fields message, String place, Dialogue dialogue) {
    boolean calls = ChatTools.hasCalls(message);
    if (!message.has("content") && message.has("refusal")) {
      dialogue.words(Role.ASSISTANT, message.text("refusal"), place);
    } else if (!calls || message.has("content")) {
      String content = content(message);
      if (!calls || !content.isEmpty()) {
        dialogue.words(Role.ASSISTANT, content, place);
      }
    }
    if (calls) {
      ChatTools.calls(message, dialogue);
    }
  }

  private static String content(Fields message) {
    JsonNode value = message.any("content");
    if (!value.isArray()) {
      return message.text("content");
    }
    StringBuilder text = new StringBuilder();
    for (Fields.Element one : message.list("content")) {
      Fields part = one.fields();
      switch (part.text("type")) {
        case "text" -> text.append(part.text("text"));
        case "refusal" -> text.append(part.text("refusal"));
        default ->
            throw ApiException.invalid(
                part.place("type"), "must be text: this server reads no other parts");
      }
    }
    return text.toString();
  }
}
