package dev.forefront.serve;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Role;
import dev.forefront.conversation.Sampling;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code POST /v1/messages} asks for. Fields that nobody here knows are passed over; those
 * that ask for what cannot be done are refused.
 */
record MessagesRequest(Asked reply, boolean stream) {
  /**
   * @throws ApiException naming the field that is wrong
   */
  static MessagesRequest read(JsonNode body, Bounds bounds) {
    Fields fields = Fields.of(body);
    fields.text("model");
    Toolbox tools = MessagesTools.read(fields, bounds.calls());
    List<Message> messages = messages(fields, bounds);
    long most =
        fields
            .whole("max_tokens", 1, Integer.MAX_VALUE)
            .orElseThrow(() -> ApiException.invalid("max_tokens", "is missing"));
    fields.textIfAny("service_tier");
    if (fields.has("metadata")) {
      Fields.of(fields.any("metadata"), "metadata").textIfAny("user_id");
    }
    Form form = tools.form(form(fields, bounds.forms()), bounds.forms());
    List<String> stops = SamplingFields.stops(fields.list("stop_sequences"));
    SamplingFields.requireAlone(form, stops, "stop_sequences", new Conversation(messages));
    Sampling sampling =
        new Sampling(
            SamplingFields.temperature(fields),
            SamplingFields.cutoffs(fields),
            Penalties.NONE,
            List.of(),
            0,
            (int) Math.min(most, bounds.contextLength()),
            stops,
            SamplingFields.anySeed(),
            Sampling.NO_LOGPROBS,
            form);
    return new MessagesRequest(
        new Asked(tools.with(messages), sampling, tools.calls()), fields.flag("stream"));
  }

  private static Form form(Fields fields, SchemaForms forms) {
    if (!fields.has("output_config")) {
      return Form.FREE;
    }
    Fields output = Fields.of(fields.any("output_config"), "output_config");
    if (!output.has("format")) {
      return Form.FREE;
    }
    Fields format = Fields.of(output.any("format"), output.place("format"));
    if (!format.text("type").equals("json_schema")) {
      throw ApiException.invalid(format.place("type"), "must be json_schema");
    }
    if (!format.has("schema")) {
      throw ApiException.invalid(format.place("schema"), "is missing");
    }
    return forms.of(format.any("schema"), format.place("schema"));
  }

  /** System text, tools and messages, without anything about how to reply. */
  static Conversation conversation(JsonNode body, Bounds bounds) {
    Fields fields = Fields.of(body);
    return MessagesTools.read(fields, bounds.calls()).with(messages(fields, bounds));
  }

  private static List<Message> messages(Fields fields, Bounds bounds) {
    fields.refuse("mcp_servers", "is not supported by this server: leave it out");
    Dialogue dialogue = new Dialogue();
    if (fields.has("system")) {
      String system = content(fields.any("system"), "system");
      if (!system.isEmpty()) {
        dialogue.words(Role.SYSTEM, system, "system");
      }
    }
    List<Fields.Element> told = Dialogue.messages(fields);
    for (Fields.Element one : told) {
      Fields message = one.fields();
      Role role = role(message);
      if (message.any("content").isArray()) {
        MessagesTools.say(role, message.list("content"), one.place(), dialogue);
      } else {
        dialogue.words(
            role, content(message.any("content"), message.place("content")), one.place());
      }
    }
    return dialogue.end(bounds);
  }

  private static Role role(Fields message) {
    String name = message.text("role");
    try {
      return Role.ofWireName(name);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(message.place("role"), "must be one of user, assistant, system");
    }
  }

  /** A string, or blocks of which each must be text. */
  static String content(JsonNode value, String place) {
    if (value.isMissingNode() || value.isNull()) {
      throw ApiException.invalid(place, "is missing");
    }
    if (!value.isArray()) {
      return Fields.text(value, place);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.size(); i++) {
      block(Fields.of(value.get(i), place + "." + i)).ifPresent(text::append);
    }
    return text.toString();
  }

  private static Optional<String> block(Fields block) {
    String type = block.text("type");
    return switch (type) {
      case "text" -> Optional.of(block.text("text"));
      // Thoughts of an earlier turn are the model's own notes, not part of the conversation.
      case "thinking", "redacted_thinking" -> Optional.empty();
      default ->
          throw ApiException.invalid(
              block.place("type"), "must be text: this server reads no other blocks");
    };
  }
}
